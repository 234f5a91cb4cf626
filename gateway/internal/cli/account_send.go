package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
)

type accountSendCommand struct {
	configFlags
	Name string `arg:"" name:"account" help:"${account_one}"`
	To   string `required:"" help:"${send_to}" placeholder:"+7…"`
	Text string `required:"" help:"${send_text}"`
	Yes  bool   `help:"${send_yes}"`
	JSON bool   `name:"json" help:"${json}"`
}

// listedSending is the end of a sending for scripts.
type listedSending struct {
	Account    string `json:"account"`
	To         string `json:"to"`     // masked
	Result     string `json:"result"` // accepted, or a reason
	ProviderID string `json:"provider_id,omitempty"`
	Segments   int    `json:"segments,omitempty"`
	Cost       string `json:"cost,omitempty"`
	Detail     string `json:"detail,omitempty"`
}

// Run sends one text through an account, to see that it works.
func (c *accountSendCommand) Run(ctx context.Context, s *session) error {
	to, err := contact.ParsePhone(c.To, "RU")
	if err != nil {
		return usageError{errors.New(spoken(err, s.lang))}
	}
	if strings.TrimSpace(c.Text) == "" {
		return usageError{errors.New(word{"текст пуст", "the text is empty"}.pick(s.lang))}
	}
	if !c.Yes && !s.Asks {
		return usageError{errors.New(word{
			"подтвердить некому: здесь нет терминала, а SMS настоящее; для скриптов есть --yes",
			"nobody can be asked, for there is no terminal, and the text is real; scripts say --yes",
		}.pick(s.lang))}
	}
	if !c.Yes && !c.agreed(s, to) {
		return errors.New(word{"не отправлено", "not sent"}.pick(s.lang))
	}
	return c.each(ctx, s, c.Name, func(providers *app.Providers, opts app.Options, _ []string) error {
		db, err := keeper(ctx, s, opts)
		if err != nil {
			return err
		}
		defer func() { _ = db.Close() }()
		sent, err := db.SendByHand(ctx, console(), providers, opts, c.Name, to, c.Text)
		if err != nil {
			return err
		}
		return c.tell(s, to, sent)
	})
}

// agreed asks, for the text is real.
func (c *accountSendCommand) agreed(s *session, to contact.Phone) bool {
	_, _ = fmt.Fprintf(s.Stderr, word{
		"Отправить настоящее SMS на %s через %s, частей: %d? Это может стоить денег. [д/Н] ",
		"Send a real text to %s through %s, %d parts? It may cost money. [y/N] ",
	}.pick(s.lang), to, c.Name, message.CountSegments(c.Text).Parts)
	return s.yes()
}

func (c *accountSendCommand) tell(s *session, to contact.Phone, sent app.Sent) error {
	l := listedSending{Account: c.Name, To: to.String(), Result: "accepted", ProviderID: sent.ProviderID, Segments: sent.Segments, Cost: sent.Cost}
	if sent.Failure != nil {
		l.Result, l.Detail = string(sent.Failure.Reason), to.Hide(oneLine(strings.TrimSpace(sent.Failure.ProviderCode+" "+sent.Failure.Detail), 300))
	}
	switch {
	case c.JSON:
		if err := printJSON(s.out, l); err != nil {
			return err
		}
	case sent.Failure == nil:
		_, _ = fmt.Fprintf(s.out, word{"%s: принято, %s, номер %s, частей: %d %s\n", "%s: accepted, %s, id %s, parts: %d %s\n"}.pick(s.lang),
			l.Account, l.To, l.ProviderID, l.Segments, l.Cost)
	default:
		_, _ = fmt.Fprintf(s.out, "%s: %s %s\n%s\n", l.Account, message.Sentence(sent.Failure.Reason, s.lang), l.Detail, message.CureByHand(sent.Failure.Reason, s.lang))
	}
	switch {
	case sent.Failure == nil:
		return nil
	case sent.Failure.Reason.Doubtful():
		return errors.New(word{
			"неизвестно, ушло ли SMS: прежде чем отправлять ещё раз, посмотрите журнал отправки у провайдера",
			"nobody knows whether the text went out: look at the provider's own log before you send it again",
		}.pick(s.lang))
	default:
		return errors.New(word{"не отправлено", "not sent"}.pick(s.lang))
	}
}

package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/message"
)

type messageCommand struct {
	List   messageListCommand   `cmd:"" help:"${message_list}"`
	Show   messageShowCommand   `cmd:"" help:"${message_show}"`
	Resend messageResendCommand `cmd:"" help:"${message_resend}"`
	Cancel messageCancelCommand `cmd:"" help:"${message_cancel}"`
	Settle messageSettleCommand `cmd:"" help:"${message_settle}"`
}

type messageListCommand struct {
	configFlags
	Order  string `help:"${filter_order}"`
	Phone  string `help:"${filter_phone}" placeholder:"1234"`
	Status string `help:"${filter_status}"`
	pageFlags
	JSON bool `name:"json" help:"${json}"`
}

// listedMessage is a message in the words of the HTTP interface (contract, section 5).
type listedMessage struct {
	ID          string          `json:"id"`
	OrderID     string          `json:"order_id"`
	OrderNumber string          `json:"order_number"`
	Restaurant  string          `json:"restaurant_code"`
	To          string          `json:"to"` // masked
	Text        string          `json:"text"`
	Stage       string          `json:"stage"`
	Status      string          `json:"status"`
	Reason      string          `json:"reason,omitempty"`
	Note        string          `json:"note,omitempty"`
	Account     string          `json:"account"`
	Segments    int             `json:"segments"`
	Cost        *message.Money  `json:"cost"`
	CreatedAt   time.Time       `json:"created_at"`
	UpdatedAt   time.Time       `json:"updated_at"`
	Deadline    time.Time       `json:"deadline"`
	Attempts    []listedAttempt `json:"attempts"`
	Receipts    []message.Heard `json:"receipts,omitempty"` // what the provider said later
	Moves       []listedMove    `json:"moves,omitempty"`    // what people and the gateway did to it
}

type listedMove struct {
	At     time.Time `json:"at"`
	Status string    `json:"status"`
	Reason string    `json:"reason,omitempty"`
	Note   string    `json:"note,omitempty"`
	By     string    `json:"by,omitempty"` // empty: the gateway itself
}

type listedAttempt struct {
	ID         string     `json:"id"`
	N          int        `json:"n"`
	Account    string     `json:"account"`
	StartedAt  time.Time  `json:"started_at"`
	EndedAt    *time.Time `json:"ended_at"`
	Result     string     `json:"result"` // accepted, calling, or a reason
	Detail     string     `json:"detail,omitempty"`
	ProviderID string     `json:"provider_id,omitempty"`
	Code       string     `json:"provider_code,omitempty"`
	Raw        string     `json:"raw,omitempty"` // what the provider answered, where it was not understood
}

func listed(m message.Listed) listedMessage {
	l := listedMessage{
		ID: m.ID, OrderID: m.OrderID, OrderNumber: m.OrderNumber, Restaurant: m.Restaurant, To: m.To.String(), Text: m.Text,
		Stage: m.Stage, Status: string(m.Status), Reason: string(m.Reason), Note: m.To.Hide(m.Note), Account: m.Account, Segments: m.Segments,
		Cost: m.Cost, CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt, Deadline: m.Deadline, Attempts: []listedAttempt{}, Receipts: m.Receipts,
	}
	for _, a := range m.Tries {
		one := listAttempt(a)
		one.Detail, one.Raw = m.To.Hide(one.Detail), m.To.Hide(one.Raw)
		l.Attempts = append(l.Attempts, one)
	}
	for _, move := range m.Moves {
		l.Moves = append(l.Moves, listedMove{At: move.At, Status: string(move.Status), Reason: string(move.Reason), Note: m.To.Hide(move.Note), By: move.By})
	}
	return l
}

// statusFilter is the filter for a status; none for the empty text. A status that there is not is wrong
// usage: an empty list would be taken for an answer.
func statusFilter[S ~string](s *session, status string, all []S) ([]S, error) {
	if status == "" {
		return nil, nil
	}
	if slices.Contains(all, S(status)) {
		return []S{S(status)}, nil
	}
	return nil, usageError{fmt.Errorf(word{"статуса %q нет; есть %s", "there is no status %q; there are %s"}.pick(s.lang), status, joined(all, ", "))}
}

func listAttempt(a message.Attempt) listedAttempt {
	l := listedAttempt{ID: a.ID, N: a.N, Account: a.Account, StartedAt: a.StartedAt, EndedAt: a.EndedAt, Result: "calling"}
	switch {
	case a.Outcome == nil:
	case a.Outcome.Accepted != nil:
		l.Result, l.ProviderID = "accepted", a.Outcome.Accepted.ProviderID
	case a.Outcome.Failure != nil:
		l.Result, l.Detail, l.Code = string(a.Outcome.Failure.Reason), a.Outcome.Failure.Detail, a.Outcome.Failure.ProviderCode
		l.Raw = a.Outcome.Failure.Raw
	}
	return l
}

// Run lists the latest messages, newest first.
func (c *messageListCommand) Run(ctx context.Context, s *session) error {
	statuses, err := statusFilter(s, c.Status, message.Statuses())
	if err != nil {
		return err
	}
	last4, err := lastFour(s, c.Phone)
	if err != nil {
		return err
	}
	if err := c.allowed(s); err != nil {
		return err
	}
	db, err := c.read(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	found, next, err := db.Messages(ctx, message.Filter{Order: c.Order, Last4: last4, Statuses: statuses, Limit: c.Limit})
	if err != nil {
		return err
	}
	items := []listedMessage{}
	rows := [][]string{strings.Split(word{"ВРЕМЯ|ЗАКАЗ|КОМУ|СТАТУС|ПРИЧИНА|АККАУНТ|ТЕКСТ|ID", "TIME|ORDER|TO|STATUS|REASON|ACCOUNT|TEXT|ID"}.pick(s.lang), "|")}
	for _, m := range found {
		if c.JSON { // which tells of attempts, too: a list does not have them
			full, err := db.Message(ctx, m.ID)
			if err != nil {
				return err
			}
			m = *full
		}
		l := listed(m)
		items = append(items, l)
		rows = append(rows, []string{clock(m.CreatedAt.Local()), oneLine(l.OrderNumber, 12), l.To, l.Status, l.Reason, l.Account, oneLine(l.Text, 60), l.ID})
	}
	if c.JSON {
		return printPage(s.out, items, next)
	}
	if len(items) == 0 {
		_, err := fmt.Fprintln(s.out, word{"Сообщений нет.", "No messages."}.pick(s.lang))
		return err
	}
	return table(s.out, rows)
}

type messageShowCommand struct {
	configFlags
	ID   string `arg:"" name:"id" help:"${message_ref}"`
	JSON bool   `name:"json" help:"${json}"`
}

// Run shows one message with its attempts.
func (c *messageShowCommand) Run(ctx context.Context, s *session) error {
	db, err := c.read(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	m, err := db.Message(ctx, c.ID)
	if err != nil {
		return s.absent(err, noText, c.ID)
	}
	l := listed(*m)
	if c.JSON {
		return printJSON(s.out, l)
	}
	_, _ = fmt.Fprintf(s.out, "%s  №%s  %s  %s\n%s\n", l.ID, oneLine(l.OrderNumber, 20), l.To, l.Status, oneLine(l.Text, 2000))
	if m.Reason != "" {
		_, _ = fmt.Fprintf(s.out, "%s %s\n", message.Sentence(m.Reason, s.lang), oneLine(l.Note, 500))
		_, _ = fmt.Fprintln(s.out, message.Cure(m.Reason, s.lang))
	}
	for _, a := range l.Attempts {
		_, _ = fmt.Fprintf(s.out, "  %d. %s  %s  %s %s %s\n", a.N, clock(a.StartedAt.Local()), a.Account, a.Result, a.ProviderID, oneLine(a.Detail, 300))
		if a.Raw != "" {
			_, _ = fmt.Fprintf(s.out, "     %s %s\n", word{"ответ провайдера:", "the provider's answer:"}.pick(s.lang), oneLine(a.Raw, 500))
		}
	}
	for _, r := range m.Receipts {
		how := word{"провайдер сообщил", "the provider said"}
		if r.Source == message.ByLookup {
			how = word{"провайдер ответил на запрос", "the provider answered when asked"}
		}
		_, _ = fmt.Fprintf(s.out, "  %s  %s  %s: %s %s\n", clock(r.HeardAt.Local()), r.Account, how.pick(s.lang), r.Status, oneLine(r.Code, 100))
	}
	for _, move := range l.Moves {
		by := move.By
		if by == "" {
			by = word{"шлюз", "the gateway"}.pick(s.lang)
		}
		_, _ = fmt.Fprintf(s.out, "  %s  %s: %s %s\n", clock(move.At.Local()), oneLine(by, 60), move.Status, oneLine(move.Note, 300))
	}
	return nil
}

// read opens the data folder for reading, beside a gateway that may be running on it.
func (f configFlags) read(ctx context.Context, s *session) (app.Reader, error) {
	opts, err := f.existing(s)
	if err != nil {
		return nil, err
	}
	return app.OpenReader(ctx, opts)
}

func clock(t time.Time) string { return t.Format("02.01 15:04:05") }

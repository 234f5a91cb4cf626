package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

type ruleRunCommand struct {
	configFlags
	Draft string `name:"draft" type:"path" help:"${rule_draft}"`
	Event string `name:"event" help:"${rule_event}"`
	Order string `name:"order" help:"${rule_order}"`
	File  string `arg:"" optional:"" name:"posting" help:"${rule_posting}"`
	JSON  bool   `name:"json" help:"${json}"`
}

// triedRule is what one rule would decide.
type triedRule struct {
	Event   string   `json:"event"`
	Order   string   `json:"order_number"`
	Change  string   `json:"change"`
	Rule    string   `json:"rule"`
	Outcome string   `json:"outcome"`
	Reason  string   `json:"reason,omitempty"`
	Note    string   `json:"note,omitempty"`
	Texts   []string `json:"texts"`
	Log     []string `json:"log"`
}

func (c *ruleRunCommand) Run(ctx context.Context, s *session) error {
	named := 0
	for _, one := range []string{c.Event, c.Order, c.File} {
		if one != "" {
			named++
		}
	}
	if named != 1 {
		return usageError{errors.New(word{"назовите что-то одно: файл события, --event или --order", "name one of: the file of an event, --event, --order"}.pick(s.lang))}
	}
	book, err := c.book(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = book.Close() }()
	with, err := draft(s, c.Draft)
	if err != nil {
		return err
	}
	var tried []app.Tried
	switch {
	case c.Event != "":
		tried, err = book.TryEvent(ctx, c.Event, with)
		err = s.absent(err, noEvent, c.Event)
	case c.Order != "":
		tried, err = book.TryOrder(ctx, c.Order, with)
		err = s.absent(err, noOrder, c.Order)
	default:
		var body []byte
		if body, err = readInput(s, c.File); err == nil {
			tried, err = book.TryBody(ctx, body, with)
		}
	}
	if err != nil {
		return err
	}
	rows := []triedRule{}
	for _, t := range tried {
		rows = append(rows, triedOf(t))
	}
	if c.JSON {
		return printJSON(s.out, rows)
	}
	return printTried(s, rows)
}

func triedOf(t app.Tried) triedRule {
	row := triedRule{
		Event: t.Event.ID, Order: t.Number, Change: string(t.Decision.Change.Kind), Rule: t.Decision.Rule,
		Outcome: string(t.Decision.Outcome), Reason: string(t.Decision.Reason), Note: t.Decision.Note, Texts: []string{}, Log: t.Result.Log,
	}
	for _, m := range t.Result.Messages {
		row.Texts = append(row.Texts, m.Text)
	}
	if row.Log == nil {
		row.Log = []string{}
	}
	return row
}

func printTried(s *session, rows []triedRule) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(s.out, word{"ни одно правило не слушает того, что здесь произошло", "no rule listens to what happened here"}.pick(s.lang))
		return err
	}
	for _, r := range rows {
		outcome := map[string]word{
			"sends": {"отправит", "would send"}, "waiting": {"ждёт телефон гостя", "waits for the guest's phone"},
			"skipped": {"промолчит", "says nothing"}, "failed": {"ошибка", "fails"},
		}[r.Outcome].pick(s.lang)
		if _, err := fmt.Fprintf(s.out, "№ %s  %s → %s: %s", oneLine(r.Order, 30), r.Change, r.Rule, outcome); err != nil {
			return err
		}
		if r.Outcome == string(rule.Sends) || r.Outcome == string(rule.Waiting) {
			for _, text := range r.Texts {
				_, _ = fmt.Fprintf(s.out, " «%s»", oneLine(text, 200))
			}
		}
		_, _ = fmt.Fprintln(s.out, "", oneLine(because(r, s.lang), 300))
		for _, line := range r.Log {
			_, _ = fmt.Fprintf(s.out, "    log: %s\n", oneLine(line, 300))
		}
	}
	return nil
}

// because says why a rule does not send.
func because(r triedRule, lang string) string {
	switch reason := message.Reason(r.Reason); reason {
	case "":
		return ""
	case message.RuleSkipped, message.RuleFailed:
		return r.Note
	default:
		return message.Sentence(reason, lang)
	}
}

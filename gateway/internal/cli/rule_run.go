package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

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

// faultyRule is what is wrong with a rule file, among what rules would decide.
type faultyRule struct {
	File   string     `json:"file"`
	Error  string     `json:"error"`
	Serves string     `json:"serves,omitempty"`    // the version that a gateway lets serve in its place
	Of     *time.Time `json:"serves_of,omitempty"` // when that was saved
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
	var played app.Played
	switch {
	case c.Event != "":
		played, err = book.TryEvent(ctx, c.Event, with)
		err = s.absent(err, noEvent, c.Event)
	case c.Order != "":
		played, err = book.TryOrder(ctx, c.Order, with)
		err = s.absent(err, noOrder, c.Order)
	default:
		var body []byte
		if body, err = readInput(s, c.File); err == nil {
			played, err = book.TryBody(ctx, body, with)
		}
	}
	if err != nil {
		return err
	}
	rows, faults := []triedRule{}, faultsOf(played, s.lang)
	for _, t := range played.Tried {
		rows = append(rows, triedOf(t))
	}
	if c.JSON {
		all := []any{} // a broken file is an entry of its own, as in orderbell rule test
		for _, f := range faults {
			all = append(all, f)
		}
		for _, r := range rows {
			all = append(all, r)
		}
		err = printJSON(s.out, all)
	} else if err = printFaulty(s, faults); err == nil {
		err = printTried(s, rows, len(faults) > 0)
	}
	if err == nil && len(faults) > 0 {
		files := map[string]bool{}
		for _, f := range faults {
			files[f.File] = true
		}
		err = fmt.Errorf(word{"файлов правил с ошибкой: %d", "rule files with a fault: %d"}.pick(s.lang), len(files))
	}
	return err
}

// faultsOf tells what is wrong with the files of the rules that decided, and what decided in their place.
func faultsOf(played app.Played, lang string) []faultyRule {
	var faults []faultyRule
	for _, p := range played.Rules.Faults() {
		f := faultyRule{File: p.File, Error: p.Sentence(lang)}
		if earlier := played.Rules.EarlierOf(p.File); earlier != nil {
			f.Serves, f.Of = earlier.Version, &earlier.At
		}
		faults = append(faults, f)
	}
	return faults
}

func printFaulty(s *session, faults []faultyRule) error {
	for _, f := range faults {
		instead := word{"файл не работает", "the file does not serve"}.pick(s.lang)
		if f.Of != nil {
			instead = standIn{Version: f.Serves, Of: *f.Of}.in(s.lang)
		}
		if _, err := fmt.Fprintf(s.out, "✗ %s\n    %s\n", oneLine(f.Error, 400), instead); err != nil {
			return err
		}
	}
	return nil
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

func printTried(s *session, rows []triedRule, faulty bool) error {
	if len(rows) == 0 {
		nobody := word{"ни одно правило не слушает того, что здесь произошло", "no rule listens to what happened here"}
		if faulty {
			nobody = word{"ни одно из работающих правил не слушает того, что здесь произошло", "no rule that serves listens to what happened here"}
		}
		_, err := fmt.Fprintln(s.out, nobody.pick(s.lang))
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

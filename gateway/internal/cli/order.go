package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

type orderCommand struct {
	Show orderShowCommand `cmd:"" help:"${order_show}"`
}

type orderShowCommand struct {
	configFlags
	Order string `arg:"" name:"order" help:"${order_ref}"`
	JSON  bool   `name:"json" help:"${json}"`
}

// fact is one line of an order's timeline.
type fact struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"` // event, decision, message, attempt, contact
	Text string    `json:"text"`
	ID   string    `json:"id,omitempty"`
}

// Run shows every fact of an order in time order; the first line says why the guest got, or did not
// get, a text.
func (c *orderShowCommand) Run(ctx context.Context, s *session) error {
	db, err := c.read(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	found, err := db.FindOrder(ctx, c.Order)
	if err != nil {
		return s.absent(err, noOrder, c.Order)
	}
	history, err := db.History(ctx, found.ID)
	if err != nil {
		return err
	}
	said, err := db.Said(ctx, history.Events, s.lang)
	if err != nil {
		return err
	}
	others, more, err := db.Namesakes(ctx, c.Order, found.ID)
	if err != nil {
		return err
	}
	why := rule.Why(*history, s.lang)
	facts := timeline(history, said, s.lang)
	zone, named := time.Local, word{"этого компьютера", "this machine"}.pick(s.lang)
	if history.Zone != nil {
		zone, named = history.Zone, history.Zone.String()
	}
	if c.JSON {
		return printJSON(s.out, map[string]any{
			"order": map[string]any{"id": history.Order.ID, "number": history.Order.Name, "restaurant_code": history.Order.Restaurant,
				"guid": history.Order.Ref.GUID, "stage": history.Order.Stage, "highest_stage": history.Order.Peak, "closed": history.Order.Closed()},
			"why": why, "facts": facts, "same_number": append([]app.Namesake{}, others...),
		})
	}
	_, _ = fmt.Fprintf(s.out, word{"№ %s  %s  время: %s\n%s\n", "№ %s  %s  times: %s\n%s\n"}.pick(s.lang), oneLine(history.Order.Name, 30), history.Order.ID, named, why)
	if len(others) > 0 {
		_, _ = fmt.Fprintln(s.out, namesakes(others, more, zone, s.lang))
	}
	_, _ = fmt.Fprintln(s.out)
	for _, f := range facts {
		_, _ = fmt.Fprintf(s.out, "%s  %s\n", clock(f.At.In(zone)), f.Text)
	}
	return nil
}

// namesakesShown is how many orders with the same number are named.
const namesakesShown = 3

// namesakes tells that other orders have the number, so that nobody takes the latest for the one he meant.
func namesakes(others []app.Namesake, more bool, zone *time.Location, lang string) string {
	count := strconv.Itoa(len(others))
	if more {
		count = word{"больше ", "more than "}.pick(lang) + count
	}
	var named []string
	for _, o := range others[:min(len(others), namesakesShown)] {
		named = append(named, clock(o.LastEvent.In(zone))+" "+o.ID)
	}
	list := strings.Join(named, ", ")
	if left := len(others) - len(named); left > 0 {
		list += fmt.Sprintf(word{" и ещё %d", " and %d more"}.pick(lang), left)
	}
	return fmt.Sprintf(word{"Других с этим номером: %s (%s); показан последний, другой — по его ID",
		"Others with this number: %s (%s); the latest is shown, another one by its ID"}.pick(lang), count, list)
}

// timeline puts all facts of an order in order of time; said is what its events said in words.
func timeline(h *rule.History, said map[string]string, lang string) []fact {
	var facts []fact
	for _, e := range h.Events {
		text := word{"событие кассы", "event of the cash server"}.pick(lang)
		if what := cmp.Or(said[e.ID], e.Note); what != "" {
			text += ": " + oneLine(what, 200)
		}
		facts = append(facts, fact{e.ReceivedAt, "event", text, e.ID})
	}
	if h.Contact != nil {
		for _, consent := range h.Contact.Consents {
			text := word{"гость согласился на SMS: ", "the guest agreed to texts: "}
			if !consent.Given {
				text = word{"гость отказался от SMS: ", "the guest declined texts: "}
			}
			facts = append(facts, fact{consent.RecordedAt, "contact", text.pick(lang) + h.Contact.Phone.String(), h.Contact.ID})
		}
	}
	for _, d := range h.Decisions {
		facts = append(facts, fact{d.At, "decision", decisionText(d, lang), d.ID})
	}
	for _, m := range h.Messages {
		facts = append(facts, fact{m.CreatedAt, "message", fmt.Sprintf("SMS %s «%s»: %s", m.To, oneLine(m.Text, 120), m.Status), m.ID})
		for _, a := range m.Tries {
			l := listAttempt(a)
			facts = append(facts, fact{a.StartedAt, "attempt", fmt.Sprintf(word{"попытка %d через %s: %s %s", "attempt %d through %s: %s %s"}.pick(lang), l.N, l.Account, l.Result, oneLine(l.Detail, 200)), a.ID})
		}
	}
	slices.SortStableFunc(facts, func(a, b fact) int { return cmp.Compare(a.At.UnixMicro(), b.At.UnixMicro()) })
	return facts
}

func decisionText(d rule.Decision, lang string) string {
	text := fmt.Sprintf(word{"%s → правило %s: ", "%s → rule %s: "}.pick(lang), d.Change.Kind, d.Rule)
	switch d.Outcome {
	case rule.Sends:
		return text + word{"отправить SMS", "send a text"}.pick(lang)
	case rule.Waiting:
		return text + word{"ждёт телефон гостя", "waits for the guest's phone"}.pick(lang)
	case rule.Skipped, rule.Errored:
	}
	return text + message.Sentence(d.Reason, lang) + " " + oneLine(rule.Lateness(d.Note, lang), 200)
}

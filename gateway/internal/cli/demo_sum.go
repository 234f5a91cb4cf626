package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/orderbell/orderbell/gateway/internal/lunch"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// tally is what became of the lunch hour's orders, read from the database.
type tally struct {
	texted int
	held   map[string]int // by sentence
	order  []string       // of the sentences, as first met
	wrong  []string       // orders whose fate is not the expected one
}

func (t *tally) hold(sentence string) {
	if t.held[sentence] == 0 {
		t.order = append(t.order, sentence)
	}
	t.held[sentence]++
}

// summary counts, from the database, and fails if the sums do not add up.
func (p *player) summary(ctx context.Context, hour lunch.Hour) error {
	t := tally{held: map[string]int{}}
	for _, ending := range hour.Endings {
		if err := p.count(ctx, ending, &t); err != nil {
			return err
		}
	}
	events, err := p.gateway.Store().Summary(ctx)
	if err != nil {
		return err
	}
	all := 0
	for _, n := range p.posted {
		all += n
	}
	inStore := 0
	for _, n := range events.Events {
		inStore += n
	}
	heldBack := len(hour.Endings) - t.texted

	p.say("\n" + p.paint(strong, word{"Итого", "Summary"}.pick(p.lang)) + "\n")
	p.say(fmt.Sprintf(word{
		"  события кассы     %4d = сохранено %d + повторы %d + карантин %d\n",
		"  events            %4d = stored %d + duplicates %d + quarantined %d\n",
	}.pick(p.lang), all, p.posted["stored"], p.posted["duplicate"], p.posted["quarantined"]))
	p.say(fmt.Sprintf(word{
		"  заказы            %4d = гость получил SMS %d + без SMS %d\n",
		"  orders            %4d = guest texted %d + held back %d\n",
	}.pick(p.lang), len(hour.Endings), t.texted, heldBack))
	for _, sentence := range t.order {
		p.say(fmt.Sprintf("      %s\n", p.paint(grey, fmt.Sprintf("%3d  %s", t.held[sentence], sentence))))
	}
	p.say(fmt.Sprintf(word{"  SMS у провайдера  %4d\n", "  texts at provider %4d\n"}.pick(p.lang), p.texts))

	switch {
	case all != p.posted["stored"]+p.posted["duplicate"]+p.posted["quarantined"] || inStore != p.posted["stored"]+p.posted["quarantined"]:
		t.wrong = append(t.wrong, fmt.Sprintf("events: posted %v, in the database %v", p.posted, events.Events))
	case p.texts != t.texted:
		t.wrong = append(t.wrong, fmt.Sprintf("texts: %d at the provider, %d orders texted", p.texts, t.texted))
	}
	for _, w := range t.wrong {
		p.say(p.paint(red, "  ✗ "+w) + "\n")
	}
	if len(t.wrong) > 0 {
		return errors.New(word{"суммы не сходятся", "the sums do not add up"}.pick(p.lang))
	}
	p.say(p.paint(green, word{"  ✓ всё сходится: каждое событие и каждый заказ учтены, повторных SMS нет\n", "  ✓ it adds up: every event and every order accounted for, nobody texted twice\n"}.pick(p.lang)))
	return nil
}

// count looks one order up and compares its fate with the expected one.
func (p *player) count(ctx context.Context, ending lunch.Ending, t *tally) error {
	found, err := p.gateway.Store().FindOrder(ctx, ending.GUID)
	if err != nil {
		return fmt.Errorf("№ %s: %w", ending.Number, err)
	}
	h, err := p.gateway.Store().History(ctx, found.ID)
	if err != nil {
		return fmt.Errorf("№ %s: %w", ending.Number, err)
	}
	accepted := 0
	for _, m := range h.Messages {
		if m.Status == message.Accepted || m.Status == message.Delivered {
			accepted++
		}
	}
	fate := lunch.HeldBack
	if accepted > 0 {
		fate = lunch.Texted
		t.texted++
	} else {
		t.hold(p.whyHeld(h))
	}
	if fate != ending.Fate || accepted > 1 {
		t.wrong = append(t.wrong, fmt.Sprintf("№ %s: %s (%d SMS), expected %s %s", ending.Number, fate, accepted, ending.Fate, ending.Why))
	}
	return nil
}

// whyHeld finds the decision that counted for an order without a text.
func (p *player) whyHeld(h *rule.History) string {
	for i := len(h.Decisions) - 1; i >= 0; i-- {
		d := h.Decisions[i]
		if d.Outcome != rule.Sends && d.Reason != message.RuleSkipped && d.Reason != message.AlreadyTold {
			return message.Sentence(d.Reason, p.lang)
		}
	}
	if h.Order.Deleted {
		return word{"заказ отменён до готовности", "the order was cancelled before it was ready"}.pick(p.lang)
	}
	return word{"заказ не дошёл до выбранного статуса", "the order never reached the chosen status"}.pick(p.lang)
}

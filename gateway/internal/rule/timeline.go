package rule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// FactKind is what sort of thing a Fact tells of.
type FactKind string

// Kinds of facts.
const (
	EventFact    FactKind = "event"
	DecisionFact FactKind = "decision"
	MessageFact  FactKind = "message"
	AttemptFact  FactKind = "attempt"
	ReceiptFact  FactKind = "receipt"
	MoveFact     FactKind = "move"
)

// Tone is how a fact looks at a glance.
type Tone string

// Tones.
const (
	TonePlain Tone = "plain"
	ToneGood  Tone = "good"
	ToneBad   Tone = "bad"
	ToneWait  Tone = "wait"
	ToneMuted Tone = "muted" // an everyday no
)

// Fact is one line of an order's timeline.
type Fact struct {
	At      time.Time
	Kind    FactKind
	ID      string // of the event or decision; of the message for all others: where the raw form is found
	Summary string // a sentence
	Detail  string // what more there is, in others' words; may be empty
	Tone    Tone
	Rule    string // of decisions and messages
	Version string // of the rule, of decisions
}

// Timeline tells every fact of an order in time order: event, decision of each rule about each change,
// message, attempts, moves and receipts. In Russian for "ru…", else in English.
func Timeline(h History, lang string) []Fact {
	t := teller{lang: lang, ru: russian(lang)}
	var facts []Fact
	for _, e := range h.Events {
		facts = append(facts, t.event(e))
	}
	for _, d := range h.Decisions {
		facts = append(facts, t.decision(d))
	}
	for _, m := range h.Messages {
		facts = append(facts, t.message(m)...)
	}
	slices.SortStableFunc(facts, func(a, b Fact) int { return a.At.Compare(b.At) })
	return facts
}

type teller struct {
	lang string
	ru   bool
}

func (t teller) event(e kds.Event) Fact {
	f := Fact{At: e.ReceivedAt, Kind: EventFact, ID: e.ID, Detail: e.Note, Tone: TonePlain}
	switch e.Status {
	case kds.Stored:
		f.Summary, f.Tone = pick(t.ru, "Касса прислала событие, оно ждёт обработки.", "The cash server posted an event; it waits to be worked."), ToneWait
	case kds.Quarantined:
		f.Summary, f.Tone = pick(t.ru, "Касса прислала событие, которое не удалось понять.", "The cash server posted an event that was not understood."), ToneBad
	case kds.Failed:
		f.Summary, f.Tone = pick(t.ru, "Событие кассы не удалось обработать.", "The event could not be worked."), ToneBad
	case kds.Done:
		f.Summary = pick(t.ru, "Касса прислала событие.", "The cash server posted an event.")
	}
	return f
}

func (t teller) decision(d Decision) Fact {
	f := Fact{At: d.At, Kind: DecisionFact, ID: d.ID, Rule: d.Rule, Version: d.RuleVersion, Tone: TonePlain}
	about := t.change(d.Change)
	switch d.Outcome {
	case Sends:
		f.Summary, f.Tone = about+pick(t.ru, " SMS нужно.", " A text is due."), ToneGood
	case Waiting:
		f.Summary, f.Tone = about+pick(t.ru, " SMS ждёт телефон гостя.", " A text waits for the guest's phone."), ToneWait
	case Errored:
		f.Summary, f.Detail, f.Tone = about+pick(t.ru, " Правило завершилось с ошибкой.", " The rule failed."), d.Note, ToneBad
	case Skipped:
		f.Summary, f.Detail, f.Tone = strings.TrimSpace(about+" "+message.Sentence(d.Reason, t.lang)), Lateness(d.Note, t.lang), ToneBad
		if isQuietSkip(d.Reason) {
			f.Tone = ToneMuted
		}
	}
	return f
}

// change tells what happened to the order.
func (t teller) change(c order.Change) string {
	kind := string(c.Kind)
	switch {
	case c.Kind == order.OrderVoided:
		return pick(t.ru, "Заказ отменён.", "The order was cancelled.")
	case c.Kind == order.OrderClosed:
		return pick(t.ru, "Заказ закрыт.", "The order was closed.")
	case strings.HasPrefix(kind, "order."):
		return fmt.Sprintf(pick(t.ru, "Заказ %s.", "The order is %s."), stageWord(c.Stage, t.ru))
	case strings.HasPrefix(kind, "dish."):
		return fmt.Sprintf(pick(t.ru, "Блюдо: стадия «%s».", "A dish: stage “%s”."), c.Stage)
	}
	return kind + "."
}

func (t teller) message(m message.Listed) []Fact {
	queued := Fact{
		At: m.CreatedAt, Kind: MessageFact, ID: m.ID, Rule: m.Rule, Detail: m.Text, Tone: TonePlain,
		Summary: fmt.Sprintf(pick(t.ru, "SMS на %s поставлено в очередь.", "A text to %s is queued."), m.To),
	}
	if m.Generation > 0 {
		queued.Summary = fmt.Sprintf(pick(t.ru, "SMS на %s поставлено в очередь ещё раз, вручную.", "A text to %s is queued again, by a person."), m.To)
	}
	facts := []Fact{queued}
	for _, a := range m.Tries {
		facts = append(facts, t.attempt(m, a)...)
	}
	for _, move := range m.Moves {
		facts = append(facts, t.move(m, move))
	}
	for _, r := range m.Receipts {
		facts = append(facts, t.receipt(m, r))
	}
	return facts
}

// attempt tells the call and, apart, what came of it.
func (t teller) attempt(m message.Listed, a message.Attempt) []Fact {
	call := Fact{At: a.StartedAt, Kind: AttemptFact, ID: m.ID, Tone: TonePlain, Summary: fmt.Sprintf(pick(t.ru, "Попытка %d через «%s».", "Attempt %d through “%s”."), a.N, a.Account)}
	if a.EndedAt == nil || a.Outcome == nil {
		call.Tone = ToneWait
		return []Fact{call}
	}
	end := Fact{At: *a.EndedAt, Kind: AttemptFact, ID: m.ID}
	if ok := a.Outcome.Accepted; ok != nil {
		end.Summary, end.Tone = fmt.Sprintf(pick(t.ru, "«%s» принял SMS.", "“%s” took the text."), a.Account), ToneGood
		if ok.ProviderID != "" {
			end.Detail = fmt.Sprintf(pick(t.ru, "номер у провайдера %s", "the provider's number %s"), ok.ProviderID)
		}
		return []Fact{call, end}
	}
	end.Tone = ToneBad
	if failure := a.Outcome.Failure; failure != nil {
		end.Summary = strings.TrimSpace(fmt.Sprintf(pick(t.ru, "«%s» не принял SMS.", "“%s” did not take the text."), a.Account) + " " + message.Sentence(failure.Reason, t.lang))
		if failure.Reason == message.UnknownOutcome || failure.Reason == message.Internal {
			end.Summary = message.Sentence(failure.Reason, t.lang)
		}
		end.Detail = m.To.Hide(strings.TrimSpace(failure.ProviderCode + " " + failure.Detail))
	}
	return []Fact{call, end}
}

func (t teller) move(m message.Listed, move message.Moved) Fact {
	f := Fact{At: move.At, Kind: MoveFact, ID: m.ID, Detail: m.To.Hide(move.Note), Tone: toneOf(move.Status)}
	f.Summary = fmt.Sprintf(pick(t.ru, "SMS теперь: %s.", "The text is now: %s."), StatusWord(move.Status, t.lang))
	switch {
	case move.By != "" && move.Status == message.Cancelled:
		f.Summary = fmt.Sprintf(pick(t.ru, "SMS отменил(а) %s.", "The text was cancelled by %s."), move.By)
	case move.By != "" && move.Status == message.Accepted:
		f.Summary = fmt.Sprintf(pick(t.ru, "%s: считать отправленным.", "%s: consider it sent."), move.By)
	case move.By != "":
		f.Summary = fmt.Sprintf(pick(t.ru, "%s: отправить ещё раз.", "%s: send it again."), move.By)
	case move.Reason != "":
		f.Summary += " " + message.Sentence(move.Reason, t.lang)
	}
	return f
}

func (t teller) receipt(m message.Listed, r message.Heard) Fact {
	f := Fact{At: r.HeardAt, Kind: ReceiptFact, ID: m.ID, Detail: m.To.Hide(r.Code), Tone: toneOf(r.Status)}
	word := StatusWord(r.Status, t.lang)
	f.Summary = strings.TrimSpace(fmt.Sprintf(pick(t.ru, "Отчёт провайдера: %s.", "The provider reports: %s."), word) + " " + message.Sentence(r.Reason, t.lang))
	return f
}

func toneOf(s message.Status) Tone {
	switch s {
	case message.Accepted, message.Delivered:
		return ToneGood
	case message.Queued, message.Sending:
		return ToneWait
	case message.Cancelled:
		return ToneMuted
	case message.Undelivered, message.Rejected, message.Expired, message.Unknown, message.Absent:
	}
	return ToneBad
}

// StatusWord is a status of a message as a word for people.
func StatusWord(s message.Status, lang string) string {
	ru := russian(lang)
	switch s {
	case message.Queued:
		return pick(ru, "в очереди", "queued")
	case message.Sending:
		return pick(ru, "отправляется", "being sent")
	case message.Accepted:
		return pick(ru, "принято оператором", "taken by the operator")
	case message.Delivered:
		return pick(ru, "доставлено", "delivered")
	case message.Undelivered:
		return pick(ru, "не доставлено", "not delivered")
	case message.Rejected:
		return pick(ru, "отклонено", "rejected")
	case message.Expired:
		return pick(ru, "срок истёк", "expired")
	case message.Cancelled:
		return pick(ru, "отменено", "cancelled")
	case message.Unknown:
		return pick(ru, "неизвестно, ушло ли", "not known whether it went out")
	case message.Absent:
		return pick(ru, "провайдер его не видел", "never seen by the provider")
	}
	return string(s)
}

// StageWord is a stage of an order as people say it: "готов", "ready".
func StageWord(s order.Stage, lang string) string { return stageWord(s, russian(lang)) }

// ChangeSentence tells a change as a sentence.
func ChangeSentence(c order.Change, lang string) string {
	return teller{lang: lang, ru: russian(lang)}.change(c)
}

package rule

import (
	"fmt"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// Why is the first line of an order's timeline: why the guest got a text, or why not, and what a
// person may do. In Russian for "ru…", else in English. It is never empty.
//
// It speaks of the last message, and of a later decision that withheld the next one; without
// messages of the decision that tells most; without decisions of what happened before any rule.
func Why(h History, lang string) string {
	w := why{h: h, lang: lang, ru: russian(lang)}
	withheld := w.telling()
	if len(h.Messages) == 0 {
		if withheld != nil {
			return w.decision(*withheld)
		}
		return w.undecided()
	}
	last := h.Messages[len(h.Messages)-1].Message
	line := w.message(last)
	if withheld != nil && withheld.At.After(last.CreatedAt) && !isQuietSkip(withheld.Reason) {
		line += " " + pick(w.ru, "Следующее: ", "The next one: ") + w.decision(*withheld)
	}
	return line
}

type why struct {
	h    History
	lang string
	ru   bool
}

// telling gives the decision without a text that tells most: one that waits or failed before one
// that was skipped for a cause, and that before a rule's own skip; of equal ones the latest.
func (w why) telling() *Decision {
	var best *Decision
	for i := range w.h.Decisions {
		d := &w.h.Decisions[i]
		if d.Outcome != Sends && (best == nil || weight(*d) >= weight(*best)) {
			best = d
		}
	}
	return best
}

func weight(d Decision) int {
	switch {
	case d.Outcome == Waiting, d.Outcome == Errored:
		return 2
	case isQuietSkip(d.Reason):
		return 0
	}
	return 1
}

// isQuietSkip tells whether a skip is an everyday one that explains nothing after a text went out.
func isQuietSkip(r message.Reason) bool { return r == message.RuleSkipped || r == message.AlreadyTold }

func (w why) decision(d Decision) string {
	switch d.Outcome {
	case Waiting:
		return fmt.Sprintf(pick(w.ru, "SMS ждёт телефон гостя до %s.", "The text waits for the guest's phone until %s."), w.clock(d.WaitUntil))
	case Errored:
		return w.notSent(fmt.Sprintf(pick(w.ru, "Правило «%s» завершилось с ошибкой: %s.", "The rule “%s” failed: %s."), d.Rule, strings.TrimSuffix(d.Note, ".")))
	case Skipped, Sends:
	}
	because := message.Sentence(d.Reason, w.lang)
	if d.Reason == message.RuleSkipped && d.Note != "" {
		because = fmt.Sprintf(pick(w.ru, "Правило «%s» решило не писать: %s.", "The rule “%s” decided not to text: %s."), d.Rule, strings.TrimSuffix(d.Note, "."))
	}
	return w.notSent(because)
}

func (w why) notSent(because string) string {
	return strings.TrimSpace(pick(w.ru, "SMS не отправлено. ", "No text was sent. ") + because)
}

func (w why) message(m message.Message) string {
	at, took := w.clock(m.UpdatedAt), w.took(m)
	cause := strings.TrimSpace(message.Sentence(m.Reason, w.lang) + " " + message.Cure(m.Reason, w.lang))
	switch m.Status {
	case message.Delivered:
		return fmt.Sprintf(pick(w.ru, "Гость получил SMS в %s%s.", "The guest got the text at %s%s."), at, took)
	case message.Accepted:
		return fmt.Sprintf(pick(w.ru, "SMS принято оператором в %s%s, отчёта о доставке ещё нет.", "The operator took the text at %s%s; there is no delivery report yet."), at, took)
	case message.Sending:
		return pick(w.ru, "SMS отправляется.", "The text is being sent.")
	case message.Queued:
		line := pick(w.ru, "SMS в очереди на отправку.", "The text is queued.")
		if m.Reason != "" {
			line += fmt.Sprintf(pick(w.ru, " Прошлая попытка не удалась, следующая в %s. ", " The last attempt failed, the next one is at %s. "), w.clock(m.NextAt)) + cause
		}
		return line
	case message.Undelivered:
		return join(pick(w.ru, "SMS не доставлено.", "The text was not delivered."), cause)
	case message.Cancelled:
		return join(pick(w.ru, "SMS отменено.", "The text was cancelled."), message.Sentence(m.Reason, w.lang))
	case message.Unknown:
		if m.Reason == "" {
			cause = message.Sentence(message.UnknownOutcome, w.lang) + " " + message.Cure(message.UnknownOutcome, w.lang)
		}
		return cause
	case message.Rejected, message.Expired, message.Absent:
	}
	line := w.notSent(cause)
	if m.Note != "" {
		line += " (" + m.Note + ")"
	}
	return line
}

// undecided tells of an order about which no rule was asked, or all of them said nothing.
func (w why) undecided() string {
	o := w.h.Order
	var because string
	switch {
	case w.has(kds.Failed):
		because = pick(w.ru, "Событие заказа не удалось обработать, смотрите его в ленте.", "An event of the order could not be worked; see it in the timeline.")
	case w.has(kds.Stored):
		because = pick(w.ru, "Событие принято и сейчас обрабатывается.", "The event is stored and is being worked on.")
	case o.Return:
		because = pick(w.ru, "Это возврат.", "This is a return.")
	case o.Deleted:
		because = pick(w.ru, "Заказ отменили.", "The order was cancelled.")
	case o.Finished:
		because = pick(w.ru, "Заказ закрыли раньше, чем он дошёл до нужной стадии.", "The order was closed before it reached the stage of a text.")
	default:
		because = fmt.Sprintf(pick(w.ru, "Ни одно правило не сработало: заказ сейчас %s.", "No rule matched: the order is now %s."), stageWord(o.Stage, w.ru))
		if len(w.h.LeftOut) > 0 {
			because += fmt.Sprintf(pick(w.ru, " Из-за ошибки сейчас не работают файлы правил: %s.", " Rule files that do not serve now because of a fault: %s."), strings.Join(w.h.LeftOut, ", "))
		}
	}
	if w.h.Contact == nil {
		because += pick(w.ru, " Телефон гостя не привязан.", " No phone of the guest is bound.")
	}
	return w.notSent(because)
}

func (w why) has(status kds.EventStatus) bool {
	for _, e := range w.h.Events {
		if e.Status == status {
			return true
		}
	}
	return false
}

// clock gives a time of day in the restaurant's zone.
func (w why) clock(t time.Time) string {
	if w.h.Zone == nil {
		return t.UTC().Format("15:04:05") + " UTC"
	}
	return t.In(w.h.Zone).Format("15:04:05")
}

// took gives ", через 4 с", counted from when the rule asked for the text.
func (w why) took(m message.Message) string {
	d := m.UpdatedAt.Sub(m.CreatedAt)
	if d < 0 || m.CreatedAt.IsZero() {
		return ""
	}
	seconds, minutes := int(d.Round(time.Second)/time.Second), int(d.Round(time.Minute)/time.Minute)
	if seconds < 100 {
		return fmt.Sprintf(pick(w.ru, ", через %d с", ", %d s later"), seconds)
	}
	return fmt.Sprintf(pick(w.ru, ", через %d мин", ", %d min later"), minutes)
}

func join(a, b string) string { return strings.TrimSpace(a + " " + b) }

func stageWord(s order.Stage, ru bool) string {
	switch s {
	case order.None:
		return pick(ru, "ещё не на кухне", "not in the kitchen yet")
	case order.Sent:
		return pick(ru, "отправлен на кухню", "sent to the kitchen")
	case order.Started:
		return pick(ru, "готовится", "being cooked")
	case order.Ready:
		return pick(ru, "готов", "ready")
	case order.Out:
		return pick(ru, "выдан с кухни", "out of the kitchen")
	case order.Collect:
		return pick(ru, "собирается", "being assembled")
	case order.Collected:
		return pick(ru, "собран", "assembled")
	}
	return s.String()
}

package rule_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// told is a message of an order, made at noon and last changed after the given time.
func told(status message.Status, reason message.Reason, note string, after time.Duration) message.Listed {
	return message.Listed{Message: message.Message{
		Status: status, Reason: reason, Note: note, CreatedAt: noon, UpdatedAt: noon.Add(after), NextAt: noon.Add(time.Minute),
		To: contact.StoredPhone(number),
	}}
}

func decided(outcome rule.Outcome, reason message.Reason, note string, after time.Duration) rule.Decision {
	return rule.Decision{Rule: "order-stage", Outcome: outcome, Reason: reason, Note: note, At: noon.Add(after), WaitUntil: noon.Add(15 * time.Minute)}
}

func TestWhy(t *testing.T) {
	t.Parallel()
	type history = rule.History
	someone := &contact.Contact{ID: "01C"}
	sent := decided(rule.Sends, "", "", 0)
	tests := []struct {
		name    string
		history history
		ru, en  string
	}{
		{"delivered", history{Messages: []message.Listed{told(message.Delivered, "", "", 4*time.Second)}, Decisions: []rule.Decision{sent}},
			"Гость получил SMS в 12:00:04, через 4 с.", "The guest got the text at 12:00:04, 4 s later."},
		{"delivered after long", history{Messages: []message.Listed{told(message.Delivered, "", "", 10*time.Minute)}},
			"Гость получил SMS в 12:10:00, через 10 мин.", "The guest got the text at 12:10:00, 10 min later."},
		{"a clock that went back gives no duration", history{Messages: []message.Listed{told(message.Delivered, "", "", -time.Minute)}},
			"Гость получил SMS в 11:59:00.", "The guest got the text at 11:59:00."},
		{"accepted", history{Messages: []message.Listed{told(message.Accepted, "", "", time.Second)}},
			"SMS принято оператором в 12:00:01, через 1 с, отчёта о доставке ещё нет.", "The operator took the text at 12:00:01, 1 s later; there is no delivery report yet."},
		{"sending", history{Messages: []message.Listed{told(message.Sending, "", "", 0)}}, "SMS отправляется.", "The text is being sent."},
		{"queued", history{Messages: []message.Listed{told(message.Queued, "", "", 0)}}, "SMS в очереди на отправку.", "The text is queued."},
		{"queued again", history{Messages: []message.Listed{told(message.Queued, message.NoMoney, "", 0)}},
			"SMS в очереди на отправку. Прошлая попытка не удалась, следующая в 12:01:00. На счёте провайдера закончились деньги. Пополните счёт",
			"The text is queued. The last attempt failed, the next one is at 12:01:00. The account with the provider is out of money. Top up"},
		{"undelivered", history{Messages: []message.Listed{told(message.Undelivered, "", "", 0)}}, "SMS не доставлено.", "The text was not delivered."},
		{"undelivered for a cause", history{Messages: []message.Listed{told(message.Undelivered, message.BlockedRecipient, "", 0)}},
			"SMS не доставлено. Гость запретил SMS", "The text was not delivered. The guest has blocked texts"},
		{"rejected", history{Messages: []message.Listed{told(message.Rejected, message.BadSender, "BAD_SENDER 204", 0)}},
			"SMS не отправлено. Имя отправителя не зарегистрировано у провайдера. Зарегистрируйте", "No text was sent. The sender name is not registered with the provider. Register"},
		{"expired names the last failure", history{Messages: []message.Listed{told(message.Expired, message.PastDeadline, "UNAVAILABLE 503", 0)}},
			"SMS не отправлено. Срок сообщения вышел", "No text was sent. The message's time ran out"},
		{"cancelled", history{Messages: []message.Listed{told(message.Cancelled, message.OrderGone, "", 0)}},
			"SMS отменено. Заказ закрыли или отменили раньше, чем ушло SMS.", "The text was cancelled. The order was closed or cancelled before the text went out."},
		{"unknown", history{Messages: []message.Listed{told(message.Unknown, message.UnknownOutcome, "", 0)}}, "Неизвестно, ушло ли SMS", "Nobody knows whether the text went out"},
		{"unknown after a crash", history{Messages: []message.Listed{told(message.Unknown, "", "", 0)}}, "Неизвестно, ушло ли SMS", "Nobody knows whether the text went out"},
		{"the last of two messages", history{Messages: []message.Listed{told(message.Delivered, "", "", 0), told(message.Rejected, message.BadRecipient, "", 0)}},
			"SMS не отправлено. На этот номер", "No text was sent. This number"},
		{"a repeated stage after the text says nothing new", history{Messages: []message.Listed{told(message.Delivered, "", "", time.Second)},
			Decisions: []rule.Decision{sent, decided(rule.Skipped, message.AlreadyTold, "", time.Minute), decided(rule.Skipped, message.RuleSkipped, "not this stage", time.Hour)}},
			"Гость получил SMS в 12:00:01, через 1 с.", "The guest got the text at 12:00:01, 1 s later."},
		{"a later text that was withheld is named too", history{Messages: []message.Listed{told(message.Delivered, "", "", time.Second)},
			Decisions: []rule.Decision{sent, decided(rule.Skipped, message.QuietHours, "", time.Minute)}},
			"Гость получил SMS в 12:00:01, через 1 с. Следующее: SMS не отправлено. Сейчас тихие часы ресторана.", "The guest got the text at 12:00:01, 1 s later. The next one: No text was sent. These are the restaurant's quiet hours."},
		{"an earlier one that was withheld is not", history{Messages: []message.Listed{told(message.Delivered, "", "", time.Second)},
			Decisions: []rule.Decision{decided(rule.Skipped, message.NoPhone, "", -time.Minute), sent}},
			"Гость получил SMS в 12:00:01, через 1 с.", "The guest got the text at 12:00:01, 1 s later."},
		{"waiting for a phone", history{Decisions: []rule.Decision{decided(rule.Waiting, "", "", 0)}}, "SMS ждёт телефон гостя до 12:15:00.", "The text waits for the guest's phone until 12:15:00."},
		{"no phone came", history{Decisions: []rule.Decision{decided(rule.Skipped, message.NoPhone, "", 0)}}, "SMS не отправлено. Телефон гостя не пришёл вовремя.", "No text was sent. No phone number of the guest came in time."},
		{"a cause outweighs a rule's own skip, whichever came first", history{Decisions: []rule.Decision{
			decided(rule.Skipped, message.RuleSkipped, "not this stage", 0), decided(rule.Skipped, message.NoConsent, "", time.Second), decided(rule.Skipped, message.RuleSkipped, "not this stage", time.Minute)}},
			"SMS не отправлено. Гость не давал согласия", "No text was sent. The guest did not agree"},
		{"a rule's own words", history{Decisions: []rule.Decision{decided(rule.Skipped, message.RuleSkipped, "курьер позвонит сам.", 0)}},
			"SMS не отправлено. Правило «order-stage» решило не писать: курьер позвонит сам.", "No text was sent. The rule “order-stage” decided not to text: курьер позвонит сам."},
		{"a rule that failed", history{Decisions: []rule.Decision{decided(rule.Errored, message.RuleFailed, "order-stage.js:14: boom", 0), decided(rule.Skipped, message.NoPhone, "", 1)}},
			"SMS не отправлено. Правило «order-stage» завершилось с ошибкой: order-stage.js:14: boom.", "No text was sent. The rule “order-stage” failed: order-stage.js:14: boom."},
		{"an order in the kitchen that no rule heard of", history{Order: order.Order{Stage: order.Started}, Contact: someone},
			"SMS не отправлено. Ни одно правило не сработало: заказ сейчас готовится.", "No text was sent. No rule matched: the order is now being cooked."},
		{"the same without a phone", history{Order: order.Order{Stage: order.Sent}},
			"SMS не отправлено. Ни одно правило не сработало: заказ сейчас отправлен на кухню. Телефон гостя не привязан.", "No text was sent. No rule matched: the order is now sent to the kitchen. No phone of the guest is bound."},
		{"an order that a file with a fault would have heard of", history{Order: order.Order{Stage: order.Started}, Contact: someone, LeftOut: []string{"a.js", "b.js"}},
			"SMS не отправлено. Ни одно правило не сработало: заказ сейчас готовится. Из-за ошибки сейчас не работают файлы правил: a.js, b.js.",
			"No text was sent. No rule matched: the order is now being cooked. Rule files that do not serve now because of a fault: a.js, b.js."},
		{"a cancelled order, whatever the rules", history{Order: order.Order{Deleted: true}, Contact: someone, LeftOut: []string{"a.js"}}, "SMS не отправлено. Заказ отменили.", "No text was sent. The order was cancelled."},
		{"a cancelled order", history{Order: order.Order{Deleted: true}, Contact: someone}, "SMS не отправлено. Заказ отменили.", "No text was sent. The order was cancelled."},
		{"a closed order", history{Order: order.Order{Finished: true}, Contact: someone}, "SMS не отправлено. Заказ закрыли раньше, чем он дошёл до нужной стадии.", "No text was sent. The order was closed before it reached the stage of a text."},
		{"a return", history{Order: order.Order{Return: true}, Contact: someone}, "SMS не отправлено. Это возврат.", "No text was sent. This is a return."},
		{"an event under way", history{Contact: someone, Events: []kds.Event{{Status: kds.Done}, {Status: kds.Stored}}}, "SMS не отправлено. Событие принято и сейчас обрабатывается.", "No text was sent. The event is stored and is being worked on."},
		{"an event given up", history{Contact: someone, Events: []kds.Event{{Status: kds.Failed}}}, "SMS не отправлено. Событие заказа не удалось обработать", "No text was sent. An event of the order could not be worked"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.history.Zone = moscow
			for lang, want := range map[string]string{"ru": tt.ru, "en": tt.en} {
				got := rule.Why(tt.history, lang)
				whole := want[len(want)-1] == '.'
				if !strings.HasPrefix(got, want) || (whole && got != want && !strings.HasPrefix(got, want+" (")) {
					t.Errorf("in %s: got %q, want %q", lang, got, want)
				}
				if strings.Contains(got, number) {
					t.Errorf("in %s: %q shows the phone", lang, got)
				}
			}
		})
	}
}

func TestWhyIsNeverEmptyAndKeepsToItsLanguage(t *testing.T) {
	t.Parallel()
	check := func(h rule.History) {
		t.Helper()
		ru, en := rule.Why(h, "ru"), rule.Why(h, "en")
		if ru == "" || en == "" || strings.Contains(ru+en, "%!") || strings.ContainsFunc(en, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
			t.Errorf("%+v: got %q and %q", h, ru, en)
		}
	}
	check(rule.History{})
	for _, stage := range append(order.Stages(), order.None, 42) {
		check(rule.History{Order: order.Order{Stage: stage}})
	}
	for _, reason := range append(message.Reasons(), "") {
		for _, status := range message.Statuses() {
			check(rule.History{Messages: []message.Listed{told(status, reason, "note", time.Second)}})
		}
		for _, outcome := range []rule.Outcome{rule.Sends, rule.Skipped, rule.Waiting, rule.Errored} {
			check(rule.History{Decisions: []rule.Decision{decided(outcome, reason, "note", 0)}})
		}
	}
	if got := rule.Why(rule.History{Messages: []message.Listed{told(message.Delivered, "", "", 0)}}, "en"); !strings.Contains(got, "09:00:00 UTC") {
		t.Errorf("without a zone: got %q, want the time in UTC, and said so", got)
	}
}

func TestARuleListensToWhatItNames(t *testing.T) {
	t.Parallel()
	r := rule.Rule{On: []order.Kind{order.OrderReached(order.Ready), order.OrderVoided}}
	if !r.Listens("order.ready") || !r.Listens("order.voided") || r.Listens("dish.ready") || (rule.Rule{}).Listens("order.ready") {
		t.Error("a rule hears the kinds that it names, and no others")
	}
}

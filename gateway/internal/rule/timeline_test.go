package rule_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

func lines(facts []rule.Fact) string {
	var b strings.Builder
	for _, f := range facts {
		fmt.Fprintf(&b, "%s %-8s %-5s %s", f.At.Format("15:04:05"), f.Kind, f.Tone, f.Summary)
		if f.Detail != "" {
			fmt.Fprintf(&b, " (%s)", f.Detail)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestATimelineTellsEverythingInTimeOrder(t *testing.T) {
	t.Parallel()
	after := func(d time.Duration) time.Time { return noon.Add(d * time.Second) }
	end, end2 := after(3), after(12)
	h := rule.History{
		Events: []kds.Event{{ID: "01E", Status: kds.Done, ReceivedAt: after(0)}, {ID: "01F", Status: kds.Quarantined, Note: "?", ReceivedAt: after(60)}},
		Decisions: []rule.Decision{
			{ID: "01D", Rule: "order-stage", RuleVersion: "abc", Outcome: rule.Sends, At: after(1), Change: order.Change{Kind: order.OrderReached(order.Ready), Stage: order.Ready}},
			{ID: "01C", Rule: "late", Outcome: rule.Errored, Note: "late.js:3: x is not defined", At: after(61), Change: order.Change{Kind: order.OrderClosed}},
		},
		Messages: []message.Listed{{
			Message: message.Message{ID: "01M", CreatedAt: after(1), Text: "Заказ 12.1 готов", To: contact.StoredPhone(number), Rule: "order-stage"},
			Tries: []message.Attempt{
				{N: 1, Account: "main", StartedAt: after(2), EndedAt: &end, Outcome: &message.Outcome{Failure: &message.Failure{Reason: message.Unavailable, ProviderCode: "503", Detail: "busy for " + number}}},
				{N: 2, Account: "spare", StartedAt: after(10), EndedAt: &end2, Outcome: &message.Outcome{Accepted: &message.Acceptance{ProviderID: "77"}}},
			},
			Moves:    []message.Moved{{At: after(3), Status: message.Queued, Account: "spare", Reason: message.Unavailable}, {At: after(90), Status: message.Delivered, By: "anna", Note: "sent again as 01N"}},
			Receipts: []message.Heard{{HeardAt: after(30), Receipt: message.Receipt{Status: message.Delivered}}},
		}},
	}
	for lang, want := range map[string]string{
		"ru": `12:00:00 event    plain Касса прислала событие.
12:00:01 decision good  Заказ готов. SMS нужно.
12:00:01 message  plain SMS на +7999•••0001 поставлено в очередь. (Заказ 12.1 готов)
12:00:02 attempt  plain Попытка 1 через «main».
12:00:03 attempt  bad   «main» не принял SMS. Провайдер недоступен. (503 busy for +7999•••0001)
12:00:03 move     wait  SMS теперь: в очереди. Провайдер недоступен.
12:00:10 attempt  plain Попытка 2 через «spare».
12:00:12 attempt  good  «spare» принял SMS. (номер у провайдера 77)
12:00:30 receipt  good  Отчёт провайдера: доставлено.
12:01:00 event    bad   Касса прислала событие, которое не удалось понять. (?)
12:01:01 decision bad   Заказ закрыт. Правило завершилось с ошибкой. (late.js:3: x is not defined)
12:01:30 move     good  anna: отправить ещё раз. (sent again as 01N)
`,
		"en": `12:00:00 event    plain The cash server posted an event.
12:00:01 decision good  The order is ready. A text is due.
12:00:01 message  plain A text to +7999•••0001 is queued. (Заказ 12.1 готов)
12:00:02 attempt  plain Attempt 1 through “main”.
12:00:03 attempt  bad   “main” did not take the text. The provider cannot be reached. (503 busy for +7999•••0001)
12:00:03 move     wait  The text is now: queued. The provider cannot be reached.
12:00:10 attempt  plain Attempt 2 through “spare”.
12:00:12 attempt  good  “spare” took the text. (the provider's number 77)
12:00:30 receipt  good  The provider reports: delivered.
12:01:00 event    bad   The cash server posted an event that was not understood. (?)
12:01:01 decision bad   The order was closed. The rule failed. (late.js:3: x is not defined)
12:01:30 move     good  anna: send it again. (sent again as 01N)
`,
	} {
		if got := lines(rule.Timeline(h, lang)); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", lang, got, want)
		}
	}
}

func TestEveryStatusAndChangeHasAWord(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"ru", "en"} {
		for _, s := range append(message.Statuses(), message.Absent) {
			if word := rule.StatusWord(s, lang); word == "" || lang == "ru" && word == string(s) {
				t.Errorf("%s in %s: %q", s, lang, word)
			}
		}
		for _, s := range append(order.Stages(), order.None) {
			if rule.StageWord(s, lang) == "" {
				t.Errorf("stage %s has no word in %s", s, lang)
			}
		}
		for _, c := range []order.Change{{Kind: order.OrderVoided}, {Kind: order.OrderClosed}, {Kind: order.DishReached(order.Ready), Stage: order.Ready}, {Kind: order.OrderReached(order.Out), Stage: order.Out}} {
			if said := rule.ChangeSentence(c, lang); !strings.HasSuffix(said, ".") || strings.Contains(said, string(c.Kind)) {
				t.Errorf("%s in %s: %q", c.Kind, lang, said)
			}
		}
	}
}

package rule_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

const (
	number = "+79990000001"
	text   = "Заказ 12.1 готов"
)

// moscow needs no zone file: quiet hours read the wall clock of Now, whatever zone it is in.
var moscow = time.FixedZone("MSK", 3*60*60)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, moscow)

// asked is one evaluation with everything that Check is given.
type asked struct {
	call   rule.Call
	result rule.Result
	guest  rule.Guest
	lim    rule.Limits
	p      rule.CheckParams
}

func (a asked) check() rule.Decision { return rule.Check(a.call, a.result, a.guest, a.lim, a.p) }

// setup is an order that just became ready, whose guest agreed and left his phone, and a rule that
// answers with one text. Everything is well: the decision sends.
func setup() asked {
	person := &contact.Contact{
		ID: "01C", Phone: contact.StoredPhone(number),
		Consents: []contact.Consent{{Category: contact.Transactional, Given: true, GivenAt: noon, RecordedAt: noon}},
	}
	return asked{
		call: rule.Call{
			Rule:     "order-stage",
			Change:   order.Change{Kind: order.OrderReached(order.Ready), Stage: order.Ready},
			Order:    order.Order{ID: "01O", Restaurant: "199990777"},
			Snapshot: rule.Snapshot{Now: noon, Phone: number},
		},
		result: rule.Result{Messages: []rule.Draft{{To: number, Text: text, Category: "transactional", ExpiresIn: 20 * time.Minute, Dedupe: "ready/1"}}},
		guest:  rule.Guest{Contact: person},
		p: rule.CheckParams{
			EventID: "01E", RuleVersion: "abc", Now: noon, ContactWait: 15 * time.Minute, Expires: 20 * time.Minute,
			Route: []string{"main", "spare"}, OnUnknown: message.Hold,
		},
	}
}

func (a *asked) draft() *rule.Draft { return &a.result.Messages[0] }

// noPhone takes the guest's phone away, as before a contact is bound.
func (a *asked) noPhone() { a.guest, a.call.Snapshot.Phone, a.draft().To = rule.Guest{}, "", "" }

// quiet takes both kinds of tests, those of testing and those of rapid.
func quiet(t interface {
	Helper()
	Fatal(args ...any)
}, from, to string) contact.QuietHours {
	t.Helper()
	q, err := contact.ParseQuietHours(from, to)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestCheckMakesACompleteMessage(t *testing.T) {
	t.Parallel()
	a := setup()
	got := a.check()
	want := rule.Decision{
		EventID: "01E", OrderID: "01O", Restaurant: "199990777", Rule: "order-stage", RuleVersion: "abc",
		Change: a.call.Change, Outcome: rule.Sends, At: noon,
		Messages: []message.Message{{
			EventID: "01E", OrderID: "01O", Restaurant: "199990777", Rule: "order-stage", Stage: "ready", ContactID: "01C",
			To: contact.StoredPhone(number), Text: text, Segments: 1, Category: contact.Transactional, Dedupe: "ready/1",
			Route: []string{"main", "spare"}, Account: "main", Status: message.Queued, OnUnknown: message.Hold,
			Deadline: noon.Add(20 * time.Minute), NextAt: noon,
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the decision: got (+), want (-):\n%s", diff)
	}
	a.p.Route[0] = "changed"
	if got.Messages[0].Route[0] != "main" {
		t.Error("the message shares its route with the settings")
	}
}

func TestCheckSends(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(testing.TB, *asked)
		want   func(*message.Message) // what differs from the message of setup
	}{
		{"a guest's phone as people write it is his phone", func(_ testing.TB, a *asked) { a.draft().To = "8 (999) 000-00-01" }, nil},
		{"an empty recipient is the guest whose phone came meanwhile", func(_ testing.TB, a *asked) { a.draft().To, a.call.Snapshot.Phone = " ", "" }, nil},
		{"no category is a text about the order", func(_ testing.TB, a *asked) { a.draft().Category = "" }, nil},
		{"no dedupe key is one for rule, order and stage", func(_ testing.TB, a *asked) { a.draft().Dedupe = "" }, func(m *message.Message) { m.Dedupe = "order-stage/01O/ready" }},
		{"a change without a stage has a key too", func(_ testing.TB, a *asked) {
			a.draft().Dedupe, a.call.Change = "", order.Change{Kind: order.OrderVoided}
		}, func(m *message.Message) { m.Dedupe, m.Stage = "order-stage/01O/order.voided", "" }},
		{"a phone in the dedupe key is masked", func(_ testing.TB, a *asked) { a.draft().Dedupe = "ready/" + number }, func(m *message.Message) { m.Dedupe = "ready/+7999•••0001" }},
		{"no expiry is the configured one", func(_ testing.TB, a *asked) { a.draft().ExpiresIn, a.p.Expires = 0, 7*time.Minute }, func(m *message.Message) { m.Deadline = noon.Add(7 * time.Minute) }},
		{"nothing configured is twenty minutes", func(_ testing.TB, a *asked) { a.draft().ExpiresIn, a.p.Expires = 0, 0 }, nil},
		{"a second is a minute", func(_ testing.TB, a *asked) { a.draft().ExpiresIn = time.Second }, func(m *message.Message) { m.Deadline = noon.Add(time.Minute) }},
		{"a year is a day", func(_ testing.TB, a *asked) { a.draft().ExpiresIn = 365 * 24 * time.Hour }, func(m *message.Message) { m.Deadline = noon.Add(24 * time.Hour) }},
		{"a late event has less time", func(_ testing.TB, a *asked) { a.call.Change.Late = 15 * time.Minute }, func(m *message.Message) { m.Deadline = noon.Add(5 * time.Minute) }},
		{"an event that waited in our own queue has less time", func(_ testing.TB, a *asked) { a.p.Since = noon.Add(-12 * time.Minute) }, func(m *message.Message) { m.Deadline = noon.Add(8 * time.Minute) }},
		{"an event from the future counts from now", func(_ testing.TB, a *asked) { a.p.Since = noon.Add(time.Hour) }, nil},
		{"a negative lateness is none", func(_ testing.TB, a *asked) { a.call.Change.Late = -time.Hour }, nil},
		{"a text before the quiet hours dies when they begin", func(t testing.TB, a *asked) { a.p.Quiet = quiet(t, "12:10", "08:00") }, func(m *message.Message) { m.Deadline = noon.Add(10 * time.Minute) }},
		{"quiet hours far away change nothing", func(t testing.TB, a *asked) { a.p.Quiet = quiet(t, "23:00", "08:00") }, nil},
		{"an unknown outcome is held where nothing is said", func(_ testing.TB, a *asked) { a.p.OnUnknown = "" }, nil},
		{"a rule may resend", func(_ testing.TB, a *asked) { a.p.OnUnknown = message.Resend }, func(m *message.Message) { m.OnUnknown = message.Resend }},
		{"the text loses what turns or hides it, and space around", func(_ testing.TB, a *asked) {
			a.draft().Text = " \u202eЗаказ\t12.1\x00 готов\r\n"
		}, nil},
		{"a text of ten segments passes", func(_ testing.TB, a *asked) { a.draft().Text = strings.Repeat("я", 670) }, func(m *message.Message) { m.Text, m.Segments = strings.Repeat("я", 670), 10 }},
		{"a key of 200 bytes passes", func(_ testing.TB, a *asked) { a.draft().Dedupe = strings.Repeat("k", 200) }, func(m *message.Message) { m.Dedupe = strings.Repeat("k", 200) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := setup()
			want := setup().check().Messages[0]
			tt.change(t, &a)
			if tt.want != nil {
				tt.want(&want)
			}
			got := a.check()
			if got.Outcome != rule.Sends || got.Reason != "" {
				t.Fatalf("got %s %s %q, want it to send", got.Outcome, got.Reason, got.Note)
			}
			if diff := cmp.Diff([]message.Message{want}, got.Messages); diff != "" {
				t.Errorf("got (+), want (-):\n%s", diff)
			}
		})
	}
}

func TestCheckSkips(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(testing.TB, *asked)
		reason message.Reason
		note   string
	}{
		{"in the rule's own words", func(_ testing.TB, a *asked) { a.result = rule.Result{Skip: "courier\ncalls the guest"} }, message.RuleSkipped, "courier calls the guest"},
		{"in the rule's own words, but without the phone", func(_ testing.TB, a *asked) { a.result = rule.Result{Skip: "not to " + number} }, message.RuleSkipped, "not to +7999•••0001"},
		{"a change older than the text is worth", func(_ testing.TB, a *asked) { a.call.Change.Late = 20 * time.Minute }, message.StaleEvent, "20m0s > 20m0s"},
		{"a stale change does not wait for a phone", func(_ testing.TB, a *asked) { a.noPhone(); a.call.Change.Late = time.Hour }, message.StaleEvent, "1h0m0s > 20m0s"},
		{"an event that lay in our own queue for too long", func(_ testing.TB, a *asked) { a.p.Since = noon.Add(-30 * time.Minute) }, message.StaleEvent, "30m0s > 20m0s"},
		{"no phone, and nobody waits for one", func(_ testing.TB, a *asked) { a.noPhone(); a.p.ContactWait = 0 }, message.NoPhone, ""},
		{"no phone, and the wait ended before the event came", func(_ testing.TB, a *asked) { a.noPhone(); a.call.Change.Late = 15 * time.Minute }, message.NoPhone, ""},
		{"no phone by the end of the wait", func(_ testing.TB, a *asked) { a.noPhone(); a.p.Since, a.p.WaitUntil = noon.Add(-15*time.Minute), noon }, message.NoPhone, ""},
		{"an erased phone is none", func(_ testing.TB, a *asked) {
			a.guest.Contact.Phone, a.draft().To, a.p.ContactWait = contact.Phone{}, "", 0
		}, message.NoPhone, ""},
		{"a phone that came when the text had expired", func(_ testing.TB, a *asked) {
			a.p.Since, a.p.WaitUntil, a.draft().ExpiresIn = noon.Add(-14*time.Minute), noon.Add(time.Minute), 10*time.Minute
		}, message.PastDeadline, "14m0s > 10m0s"},
		{"a person who must not be texted", func(_ testing.TB, a *asked) { a.guest.Contact.Suppressed = "stop list" }, message.Suppressed, "suppressed: stop list"},
		{"a person who never agreed", func(_ testing.TB, a *asked) { a.guest.Contact.Consents = nil }, message.NoConsent, "no_consent"},
		{"a person who took his consent back", func(_ testing.TB, a *asked) {
			a.guest.Contact.Consents = append(a.guest.Contact.Consents, contact.Consent{Category: contact.Transactional})
		}, message.NoConsent, "withdrawn"},
		{"advertising to a person who agreed to order texts", func(_ testing.TB, a *asked) { a.draft().Category = "marketing" }, message.NoConsent, "no_consent"},
		{"quiet hours", func(t testing.TB, a *asked) { a.p.Quiet = quiet(t, "12:00", "13:00") }, message.QuietHours, "12:00–13:00"},
		{"suppression before quiet hours", func(t testing.TB, a *asked) {
			a.p.Quiet, a.guest.Contact.Suppressed = quiet(t, "12:00", "13:00"), "x"
		}, message.Suppressed, "suppressed: x"},
		{"no account to send through", func(_ testing.TB, a *asked) { a.p.Route = nil }, message.NoAccount, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := setup()
			tt.change(t, &a)
			got := a.check()
			if got.Outcome != rule.Skipped || got.Reason != tt.reason || got.Note != tt.note || len(got.Messages) > 0 || !got.WaitUntil.IsZero() {
				t.Errorf("got %s %s %q, %d messages; want skipped %s %q", got.Outcome, got.Reason, got.Note, len(got.Messages), tt.reason, tt.note)
			}
		})
	}
}

func TestCheckWaitsForAPhone(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(testing.TB, *asked)
		want   time.Duration // after noon
	}{
		{"the configured time", func(testing.TB, *asked) {}, 15 * time.Minute},
		{"counted from when the change happened", func(_ testing.TB, a *asked) { a.call.Change.Late = 5 * time.Minute }, 10 * time.Minute},
		{"not longer than the text is worth", func(_ testing.TB, a *asked) { a.draft().ExpiresIn = 3 * time.Minute }, 3 * time.Minute},
		{"for the longest of several texts", func(_ testing.TB, a *asked) {
			a.result.Messages = append(a.result.Messages, rule.Draft{Text: "a", ExpiresIn: time.Minute}, rule.Draft{Text: "b", ExpiresIn: time.Hour})
		}, 15 * time.Minute},
		{"asked again, as long as at first", func(_ testing.TB, a *asked) {
			a.p.Since, a.p.WaitUntil, a.p.ContactWait = noon.Add(-10*time.Minute), noon.Add(5*time.Minute), time.Hour
		}, 5 * time.Minute},
		{"in quiet hours too: they are judged when the phone is there", func(t testing.TB, a *asked) { a.p.Quiet = quiet(t, "12:00", "12:10") }, 15 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := setup()
			a.noPhone()
			tt.change(t, &a)
			got := a.check()
			if want := noon.Add(tt.want); got.Outcome != rule.Waiting || !got.WaitUntil.Equal(want) || len(got.Messages) > 0 {
				t.Errorf("got %s %s until %s, want it to wait until %s", got.Outcome, got.Reason, got.WaitUntil, want)
			}
		})
	}
}

func TestAWaitThatIsDecidedAgainKeepsItsDeadline(t *testing.T) {
	t.Parallel()
	first := setup()
	first.noPhone()
	first.call.Change.Late = 2 * time.Minute
	waiting := first.check()

	again := setup()
	again.call.Change = waiting.Change
	again.p.Now, again.p.Since, again.p.WaitUntil = noon.Add(9*time.Minute), waiting.At, waiting.WaitUntil
	got := again.check()
	if want := noon.Add(18 * time.Minute); got.Outcome != rule.Sends || !got.Messages[0].Deadline.Equal(want) || !got.At.Equal(waiting.At) {
		t.Errorf("decided again: got %s %+v at %s, want a message until %s, at %s", got.Outcome, got.Messages, got.At, want, waiting.At)
	}
}

func TestCheckFails(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*asked)
		note   string
	}{
		{"a rule that threw", func(a *asked) {
			a.result = rule.Result{Err: &rule.Error{Kind: rule.Threw, Where: "order-stage.js:14", Text: "boom\nfor " + number}}
		}, "order-stage.js:14: boom for +7999•••0001"},
		{"a rule that was killed without a word", func(a *asked) { a.result = rule.Result{Err: &rule.Error{Kind: rule.Killed}} }, "killed"},
		{"an error that speaks Russian", func(a *asked) { a.result = rule.Result{Err: &rule.Error{Text: "x", RU: "икс"}} }, "x"},
		{"an error wins over a skip", func(a *asked) { a.result.Skip, a.result.Err = "no", &rule.Error{Text: "x"} }, "x"},
		{"silence", func(a *asked) { a.result = rule.Result{} }, "returned no message: return one, or ctx.skip(reason)"},
		{"six messages", func(a *asked) { a.result.Messages = slices.Repeat(a.result.Messages, 6) }, "messages: 6 of them, at most 5 are allowed for one change"},
		{"two messages where one is allowed", func(a *asked) { a.lim.Messages, a.result.Messages = 1, slices.Repeat(a.result.Messages, 2) }, "messages: 2 of them, at most 1 are allowed for one change"},
		{"somebody else's phone", func(a *asked) { a.draft().To = "+79990000002" }, "messages[0].to: not the phone of this order's guest; return order.guest.phone"},
		{"a phone where the guest has none", func(a *asked) { a.noPhone(); a.draft().To = number }, "messages[0].to: not the phone of this order's guest; return order.guest.phone"},
		{"words for a phone", func(a *asked) { a.draft().To = "Аня" }, "messages[0].to: not the phone of this order's guest; return order.guest.phone"},
		{"an empty text", func(a *asked) { a.draft().Text = " \n\u202e" }, "messages[0].text: empty; return ctx.skip(reason) if there is nothing to say"},
		{"bytes for a text", func(a *asked) { a.draft().Text = "a\xff" }, "messages[0].text: not valid UTF-8"},
		{"eleven segments", func(a *asked) { a.draft().Text = strings.Repeat("я", 671) }, "messages[0].text: 11 segments long, at most 10 are allowed"},
		{"two segments where one is allowed", func(a *asked) { a.lim.Segments, a.draft().Text = 1, strings.Repeat("я", 71) }, "messages[0].text: 2 segments long, at most 1 are allowed"},
		{"a category of its own", func(a *asked) { a.draft().Category = number }, "messages[0].category: there is none like this; there are [transactional marketing]"},
		{"an expiry in the past", func(a *asked) { a.draft().ExpiresIn = -1 }, "messages[0].expiresIn: in the past"},
		{"a long dedupe key", func(a *asked) { a.draft().Dedupe = strings.Repeat("k", 201) }, "messages[0].dedupe: 201 bytes long, at most 200 are allowed"},
		{"a dedupe key with NUL", func(a *asked) { a.draft().Dedupe = "a\x00" }, "messages[0].dedupe: holds control characters"},
		{"one bad draft among good ones: half an answer is never sent", func(a *asked) {
			a.result.Messages = append(a.result.Messages, rule.Draft{To: "+79990000002", Text: "x"})
		}, "messages[1].to: not the phone of this order's guest; return order.guest.phone"},
		{"a bad draft that is stale as well", func(a *asked) { a.draft().Text, a.call.Change.Late = "", time.Hour }, "messages[0].text: empty; return ctx.skip(reason) if there is nothing to say"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := setup()
			tt.change(&a)
			got := a.check()
			if got.Outcome != rule.Errored || got.Reason != message.RuleFailed || got.Note != tt.note || len(got.Messages) > 0 {
				t.Errorf("got %s %s %q, %d messages; want failed %q", got.Outcome, got.Reason, got.Note, len(got.Messages), tt.note)
			}
			a.p.Language = "ru"
			if said := a.check().Note; a.result.Err == nil && (said == tt.note || !strings.ContainsAny(said, "аеиоуы") || strings.Contains(said, "%")) {
				t.Errorf("in Russian %q is %q", tt.note, said)
			}
		})
	}
}

func TestADecisionMaySendSomeOfTheMessages(t *testing.T) {
	t.Parallel()
	a := setup()
	a.result.Messages = []rule.Draft{
		{Text: "advertising", Category: "marketing"},
		{Text: "first"},
		{Text: "second"},
	}
	got := a.check()
	if got.Outcome != rule.Sends || len(got.Messages) != 2 || got.Note != "messages[0]: NO_CONSENT (no_consent)" {
		t.Fatalf("got %s with %d messages and the note %q", got.Outcome, len(got.Messages), got.Note)
	}
	if got.Messages[0].Dedupe != "order-stage/01O/ready/2" || got.Messages[1].Dedupe != "order-stage/01O/ready/3" {
		t.Errorf("their keys: got %q and %q", got.Messages[0].Dedupe, got.Messages[1].Dedupe)
	}
}

func TestCheckKeepsItsPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := setup()
		a.call.Change.Late = time.Duration(rapid.Int64Range(-int64(time.Hour), int64(48*time.Hour)).Draw(t, "late"))
		a.p.Now = noon.Add(time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "now")))
		a.p.Since = a.p.Now.Add(-time.Duration(rapid.Int64Range(-int64(time.Minute), int64(time.Hour)).Draw(t, "since")))
		a.p.ContactWait = time.Duration(rapid.Int64Range(-1, int64(time.Hour)).Draw(t, "contact wait"))
		a.p.Quiet = quiet(t, "23:00", "08:00")
		if rapid.Bool().Draw(t, "no phone") {
			a.noPhone()
		}
		drafts := rapid.Custom(func(t *rapid.T) rule.Draft {
			return rule.Draft{
				To: rapid.SampledFrom([]string{"", number, "+79990000002", "x"}).Draw(t, "to"), Text: rapid.String().Draw(t, "text"),
				Category:  rapid.SampledFrom([]string{"", "transactional", "marketing", "x"}).Draw(t, "category"),
				ExpiresIn: time.Duration(rapid.Int64().Draw(t, "expires")), Dedupe: rapid.String().Draw(t, "dedupe"),
			}
		})
		a.result.Messages = rapid.SliceOfN(drafts, 0, 7).Draw(t, "drafts")
		got := a.check()
		if (got.Outcome == rule.Sends) != (len(got.Messages) > 0) || (got.Outcome == rule.Waiting) != !got.WaitUntil.IsZero() ||
			(got.Outcome == rule.Skipped || got.Outcome == rule.Errored) != got.Reason.Known() {
			t.Fatalf("a decision at odds with itself: %+v", got)
		}
		if strings.Contains(fmt.Sprintf("%+v", got), number[1:]) {
			t.Fatalf("the decision shows the phone: %+v", got)
		}
		for _, m := range got.Messages {
			switch {
			case m.To.Reveal() != number:
				t.Fatalf("a text to %s", m.To)
			case !m.Deadline.After(a.p.Now) || m.Deadline.After(a.p.Now.Add(24*time.Hour)):
				t.Fatalf("at %s a deadline of %s", a.p.Now, m.Deadline)
			case a.p.Quiet.Covers(a.p.Now) || a.p.Quiet.Covers(m.Deadline.Add(-1)):
				t.Fatalf("at %s a text until %s, which is in quiet hours", a.p.Now, m.Deadline)
			case m.Text == "" || m.Segments < 1 || m.Dedupe == "":
				t.Fatalf("an incomplete message: %+v", m)
			}
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	a := setup()
	for b.Loop() {
		a.check()
	}
}

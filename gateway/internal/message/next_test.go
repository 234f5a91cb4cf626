package message_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// inFlight is a message whose first attempt just ended, with 20 minutes left.
func inFlight() message.Message {
	return message.Message{
		ID: "01M", To: contact.StoredPhone("+79990000001"), Segments: 2, Route: []string{"main"}, Account: "main",
		Status: message.Sending, OnUnknown: message.Hold, Deadline: noon.Add(20 * time.Minute), Attempts: 1,
	}
}

func failure(r message.Reason) message.Outcome {
	return message.Outcome{ID: "01M", Failure: &message.Failure{Reason: r, Detail: "said so", ProviderCode: "42"}}
}

func TestNext(t *testing.T) {
	t.Parallel()
	cost := &message.Money{Units: 4, Currency: "RUB"}
	ok := message.Outcome{ID: "01M", Accepted: &message.Acceptance{ProviderID: "p-1", Segments: 3, Cost: cost}}
	moved := func(status message.Status, account string, after time.Duration, r message.Reason, note string) message.Move {
		return message.Move{MessageID: "01M", Status: status, Account: account, NextAt: noon.Add(after), Reason: r, Note: note}
	}
	tests := []struct {
		name    string
		change  func(*message.Message)
		outcome message.Outcome
		want    message.Move
	}{
		{"accepted is done", nil, ok,
			message.Move{MessageID: "01M", Status: message.Accepted, Account: "main", NextAt: noon, ProviderID: "p-1", Segments: 3, Cost: cost}},
		{"accepted without a count keeps ours", nil, message.Outcome{Accepted: &message.Acceptance{ProviderID: "p-1"}},
			message.Move{MessageID: "01M", Status: message.Accepted, Account: "main", NextAt: noon, ProviderID: "p-1", Segments: 2}},
		{"accepted after the deadline is accepted", func(m *message.Message) { m.Deadline = noon.Add(-time.Hour) }, ok,
			message.Move{MessageID: "01M", Status: message.Accepted, Account: "main", NextAt: noon, ProviderID: "p-1", Segments: 3, Cost: cost}},
		{"unavailable is tried again", nil, failure(message.Unavailable), moved(message.Queued, "main", 5*time.Second, message.Unavailable, "UNAVAILABLE 42: said so")},
		{"the third time after 45 s", func(m *message.Message) { m.Attempts = 3 }, failure(message.Unavailable), moved(message.Queued, "main", 45*time.Second, message.Unavailable, "UNAVAILABLE 42: said so")},
		{"unavailable with another account goes there at once", func(m *message.Message) { m.Route = []string{"main", "spare"} }, failure(message.Unavailable),
			moved(message.Queued, "spare", 0, message.Unavailable, "UNAVAILABLE 42: said so")},
		{"the last account of the route is tried again itself", func(m *message.Message) { m.Route = []string{"first", "main"} }, failure(message.Unavailable),
			moved(message.Queued, "main", 5*time.Second, message.Unavailable, "UNAVAILABLE 42: said so")},
		{"an account that left the route hands over to the route's first", func(m *message.Message) { m.Route = []string{"new", "spare"} }, failure(message.Unavailable),
			moved(message.Queued, "new", 0, message.Unavailable, "UNAVAILABLE 42: said so")},
		{"too many: not before the provider's time", nil,
			message.Outcome{Failure: &message.Failure{Reason: message.RateLimited, RetryAfter: time.Minute}}, moved(message.Queued, "main", time.Minute, message.RateLimited, "RATE_LIMITED")},
		{"too many: a provider's time below ours changes nothing", nil,
			message.Outcome{Failure: &message.Failure{Reason: message.RateLimited, RetryAfter: time.Second}}, moved(message.Queued, "main", 5*time.Second, message.RateLimited, "RATE_LIMITED")},
		{"too many: a provider's year ends the message", nil,
			message.Outcome{Failure: &message.Failure{Reason: message.RateLimited, RetryAfter: math.MaxInt64}}, moved(message.Expired, "main", 0, message.PastDeadline, "RATE_LIMITED")},
		{"a retry on the deadline is too late", func(m *message.Message) { m.Deadline = noon.Add(5 * time.Second) }, failure(message.Unavailable),
			moved(message.Expired, "main", 0, message.PastDeadline, "UNAVAILABLE 42: said so")},
		{"a retry just before the deadline is not", func(m *message.Message) { m.Deadline = noon.Add(5*time.Second + 1) }, failure(message.Unavailable),
			moved(message.Queued, "main", 5*time.Second, message.Unavailable, "UNAVAILABLE 42: said so")},
		{"past the deadline no other account is asked", func(m *message.Message) { m.Route, m.Deadline = []string{"main", "spare"}, noon }, failure(message.Unavailable),
			moved(message.Expired, "main", 0, message.PastDeadline, "UNAVAILABLE 42: said so")},
		{"without a deadline nothing is tried again", func(m *message.Message) { m.Deadline = time.Time{} }, failure(message.Unavailable),
			moved(message.Expired, "main", 0, message.PastDeadline, "UNAVAILABLE 42: said so")},
		{"no money: every minute", func(m *message.Message) { m.Attempts = 9 }, failure(message.NoMoney), moved(message.Queued, "main", time.Minute, message.NoMoney, "NO_MONEY 42: said so")},
		{"no money: another account at once", func(m *message.Message) { m.Route = []string{"main", "spare"} }, failure(message.NoMoney), moved(message.Queued, "spare", 0, message.NoMoney, "NO_MONEY 42: said so")},
		{"a wrong key: every minute until the deadline", func(m *message.Message) { m.Deadline = noon.Add(time.Minute) }, failure(message.Unauthorized),
			moved(message.Expired, "main", 0, message.PastDeadline, "UNAUTHORIZED 42: said so")},
		{"a bad number is the end, also with another account", func(m *message.Message) { m.Route = []string{"main", "spare"} }, failure(message.BadRecipient),
			moved(message.Rejected, "main", 0, message.BadRecipient, "BAD_RECIPIENT 42: said so")},
		{"a blocked number is the end, also with another account", func(m *message.Message) { m.Route = []string{"main", "spare"} }, failure(message.BlockedRecipient),
			moved(message.Rejected, "main", 0, message.BlockedRecipient, "BLOCKED_RECIPIENT 42: said so")},
		{"a refused text is the end", nil, failure(message.RejectedText), moved(message.Rejected, "main", 0, message.RejectedText, "REJECTED_TEXT 42: said so")},
		{"a refused text may pass elsewhere", func(m *message.Message) { m.Route = []string{"main", "spare"} }, failure(message.RejectedText),
			moved(message.Queued, "spare", 0, message.RejectedText, "REJECTED_TEXT 42: said so")},
		{"a bad sender may pass elsewhere", func(m *message.Message) { m.Route = []string{"main", "spare"} }, failure(message.BadSender),
			moved(message.Queued, "spare", 0, message.BadSender, "BAD_SENDER 42: said so")},
		{"unsupported is the end", nil, failure(message.Unsupported), moved(message.Rejected, "main", 0, message.Unsupported, "UNSUPPORTED 42: said so")},
		{"the provider says that it is too late", nil, failure(message.PastDeadline), moved(message.Expired, "main", 0, message.PastDeadline, "EXPIRED 42: said so")},
		{"an unknown outcome rests", nil, failure(message.UnknownOutcome), moved(message.Unknown, "main", 0, message.UnknownOutcome, "UNKNOWN_OUTCOME 42: said so")},
		{"an unknown outcome never goes to another account", func(m *message.Message) { m.Route = []string{"main", "spare"} }, failure(message.UnknownOutcome),
			moved(message.Unknown, "main", 0, message.UnknownOutcome, "UNKNOWN_OUTCOME 42: said so")},
		{"an unknown outcome of a rule that resends is sent again, on the same account", func(m *message.Message) { m.OnUnknown, m.Route = message.Resend, []string{"main", "spare"} }, failure(message.UnknownOutcome),
			moved(message.Queued, "main", 5*time.Second, message.UnknownOutcome, "UNKNOWN_OUTCOME 42: said so")},
		{"an unknown outcome with no time to resend rests: it is not expired", func(m *message.Message) { m.OnUnknown, m.Deadline = message.Resend, noon }, failure(message.UnknownOutcome),
			moved(message.Unknown, "main", 0, message.UnknownOutcome, "UNKNOWN_OUTCOME 42: said so")},
		{"a policy of tomorrow does not resend", func(m *message.Message) { m.OnUnknown = "" }, failure(message.UnknownOutcome), moved(message.Unknown, "main", 0, message.UnknownOutcome, "UNKNOWN_OUTCOME 42: said so")},
		{"a broken answer rests as unknown", nil, failure(message.Internal), moved(message.Unknown, "main", 0, message.Internal, "INTERNAL 42: said so")},
		{"no answer at all rests as unknown", nil, message.Outcome{}, moved(message.Unknown, "main", 0, message.Internal, "INTERNAL: the provider's answer is no outcome")},
		{"an answer that is both rests as unknown", nil, message.Outcome{Accepted: ok.Accepted, Failure: &message.Failure{Reason: message.BadRecipient}},
			moved(message.Unknown, "main", 0, message.Internal, "INTERNAL: the provider's answer is no outcome")},
		{"a reason of tomorrow rests as unknown", nil, failure("LUNCH"), moved(message.Unknown, "main", 0, message.Internal, "LUNCH 42: said so")},
		{"a failure without a reason rests as unknown", nil, failure(""), moved(message.Unknown, "main", 0, message.Internal, "INTERNAL 42: said so")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := inFlight()
			if tt.change != nil {
				tt.change(&m)
			}
			if diff := cmp.Diff(tt.want, message.Next(m, tt.outcome, noon, 0.5)); diff != "" {
				t.Errorf("%+v after %+v: got (+), want (-):\n%s", m, tt.outcome, diff)
			}
		})
	}
}

func TestBackOffAfter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		attempts int
		jitter   float64
		want     time.Duration
	}{
		{1, 0.5, 5 * time.Second}, {2, 0.5, 15 * time.Second}, {3, 0.5, 45 * time.Second}, {4, 0.5, 2 * time.Minute},
		{5, 0.5, 5 * time.Minute}, {6, 0.5, 5 * time.Minute}, {1 << 40, 0.5, 5 * time.Minute}, {0, 0.5, 5 * time.Second}, {-1, 0.5, 5 * time.Second},
		{1, 0, 2500 * time.Millisecond}, {5, 0.999999, 450 * time.Second}, {1, -3, 2500 * time.Millisecond}, {1, 7, 7500 * time.Millisecond},
		{1, math.NaN(), 2500 * time.Millisecond}, {1, math.Inf(1), 7500 * time.Millisecond},
	}
	for _, tt := range tests {
		if got := message.BackOffAfter(tt.attempts, tt.jitter).Round(time.Millisecond); got != tt.want {
			t.Errorf("after attempt %d with jitter %v: got %s, want %s", tt.attempts, tt.jitter, got, tt.want)
		}
	}
}

func TestTheNoteHoldsNoPhoneAndFitsALine(t *testing.T) {
	t.Parallel()
	detail := "to +79990000001 (89990000001)\x00\n\u202e refused " + strings.Repeat("я", 500) + "\xff"
	got := message.Next(inFlight(), message.Outcome{Failure: &message.Failure{Reason: message.BadRecipient, Detail: detail}}, noon, 0).Note
	if strings.Contains(got, "990000") || !strings.Contains(got, "•••0001") {
		t.Errorf("the note %q shows the phone", got)
	}
	if strings.ContainsAny(got, "\x00\n\u202e") || len([]rune(got)) > 300 || !strings.HasSuffix(got, "…") {
		t.Errorf("the note %q is no bounded line", got)
	}
}

func TestNextKeepsItsPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := inFlight()
		m.Attempts = rapid.IntRange(1, 20).Draw(t, "attempts")
		m.Deadline = noon.Add(time.Duration(rapid.Int64Range(-int64(time.Hour), int64(time.Hour)).Draw(t, "left")))
		m.OnUnknown = rapid.SampledFrom([]message.OnUnknown{message.Hold, message.Resend}).Draw(t, "on unknown")
		m.Route = rapid.SampledFrom([][]string{nil, {"main"}, {"main", "spare"}, {"spare", "main"}, {"spare"}}).Draw(t, "route")
		reason := rapid.SampledFrom(append(message.Reasons(), "", "FOO")).Draw(t, "reason")
		after := time.Duration(rapid.Int64().Draw(t, "retry after"))
		got := message.Next(m, message.Outcome{Failure: &message.Failure{Reason: reason, RetryAfter: after}}, noon, rapid.Float64().Draw(t, "jitter"))

		doubtful := message.PolicyOf(reason).SameAccount == message.IfResending
		switch {
		case got.Status == message.Queued && !got.NextAt.Before(m.Deadline):
			t.Fatalf("queued for %s, past the deadline %s", got.NextAt, m.Deadline)
		case got.Status == message.Queued && got.NextAt.Before(noon):
			t.Fatalf("queued for the past: %s", got.NextAt)
		case doubtful && got.Account != m.Account:
			t.Fatalf("%s went to another account", reason)
		case doubtful && message.Final(got.Status):
			t.Fatalf("%s ended as %s although the text may be out", reason, got.Status)
		case doubtful && m.OnUnknown == message.Hold && got.Status != message.Unknown:
			t.Fatalf("%s became %s although the rule holds", reason, got.Status)
		case !got.Reason.Known():
			t.Fatalf("the reason %q is not a known one", got.Reason)
		case got.Status == message.Accepted || got.Status == message.Delivered:
			t.Fatalf("a failure became %s", got.Status)
		}
	})
}

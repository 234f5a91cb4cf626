package storetest

import (
	"strconv"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

// accepted queues a message and has it accepted by main under the provider's ID.
func (b *bench) accepted(t *testing.T, providerID string) message.Message {
	t.Helper()
	m := b.queued(t)
	a := b.sends(t)
	a.Outcome = &message.Outcome{ID: m.ID, Accepted: &message.Acceptance{ProviderID: providerID}}
	b.finishes(t, a, message.Move{Status: message.Accepted, Account: "main", ProviderID: providerID, NextAt: b.now()})
	return m
}

// hears applies receipts and wants so many messages to move.
func (b *bench) hears(t *testing.T, account string, moved int, receipts ...message.Receipt) {
	t.Helper()
	got, err := b.ApplyReceipts(t.Context(), account, message.ByCallback, receipts, b.now())
	must(t, err)
	if got != moved {
		t.Errorf("receipts %+v: %d messages moved, want %d", receipts, got, moved)
	}
}

// said wants so many receipts to be kept of a message.
func (b *bench) said(t *testing.T, id string, want int) {
	t.Helper()
	m, err := b.Message(t.Context(), id)
	must(t, err)
	if len(m.Receipts) != want {
		t.Errorf("%d receipts are kept, want %d: %+v", len(m.Receipts), want, m.Receipts)
	}
}

func receiptCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"a receipt moves its message, by the provider's name or by ours": func(t *testing.T, b *bench) {
			m := b.accepted(t, "p-1")
			b.hears(t, "main", 0, message.Receipt{ProviderID: "p-1", Status: message.Accepted})
			cost := &message.Money{Units: 4, Currency: "RUB"}
			b.hears(t, "main", 1, message.Receipt{MessageID: m.ID, Status: message.Delivered, Cost: cost, Code: "103"})
			b.status(t, m.ID, message.Delivered, "")
			b.said(t, m.ID, 2)
			got, err := b.Message(t.Context(), m.ID)
			must(t, err)
			if got.Cost == nil || *got.Cost != *cost || got.Receipts[1].Code != "103" || got.Receipts[1].Source != message.ByCallback {
				t.Errorf("message is %+v with %+v", got.Message, got.Receipts)
			}
		},
		"a status never goes back, and a repeated receipt is kept once": func(t *testing.T, b *bench) {
			m := b.accepted(t, "p-1")
			end := message.Receipt{ProviderID: "p-1", Status: message.Delivered}
			b.hears(t, "main", 1, end, end)
			b.hears(t, "main", 0, end, message.Receipt{ProviderID: "p-1", Status: message.Accepted}, message.Receipt{ProviderID: "p-1", Status: message.Undelivered})
			b.status(t, m.ID, message.Delivered, "")
			b.said(t, m.ID, 3)
		},
		"a receipt of another account changes nothing": func(t *testing.T, b *bench) {
			m := b.accepted(t, "p-1")
			b.hears(t, "spare", 0, message.Receipt{MessageID: m.ID, Status: message.Delivered}, message.Receipt{ProviderID: "p-1", Status: message.Delivered})
			b.status(t, m.ID, message.Accepted, "")
			b.said(t, m.ID, 0)
		},
		"a receipt whose two names contradict each other changes nothing": func(t *testing.T, b *bench) {
			m := b.accepted(t, "p-1")
			b.hears(t, "main", 0, message.Receipt{MessageID: m.ID, ProviderID: "p-2", Status: message.Delivered}, message.Receipt{Status: message.Delivered})
			b.status(t, m.ID, message.Accepted, "")
		},
		"a receipt before its acceptance waits for it": func(t *testing.T, b *bench) {
			m := b.queued(t)
			a := b.sends(t)
			b.hears(t, "main", 0, message.Receipt{ProviderID: "p-1", Status: message.Delivered})
			if n, err := b.MatchReceipts(t.Context(), b.now()); err != nil || n != 1 {
				t.Fatalf("%d wait, %v; want 1", n, err)
			}
			a.Outcome = &message.Outcome{ID: m.ID, Accepted: &message.Acceptance{ProviderID: "p-1"}}
			b.finishes(t, a, message.Move{Status: message.Accepted, Account: "main", ProviderID: "p-1"})
			if n, err := b.MatchReceipts(t.Context(), b.now()); err != nil || n != 0 {
				t.Fatalf("%d wait, %v; want none", n, err)
			}
			b.status(t, m.ID, message.Delivered, "")
		},
		"receipts stand in the order in which they were heard, though one had to wait for its message": func(t *testing.T, b *bench) {
			m := b.queued(t)
			a := b.sends(t)
			b.hears(t, "main", 0, message.Receipt{ProviderID: "p-1", Status: message.Accepted, Code: "102"})
			b.clock.pass(time.Second)
			a.Outcome = &message.Outcome{ID: m.ID, Accepted: &message.Acceptance{ProviderID: "p-1"}}
			b.finishes(t, a, message.Move{Status: message.Accepted, Account: "main", ProviderID: "p-1"})
			b.hears(t, "main", 1, message.Receipt{ProviderID: "p-1", Status: message.Delivered, Code: "103"})
			if n, err := b.MatchReceipts(t.Context(), b.now()); err != nil || n != 0 {
				t.Fatalf("%d wait, %v; want none", n, err)
			}
			got, err := b.Message(t.Context(), m.ID)
			if err != nil || len(got.Receipts) != 2 || got.Receipts[0].Code != "102" || got.Receipts[1].Code != "103" {
				t.Errorf("receipts are %+v, %v; want 102, then 103", got.Receipts, err)
			}
		},
		"a receipt by our name overtakes the answer, which then moves nothing back": func(t *testing.T, b *bench) {
			m := b.queued(t)
			a := b.sends(t)
			b.hears(t, "main", 1, message.Receipt{MessageID: m.ID, ProviderID: "p-1", Status: message.Delivered})
			a.Outcome = &message.Outcome{ID: m.ID, Accepted: &message.Acceptance{ProviderID: "p-1"}}
			b.finishes(t, a, message.Move{Status: message.Accepted, Account: "main", ProviderID: "p-1"})
			b.status(t, m.ID, message.Delivered, "")
		},
		"a receipt of nothing that we sent is forgotten after ten minutes": func(t *testing.T, b *bench) {
			b.hears(t, "main", 0, message.Receipt{ProviderID: "stranger", Status: message.Delivered})
			b.clock.pass(10 * time.Minute)
			if n, err := b.MatchReceipts(t.Context(), b.now()); err != nil || n != 0 {
				t.Errorf("%d wait, %v; want none", n, err)
			}
		},
		"an unknown outcome that never arrived is sent again": func(t *testing.T, b *bench) {
			m := b.queued(t)
			a := b.sends(t)
			a.Outcome = &message.Outcome{ID: m.ID, Failure: &message.Failure{Reason: message.UnknownOutcome}}
			b.finishes(t, a, message.Move{Status: message.Unknown, Reason: message.UnknownOutcome, NextAt: b.now()})
			b.hears(t, "main", 0, message.Receipt{MessageID: m.ID, Status: message.Absent})
			b.clock.pass(2 * time.Minute)
			b.hears(t, "main", 1, message.Receipt{MessageID: m.ID, Status: message.Absent})
			if again := b.sends(t); again.N != 2 || again.MessageID != m.ID {
				t.Errorf("sent again as %+v", again)
			}
		},
		"a message is asked about after ten seconds, by one at a time": func(t *testing.T, b *bench) {
			m := b.accepted(t, "p-1")
			ask := func(want int) {
				t.Helper()
				got, err := b.ClaimLookups(t.Context(), "main", 10, b.now())
				must(t, err)
				if len(got) != want || want == 1 && (got[0].ID != m.ID || got[0].ProviderID != "p-1") {
					t.Fatalf("claimed %+v, want %d", got, want)
				}
			}
			ask(0)
			b.clock.pass(10 * time.Second)
			ask(1)
			ask(0)
			must(t, b.AskAgain(t.Context(), map[string]time.Time{m.ID: b.now().Add(20 * time.Second)}))
			b.clock.pass(19 * time.Second)
			ask(0)
			b.clock.pass(time.Second)
			ask(1)
			must(t, b.AskAgain(t.Context(), map[string]time.Time{m.ID: {}}))
			b.clock.pass(1000 * time.Hour)
			ask(0)
		},
		"a callback stays pending until somebody has read it": func(t *testing.T, b *bench) {
			c := message.Callback{Account: "main", At: b.now(), Method: "POST", Query: "a=1", Header: map[string][]string{"X-Sign": {"s"}}, Body: []byte("data"), RemoteIP: "203.0.113.9"}
			id, err := b.AddCallback(t.Context(), c)
			must(t, err)
			b.clock.pass(time.Minute)
			pending, err := b.PendingCallbacks(t.Context(), []string{"main", "spare"}, b.now(), 10)
			must(t, err)
			if len(pending) != 1 || pending[0].ID != id || string(pending[0].Body) != "data" || pending[0].Header["X-Sign"][0] != "s" || pending[0].Query != "a=1" {
				t.Fatalf("pending: %+v", pending)
			}
			must(t, b.EndCallback(t.Context(), pending[0], message.CallbackTaken, ""))
			pending, err = b.PendingCallbacks(t.Context(), []string{"main"}, b.now(), 10)
			if err != nil || len(pending) != 0 {
				t.Errorf("pending after its end: %+v, %v", pending, err)
			}
		},
		"an account has one secret address, which outlives a restart": func(t *testing.T, b *bench) {
			token, err := b.CallbackToken(t.Context(), "main")
			must(t, err)
			other, err := b.CallbackToken(t.Context(), "spare")
			must(t, err)
			b.restart(t)
			again, err := b.CallbackToken(t.Context(), "main")
			if err != nil || again != token || len(token) < 26 || other == token {
				t.Errorf("tokens of %d and %d characters, again %v, %v", len(token), len(other), again == token, err)
			}
		},
		"a flood of receipts in one call is taken": func(t *testing.T, b *bench) {
			m := b.accepted(t, "p-1")
			all := make([]message.Receipt, 2000)
			for i := range all {
				all[i] = message.Receipt{ProviderID: "x-" + strconv.Itoa(i%50), Status: message.Delivered}
			}
			all[1999].ProviderID = "p-1"
			b.hears(t, "main", 1, all...)
			b.status(t, m.ID, message.Delivered, "")
		},
	}
}

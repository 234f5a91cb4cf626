package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// actCases are what persons do to messages.
func actCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"a person cancels a queued text, and the history names him": func(t *testing.T, b *bench) {
			m := b.queued(t)
			must(t, b.CancelMessage(t.Context(), m.ID, "anna", "guest called"))
			b.status(t, m.ID, message.Cancelled, message.ByPerson)
			b.lastMove(t, m.ID, message.Moved{Status: message.Cancelled, Account: "main", Reason: message.ByPerson, Note: "guest called", By: "anna"})
			b.refuses(t, "second cancel", b.CancelMessage(t.Context(), m.ID, "anna", ""), store.ErrNotAllowed)
			b.refuses(t, "cancel of nothing", b.CancelMessage(t.Context(), "none", "anna", ""), store.ErrNotFound)
			b.claimsNothing(t)
		},
		"a person sends again what has ended, with a fresh deadline, on the first account": func(t *testing.T, b *bench) {
			m := b.queued(t)
			_, err := b.ResendMessage(t.Context(), m.ID, "anna")
			b.refuses(t, "resend of a queued text", err, store.ErrNotAllowed)
			must(t, b.CancelMessage(t.Context(), m.ID, "anna", ""))
			b.clock.pass(time.Hour)
			last := m.ID
			for generation := 1; generation <= 2; generation++ {
				id, err := b.ResendMessage(t.Context(), m.ID, "boris")
				must(t, err)
				again, err := b.Message(t.Context(), id)
				must(t, err)
				if again.Generation != generation || again.Status != message.Queued || again.Text != m.Text || again.Account != "main" || !again.Deadline.Equal(b.now().Add(20*time.Minute)) {
					t.Errorf("sent again as %+v", again)
				}
				_, err = b.ResendMessage(t.Context(), last, "boris")
				b.refuses(t, "resend while one is on its way", err, store.ErrNotAllowed)
				must(t, b.CancelMessage(t.Context(), id, "boris", ""))
				last = id
			}
			b.status(t, m.ID, message.Cancelled, message.ByPerson)
			_, err = b.ResendMessage(t.Context(), "none", "anna")
			b.refuses(t, "resend of nothing", err, store.ErrNotFound)
		},
		"a guest who withdrew his consent gets nothing again": func(t *testing.T, b *bench) {
			m := b.queued(t)
			b.bindAs(t, contact.Binding{Restaurant: restaurant, GUID: guidA, Phone: phone(1), Consent: contact.Consent{Category: contact.Transactional, GivenAt: b.now(), Source: "sms"}})
			b.status(t, m.ID, message.Cancelled, message.NoConsent)
			_, err := b.ResendMessage(t.Context(), m.ID, "anna")
			b.refuses(t, "resend", err, store.ErrNotAllowed)
		},
		"a person takes an unknown text as sent, and a receipt still counts": func(t *testing.T, b *bench) {
			m := b.unknown(t)
			b.refuses(t, "cancel of an unknown one", b.CancelMessage(t.Context(), m.ID, "anna", ""), store.ErrNotAllowed)
			must(t, b.SettleUnknown(t.Context(), m.ID, "anna"))
			b.status(t, m.ID, message.Accepted, message.ByPerson)
			b.lastMove(t, m.ID, message.Moved{Status: message.Accepted, Account: "main", Reason: message.ByPerson, Note: "considered sent", By: "anna"})
			b.refuses(t, "second settling", b.SettleUnknown(t.Context(), m.ID, "anna"), store.ErrNotAllowed)
			if moved, err := b.ApplyReceipts(t.Context(), "main", message.ByCallback, []message.Receipt{{MessageID: m.ID, Status: message.Delivered}}, b.now()); err != nil || moved != 1 {
				t.Errorf("receipt: %d moved, %v", moved, err)
			}
			b.status(t, m.ID, message.Delivered, "")
		},
		"a person sends an unknown text again, and the question about the old one ends": func(t *testing.T, b *bench) {
			m := b.unknown(t)
			id, err := b.ResendMessage(t.Context(), m.ID, "anna")
			must(t, err)
			b.status(t, m.ID, message.Cancelled, message.ByPerson)
			b.lastMove(t, m.ID, message.Moved{Status: message.Cancelled, Account: "main", Reason: message.ByPerson, Note: "sent again as " + id, By: "anna"})
			claimed, _, err := b.ClaimMessages(t.Context(), "main", 10, b.now())
			must(t, err)
			if len(claimed) != 1 || claimed[0].ID != id {
				t.Errorf("claimed %+v, want the new one", claimed)
			}
		},
		"sixteen people who press at once send one text": func(t *testing.T, b *bench) {
			m := b.unknown(t)
			var group sync.WaitGroup
			var done atomic.Int32
			for i := range 16 {
				group.Go(func() {
					err := b.SettleUnknown(t.Context(), m.ID, "boris")
					if i%2 == 0 {
						_, err = b.ResendMessage(t.Context(), m.ID, "anna")
					}
					if err != nil && !errors.Is(err, store.ErrNotAllowed) {
						t.Error(err)
					}
					if i%2 == 0 && err == nil {
						done.Add(1)
					}
				})
			}
			group.Wait()
			page, _, err := b.Messages(t.Context(), message.Filter{})
			must(t, err)
			if done.Load() > 1 || len(page) != 1+int(done.Load()) {
				t.Errorf("%d presses took, %d messages; want at most one, and one more message", done.Load(), len(page))
			}
		},
		"of a cancel and the loop that sends, one has each text": func(t *testing.T, b *bench) {
			const n = 60
			o, c := b.sample(nextID(), guidA), b.bind(t, 1, guidA)
			var texts []message.Message
			for i := range n {
				texts = append(texts, b.text(o, c, fmt.Sprint("k", i)))
			}
			b.saveTexts(t, o, texts)
			var group sync.WaitGroup
			var mu sync.Mutex
			had := map[string]string{}
			take := func(who string, ids ...string) {
				mu.Lock()
				defer mu.Unlock()
				for _, id := range ids {
					had[id] += who
				}
			}
			for range 2 {
				group.Go(func() {
					for range n {
						claimed, _, err := b.ClaimMessages(t.Context(), "main", 3, b.now())
						if err != nil {
							t.Error(err)
						}
						for _, m := range claimed {
							take("loop", m.ID)
						}
					}
				})
			}
			for _, m := range texts {
				group.Go(func() {
					switch err := b.CancelMessage(t.Context(), m.ID, "anna", ""); {
					case err == nil:
						take("person", m.ID)
					case !errors.Is(err, store.ErrNotAllowed):
						t.Error(err)
					}
				})
			}
			group.Wait()
			for _, m := range texts {
				want := map[string]message.Status{"loop": message.Sending, "person": message.Cancelled}[had[m.ID]]
				if got, err := b.Message(t.Context(), m.ID); err != nil || want == "" || got.Status != want {
					t.Errorf("%s was had by %q and is %s, %v", m.Dedupe, had[m.ID], got.Status, err)
				}
			}
		},
	}
}

// unknown stores a text whose attempt ended without an outcome.
func (b *bench) unknown(t *testing.T) message.Message {
	t.Helper()
	m := b.queued(t)
	claimed, attempts, err := b.ClaimMessages(t.Context(), "main", 1, b.now())
	must(t, err)
	if len(claimed) != 1 {
		t.Fatalf("claimed %d, want 1", len(claimed))
	}
	ended := b.now()
	attempts[0].EndedAt = &ended
	b.finishes(t, attempts[0], message.Move{Status: message.Unknown, Reason: message.UnknownOutcome, Account: "main", NextAt: b.now()})
	return m
}

func (b *bench) refuses(t *testing.T, what string, err error, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// lastMove compares the last move of a message, its time and its ID apart.
func (b *bench) lastMove(t *testing.T, id string, want message.Moved) {
	t.Helper()
	m, err := b.Message(t.Context(), id)
	must(t, err)
	if len(m.Moves) == 0 {
		t.Fatal("no moves")
	}
	got := m.Moves[len(m.Moves)-1]
	want.ID, want.At = got.ID, b.now()
	if got.ID == "" || got != want {
		t.Errorf("the last move is %+v, want %+v", got, want)
	}
}

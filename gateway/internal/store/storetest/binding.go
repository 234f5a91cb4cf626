package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

func bindingCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"a binding before the first event is found for the new order and stays with it": func(t *testing.T, b *bench) {
			c := b.bind(t, 1, "{0a1b2c3d-0000-4000-8000-000000000001}")
			o := b.sample(nextID(), guidA)
			b.guest(t, o, c)
			b.save(t, rule.Decided{Orders: []order.Order{o}})
			b.guest(t, o, c)
			h, err := b.History(t.Context(), o.ID)
			must(t, err)
			if h.Contact == nil || h.Contact.ID != c.ID {
				t.Errorf("the order's contact is %+v", h.Contact)
			}
		},
		"a binding after the first event is found": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			b.save(t, rule.Decided{Orders: []order.Order{o}})
			b.guest(t, o, nil)
			b.guest(t, o, b.bind(t, 1, guidA))
		},
		"a binding by visit and ident is found when the event has a GUID too": func(t *testing.T, b *bench) {
			c := b.bindAs(t, contact.Binding{Restaurant: restaurant, Visit: "617", Ident: "256", Phone: phone(1)})
			o := b.sample(nextID(), guidA)
			b.guest(t, o, nil)
			o.Ref.Visit, o.Ref.Ident = "617", "256"
			b.guest(t, o, c)
		},
		"a binding by a name that the order learns later is found then": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), "")
			o.Ref = order.Ref{Visit: "617", Ident: "256"}
			waiting := b.decision(o)
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{waiting}})
			c := b.bind(t, 1, guidA)
			b.guest(t, o, nil)
			o.Ref.GUID = guidA
			b.save(t, rule.Decided{Orders: []order.Order{o}})
			b.guest(t, o, c)
			b.claimsWait(t, waiting.ID, c)
		},
		"one phone is one contact, and consents are only ever added": func(t *testing.T, b *bench) {
			first := b.bindAs(t, contact.Binding{Restaurant: restaurant, GUID: guidA, Phone: phone(1), Language: "ru"})
			second := b.bind(t, 1, guidB)
			if first.ID != second.ID || len(second.Consents) != 2 || second.Language != "ru" || second.Phone != phone(1) {
				t.Errorf("contacts %+v and %+v", first, second)
			}
		},
		"the newest binding of an order counts": func(t *testing.T, b *bench) {
			b.bind(t, 1, guidA)
			b.clock.pass(time.Second)
			second := b.bind(t, 2, guidA)
			o := b.sample(nextID(), guidA)
			b.guest(t, o, second)
			b.save(t, rule.Decided{Orders: []order.Order{o}})
			b.guest(t, o, second)
			b.clock.pass(time.Second)
			b.guest(t, o, b.bind(t, 3, guidA))
		},
		"a number fits the one open order of the restaurant that was seen lately": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			b.save(t, rule.Decided{Orders: []order.Order{o}})
			c := b.number(t, 1, "12.1")
			b.guest(t, o, c)
			other := b.sample(nextID(), guidB)
			b.guest(t, other, nil) // the number is used up
		},
		"a number does not fit a closed order, one of yesterday or of another restaurant": func(t *testing.T, b *bench) {
			closed, old, foreign := b.sample(nextID(), "C"), b.sample(nextID(), "O"), b.sample(nextID(), "F")
			closed.Finished, foreign.Restaurant = true, "other"
			old.ReceivedMicros -= int64(18 * time.Hour / time.Microsecond)
			b.save(t, rule.Decided{Orders: []order.Order{closed, old, foreign}})
			c := b.number(t, 1, "12.1")
			for _, o := range []order.Order{closed, foreign} {
				b.guest(t, o, nil)
			}
			fresh := b.sample(nextID(), guidA)
			b.guest(t, fresh, c)
			b.save(t, rule.Decided{Orders: []order.Order{fresh}})
			b.guest(t, fresh, c)
			next := b.sample(nextID(), guidB)
			b.save(t, rule.Decided{Orders: []order.Order{next}})
			b.guest(t, next, nil)
		},
		"a number that fits two open orders is refused and leaves nothing": func(t *testing.T, b *bench) {
			b.save(t, rule.Decided{Orders: []order.Order{b.sample(nextID(), guidA), b.sample(nextID(), guidB)}})
			_, err := b.Bind(t.Context(), contact.Binding{Restaurant: restaurant, Number: "12.1", Phone: phone(1), At: b.now()})
			var f *store.Fault
			if !errors.Is(err, store.ErrAmbiguous) || !errors.As(err, &f) || !f.Ambiguous() {
				t.Errorf("Bind: %v, want ambiguous", err)
			}
			s, err := b.Summary(t.Context())
			must(t, err)
			if s.Contacts != 0 {
				t.Errorf("%d contacts, want 0", s.Contacts)
			}
		},
		"a number waits 18 hours for its order and no longer": func(t *testing.T, b *bench) {
			c := b.number(t, 1, "12.1")
			o := b.sample(nextID(), guidA)
			b.clock.pass(18*time.Hour - time.Second)
			b.guest(t, o, c)
			b.clock.pass(time.Second)
			b.guest(t, o, nil)
			b.save(t, rule.Decided{Orders: []order.Order{o}})
			b.guest(t, o, nil)
		},
		"an order must be named and a phone given": func(t *testing.T, b *bench) {
			_, err := b.Bind(t.Context(), contact.Binding{Restaurant: restaurant, Visit: "617", Phone: phone(1)})
			if !errors.Is(err, store.ErrNoOrder) {
				t.Errorf("Bind without a name: %v", err)
			}
			if _, err = b.Bind(t.Context(), contact.Binding{GUID: guidA}); !errors.Is(err, contact.ErrNoPhone) {
				t.Errorf("Bind without a phone: %v", err)
			}
		},
		"a newer binding readdresses queued texts": func(t *testing.T, b *bench) {
			m := b.queued(t)
			second := b.bind(t, 2, guidA)
			got, err := b.Message(t.Context(), m.ID)
			must(t, err)
			if got.To != phone(2) || got.ContactID != second.ID || got.Status != message.Queued {
				t.Errorf("message is to %s, %s", got.To, got.Status)
			}
		},
		"a newer binding does not tell the new phone twice": func(t *testing.T, b *bench) {
			second := b.bind(t, 2, guidB)
			m := b.queued(t)
			o, err := b.FindOrder(t.Context(), guidA)
			must(t, err)
			told := b.text(*o, second, m.Dedupe)
			b.save(t, rule.Decided{Orders: []order.Order{*o}, Decisions: []rule.Decision{b.decision(*o, told)}})
			b.bind(t, 2, guidA)
			b.status(t, m.ID, message.Cancelled, message.AlreadyTold)
			b.status(t, told.ID, message.Queued, "")
		},
		"a withdrawal cancels queued texts of its category and needs no order": func(t *testing.T, b *bench) {
			m := b.queued(t)
			b.bindAs(t, contact.Binding{Phone: phone(1), Consent: contact.Consent{Category: contact.Marketing}})
			b.status(t, m.ID, message.Queued, "")
			c := b.bindAs(t, contact.Binding{Phone: phone(1), Consent: contact.Consent{Category: contact.Transactional}})
			b.status(t, m.ID, message.Cancelled, message.NoConsent)
			if n := len(c.Consents); n != 3 || c.Consents[2].Given {
				t.Errorf("consents %+v, want three and the last withdrawn", c.Consents)
			}
		},
		"a withdrawal ends decisions that wait": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{b.decision(o)}})
			b.bind(t, 1, guidA)
			b.bindAs(t, contact.Binding{Phone: phone(1), Consent: contact.Consent{Category: contact.Transactional}})
			b.outcome(t, o.ID, skipped(message.NoConsent))
		},
	}
}

func (b *bench) number(t *testing.T, n int, number string) *contact.Contact {
	t.Helper()
	return b.bindAs(t, contact.Binding{Restaurant: restaurant, Number: number, Phone: phone(n)})
}

func (b *bench) guest(t *testing.T, o order.Order, want *contact.Contact) {
	t.Helper()
	found, err := b.FindContacts(t.Context(), []order.Order{o})
	must(t, err)
	got := found[0]
	if (got == nil) != (want == nil) || (got != nil && got.ID != want.ID) {
		t.Errorf("the guest of %+v is %+v, want %+v", o.Ref, got, want)
	}
}

func waitCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"a binding wakes the decisions that wait": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			waiting := b.decision(o)
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{waiting}})
			b.noWait(t)
			<-b.EventsWake()
			c := b.bind(t, 1, guidA)
			select {
			case <-b.EventsWake():
			case <-time.After(5 * time.Second):
				t.Error("no signal")
			}
			b.claimsWait(t, waiting.ID, c)
			b.noWait(t) // claimed once
		},
		"a binding that comes while its event is decided wakes the decision": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			b.guest(t, o, nil)
			c := b.bind(t, 1, guidA)
			waiting := b.decision(o)
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{waiting}})
			b.claimsWait(t, waiting.ID, c)
		},
		"a wait that is over is claimed without a contact, with its change and order": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			waiting := b.decision(o)
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{waiting}})
			b.clock.pass(15 * time.Minute)
			w := b.claimsWait(t, waiting.ID, nil)
			if w.Decision.Change != waiting.Change || !w.Decision.At.Equal(waiting.At) || w.Order.ID != o.ID || w.Order.Name != o.Name ||
				!w.Decision.WaitUntil.Equal(waiting.WaitUntil) {
				t.Errorf("wait is %+v", w)
			}
		},
		"a claimed wait that is never saved comes back": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			waiting := b.decision(o)
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{waiting}})
			b.clock.pass(15 * time.Minute)
			b.claimsWait(t, waiting.ID, nil)
			b.clock.pass(2 * time.Minute)
			b.claimsWait(t, waiting.ID, nil)
		},
		"a wait becomes a text": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			waiting := b.decision(o)
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{waiting}})
			c := b.bind(t, 1, guidA)
			d := b.claimsWait(t, waiting.ID, c).Decision
			m := b.text(o, c, "k")
			d.Outcome, d.Messages = rule.Sends, []message.Message{m}
			must(t, b.SaveWaits(t.Context(), []rule.Decision{d}))
			b.status(t, m.ID, message.Queued, "")
			b.outcome(t, o.ID, rule.Decision{Outcome: rule.Sends})
			b.clock.pass(time.Hour)
			b.noWait(t)
		},
		"a wait that was ended meanwhile queues nothing": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			waiting := b.decision(o)
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{waiting}})
			c := b.bind(t, 1, guidA)
			d := b.claimsWait(t, waiting.ID, c).Decision
			o.Finished = true
			b.save(t, rule.Decided{Orders: []order.Order{o}})
			d.Outcome, d.Messages = rule.Sends, []message.Message{b.text(o, c, "k")}
			must(t, b.SaveWaits(t.Context(), []rule.Decision{d}))
			b.outcome(t, o.ID, skipped(message.OrderGone))
			page, _, err := b.Messages(t.Context(), message.Filter{})
			must(t, err)
			if len(page) != 0 {
				t.Errorf("queued %+v", page)
			}
		},
		"closing an order ends what waits and what is queued, not what is being sent": func(t *testing.T, b *bench) {
			sending := b.queued(t)
			claimed, _, err := b.ClaimMessages(t.Context(), "main", 1, b.now())
			must(t, err)
			if len(claimed) != 1 {
				t.Fatalf("claimed %d", len(claimed))
			}
			o, err := b.FindOrder(t.Context(), guidA)
			must(t, err)
			c := b.bind(t, 1, guidA)
			queued := b.text(*o, c, "other")
			b.save(t, rule.Decided{Orders: []order.Order{*o}, Decisions: []rule.Decision{b.decision(*o, queued), b.decision(*o)}})
			o.Deleted = true
			b.save(t, rule.Decided{Orders: []order.Order{*o}})
			b.status(t, sending.ID, message.Sending, "")
			b.status(t, queued.ID, message.Cancelled, message.OrderGone)
			b.outcome(t, o.ID, rule.Decision{Outcome: rule.Sends}, rule.Decision{Outcome: rule.Sends}, skipped(message.OrderGone))
		},
		"a text about the closing itself is sent": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			c := b.bind(t, 1, guidA)
			o.Finished = true
			d := b.decision(o, b.text(o, c, "thanks"))
			d.Change = order.Change{Kind: order.OrderClosed}
			d.Messages[0].Stage = ""
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{d}})
			claimed, _, err := b.ClaimMessages(t.Context(), "main", 1, b.now())
			must(t, err)
			if len(claimed) != 1 {
				t.Errorf("claimed %d, want the text", len(claimed))
			}
		},
	}
}

func (b *bench) claimsWait(t *testing.T, id string, c *contact.Contact) rule.Wait {
	t.Helper()
	waits, err := b.ClaimWaits(t.Context(), 10, b.now())
	must(t, err)
	if len(waits) != 1 || waits[0].Decision.ID != id {
		t.Fatalf("ClaimWaits: %+v, want decision %s", waits, id)
	}
	if got := waits[0].Contact; (got == nil) != (c == nil) || (got != nil && got.ID != c.ID) {
		t.Errorf("its contact is %+v, want %+v", got, c)
	}
	return waits[0]
}

func (b *bench) noWait(t *testing.T) {
	t.Helper()
	waits, err := b.ClaimWaits(t.Context(), 10, b.now())
	must(t, err)
	if len(waits) != 0 {
		t.Fatalf("ClaimWaits: %+v, want none", waits)
	}
}

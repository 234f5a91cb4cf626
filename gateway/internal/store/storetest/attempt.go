package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

func attemptCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"an accepted attempt moves its message on": func(t *testing.T, b *bench) {
			m := b.queued(t)
			a := b.sends(t)
			cost := &message.Money{Units: 3, Nanos: 500_000_000, Currency: "RUB"}
			a.Outcome = &message.Outcome{ID: m.ID, Accepted: &message.Acceptance{ProviderID: "p-1", Segments: 2, Cost: cost}}
			b.finishes(t, a, message.Move{MessageID: m.ID, Status: message.Accepted, Account: "main", ProviderID: "p-1", Segments: 2, Cost: cost})
			got, err := b.Message(t.Context(), m.ID)
			must(t, err)
			if got.Status != message.Accepted || got.ProviderID != "p-1" || got.Segments != 2 || got.Cost == nil || *got.Cost != *cost {
				t.Errorf("message is %+v", got)
			}
			if diff := cmp.Diff([]message.Attempt{a}, got.Tries); diff != "" {
				t.Errorf("attempts (-want +got):\n%s", diff)
			}
		},
		"a failed attempt is tried again later by the next account": func(t *testing.T, b *bench) {
			m := b.queued(t)
			a := b.sends(t)
			at := b.now().Add(5 * time.Second)
			b.finishes(t, a, message.Move{Status: message.Queued, Account: "spare", NextAt: at, Reason: message.Unavailable, Note: "503"})
			b.claimsNothing(t)
			if next, err := b.NextDue(t.Context(), "spare"); err != nil || !next.Equal(at) {
				t.Errorf("next due %v, %v; want %v", next, err, at)
			}
			b.clock.pass(5 * time.Second)
			claimed, attempts, err := b.ClaimMessages(t.Context(), "spare", 1, b.now())
			must(t, err)
			if len(claimed) != 1 || claimed[0].ID != m.ID || attempts[0].N != 2 {
				t.Errorf("claimed %+v %+v", claimed, attempts)
			}
		},
		"a late outcome is recorded but moves nothing": func(t *testing.T, b *bench) {
			m := b.queued(t, func(m *message.Message) { m.OnUnknown = message.Resend })
			late := b.sends(t)
			b.restart(t)
			_, err := b.RecoverAttempts(t.Context(), b.now())
			must(t, err)
			second := b.sends(t)
			late.Outcome = &message.Outcome{ID: m.ID, Failure: &message.Failure{Reason: message.BadRecipient}}
			b.finishes(t, late, message.Move{Status: message.Rejected, Reason: message.BadRecipient})
			b.status(t, m.ID, message.Sending, "")
			got, err := b.Message(t.Context(), m.ID)
			must(t, err)
			if len(got.Tries) != 2 || got.Tries[0].Outcome == nil || got.Tries[0].Outcome.Failure.Reason != message.BadRecipient || got.Tries[1].Outcome != nil {
				t.Errorf("tries are %+v", got.Tries)
			}
			b.finishes(t, second, message.Move{Status: message.Accepted, ProviderID: "p"})
			b.status(t, m.ID, message.Accepted, "")
			b.finishes(t, second, message.Move{Status: message.Rejected}) // said twice
			b.status(t, m.ID, message.Accepted, "")
		},
		"what a dead gateway was sending is unknown, or queued again where the rule says so": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			c := b.bind(t, 1, guidA)
			held, resent, idle := b.text(o, c, "held"), b.text(o, c, "resent"), b.text(o, c, "idle")
			resent.OnUnknown, idle.Account = message.Resend, "spare"
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{b.decision(o, held, resent, idle)}})
			if claimed, _, err := b.ClaimMessages(t.Context(), "main", 10, b.now()); err != nil || len(claimed) != 2 {
				t.Fatalf("claimed %d, %v", len(claimed), err)
			}
			b.restart(t)
			b.clock.pass(time.Second)
			left, err := b.RecoverAttempts(t.Context(), b.now())
			must(t, err)
			if len(left) != 2 {
				t.Fatalf("%d messages recovered, want 2", len(left))
			}
			b.status(t, held.ID, message.Unknown, message.UnknownOutcome)
			b.status(t, resent.ID, message.Queued, message.UnknownOutcome)
			b.status(t, idle.ID, message.Queued, "")
			got, err := b.Message(t.Context(), held.ID)
			must(t, err)
			if a := got.Tries[0]; a.EndedAt == nil || a.Outcome == nil || a.Outcome.Failure.Reason != message.UnknownOutcome || a.Outcome.Failure.Detail == "" {
				t.Errorf("attempt is %+v", a)
			}
			unknown, err := b.Unknowns(t.Context(), 10)
			must(t, err)
			if len(unknown) != 1 || unknown[0].ID != held.ID {
				t.Errorf("unknown are %+v", unknown)
			}
			if again, err := b.RecoverAttempts(t.Context(), b.now()); err != nil || len(again) != 0 {
				t.Errorf("recovered twice: %d, %v", len(again), err)
			}
		},
	}
}

func (b *bench) sends(t *testing.T) message.Attempt {
	t.Helper()
	claimed, attempts, err := b.ClaimMessages(t.Context(), "main", 1, b.now())
	must(t, err)
	if len(claimed) != 1 {
		t.Fatalf("claimed %d, want 1", len(claimed))
	}
	ended := b.now()
	attempts[0].EndedAt = &ended
	return attempts[0]
}

func (b *bench) finishes(t *testing.T, a message.Attempt, next message.Move) {
	t.Helper()
	must(t, b.FinishAttempts(t.Context(), []message.Finished{{Attempt: a, Next: next}}))
}

func listCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"pages of messages join without a gap while new ones come": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			c := b.bind(t, 1, guidA)
			add := func(key string) {
				b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{b.decision(o, b.text(o, c, key))}})
			}
			for i := range 7 {
				add(fmt.Sprint(i))
			}
			var got []string
			f := message.Filter{Limit: 3}
			for {
				page, next, err := b.Messages(t.Context(), f)
				must(t, err)
				for _, m := range page {
					got = append(got, m.Dedupe)
				}
				if next == "" {
					break
				}
				f.After = next
				add("new" + next)
			}
			if fmt.Sprint(got) != "[6 5 4 3 2 1 0]" {
				t.Errorf("pages give %v", got)
			}
		},
		"messages are filtered": func(t *testing.T, b *bench) {
			m := b.queued(t)
			for name, c := range map[string]struct {
				filter message.Filter
				want   int
			}{
				"by nothing":                             {message.Filter{}, 1},
				"by the order's id":                      {message.Filter{Order: m.OrderID}, 1},
				"by its GUID":                            {message.Filter{Order: "{" + guidA + "}"}, 1},
				"by its number":                          {message.Filter{Order: "12.1"}, 1},
				"by another order":                       {message.Filter{Order: guidB}, 0},
				"by the phone's end":                     {message.Filter{Last4: "0001"}, 1},
				"by another phone's end":                 {message.Filter{Last4: "0002"}, 0},
				"by stage, status, account":              {message.Filter{Stage: "ready", Statuses: []message.Status{message.Queued}, Account: "main"}, 1},
				"by another stage":                       {message.Filter{Stage: "out"}, 0},
				"by time":                                {message.Filter{From: b.now(), To: b.now().Add(time.Second)}, 1},
				"by a time before":                       {message.Filter{To: b.now()}, 0},
				"by the whole phone":                     {message.Filter{Phone: phone(1)}, 1},
				"by another phone":                       {message.Filter{Phone: phone(2)}, 0},
				"by the contact":                         {message.Filter{ContactID: m.ContactID}, 1},
				"by the restaurant":                      {message.Filter{Restaurant: restaurant}, 1},
				"by another restaurant":                  {message.Filter{Restaurant: "1"}, 0},
				"by one of two statuses":                 {message.Filter{Statuses: []message.Status{message.Unknown, message.Queued}}, 1},
				"by two other statuses":                  {message.Filter{Statuses: []message.Status{message.Unknown, message.Delivered}}, 0},
				"by common statuses of a restaurant":     {message.Filter{Restaurant: restaurant, Statuses: []message.Status{message.Queued, message.Accepted}}, 1},
				"by account alone":                       {message.Filter{Account: "main"}, 1},
				"by stage alone":                         {message.Filter{Stage: "ready"}, 1},
				"by number and restaurant":               {message.Filter{Order: "12.1", Restaurant: restaurant}, 1},
				"by number elsewhere":                    {message.Filter{Order: "12.1", Restaurant: "1"}, 0},
				"searched by number":                     {message.Filter{Query: " 12.1 "}, 1},
				"searched by four digits":                {message.Filter{Query: "0001"}, 1},
				"searched by a phone as people write it": {message.Filter{Query: "8 (999) 000-00-01"}, 1},
				"searched by its ID in small letters":    {message.Filter{Query: strings.ToLower(m.ID)}, 1},
				"searched by the order's GUID":           {message.Filter{Query: guidA}, 1},
				"searched in vain":                       {message.Filter{Query: "0002"}, 0},
				"searched within a status":               {message.Filter{Query: "12.1", Statuses: []message.Status{message.Delivered}}, 0},
			} {
				page, _, err := b.Messages(t.Context(), c.filter)
				must(t, err)
				if len(page) != c.want {
					t.Errorf("%s: %d messages, want %d", name, len(page), c.want)
				}
			}
		},
		"events are listed newest first": func(t *testing.T, b *bench) {
			for i := range 5 {
				b.add(t, fmt.Sprint("h", i))
			}
			first, next, err := b.Events(t.Context(), store.EventFilter{Limit: 3, Statuses: []kds.EventStatus{kds.Stored}, Restaurant: restaurant})
			must(t, err)
			second, end, err := b.Events(t.Context(), store.EventFilter{Limit: 3, After: next})
			must(t, err)
			var got []string
			for _, e := range append(first, second...) {
				got = append(got, e.Key.Hash)
			}
			if fmt.Sprint(got) != "[h4 h3 h2 h1 h0]" || end != "" {
				t.Errorf("events %v, end %q", got, end)
			}
		},
		"counts add up": func(t *testing.T, b *bench) {
			b.queued(t)
			b.add(t, "stored")
			o := b.sample(nextID(), guidB)
			b.save(t, rule.Decided{Orders: []order.Order{o}, Decisions: []rule.Decision{b.decision(o)}})
			s, err := b.Summary(t.Context())
			must(t, err)
			want := store.Summary{
				Events: map[kds.EventStatus]int{kds.Stored: 1, kds.Done: 2}, Orders: 2, Contacts: 1,
				Decisions: map[store.DecisionCount]int{{Outcome: rule.Sends}: 1, {Outcome: rule.Waiting}: 1},
				Messages:  map[store.MessageCount]int{{Status: message.Queued}: 1},
			}
			if diff := cmp.Diff(want, s); diff != "" {
				t.Errorf("summary (-want +got):\n%s", diff)
			}
			left, err := b.Unfinished(t.Context())
			must(t, err)
			backlog, err := b.Backlog(t.Context())
			must(t, err)
			if left != 3 || backlog != 2 {
				t.Errorf("unfinished %d, backlog %d; want 3 and 2", left, backlog)
			}
		},
	}
}

func keyCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"a key is found by its hash until and after it is revoked": func(t *testing.T, b *bench) {
			expires := b.now().Add(time.Hour)
			id, err := b.AddKey(t.Context(), access.Key{Name: "qr", Hint: "…abcd", Hash: "h1", Scopes: []access.Scope{access.ScopeContactsWrite}, ExpiresAt: &expires}, line("key.create"))
			must(t, err)
			k, err := b.FindKey(t.Context(), "h1")
			must(t, err)
			if k == nil || k.ID != id || !k.May(access.ContactsWrite, b.now()) || k.May(access.ContactsWrite, expires) {
				t.Fatalf("key is %+v", k)
			}
			if _, err := b.AddKey(t.Context(), access.Key{Name: "qr", Hash: "h2"}, line("key.create")); !errors.Is(err, store.ErrTaken) {
				t.Errorf("second key of the name: %v, want taken", err)
			}
			revoked, err := b.RevokeKey(t.Context(), "qr", b.now(), line("key.revoke"))
			must(t, err)
			if k, err = b.FindKey(t.Context(), "h1"); err != nil || revoked.ID != id || k.RevokedAt == nil || k.May(access.ContactsWrite, b.now()) {
				t.Errorf("after revoking: %+v, %v", k, err)
			}
			if _, err := b.RevokeKey(t.Context(), id, b.now(), line("key.revoke")); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("second revoke: %v, want not found", err)
			}
			_, err = b.AddKey(t.Context(), access.Key{Name: "qr", Hash: "h3"}, line("key.create"))
			must(t, err)
			keys, err := b.Keys(t.Context())
			must(t, err)
			if len(keys) != 2 {
				t.Errorf("%d keys, want 2", len(keys))
			}
			if none, err := b.FindKey(t.Context(), "h9"); err != nil || none != nil {
				t.Errorf("FindKey of nothing: %v, %v", none, err)
			}
		},
		"a state keeps its last value": func(t *testing.T, b *bench) {
			for _, want := range []string{"", "one", "two"} {
				if want != "" {
					must(t, b.SetState(t.Context(), "k", want))
				}
				if got, err := b.State(t.Context(), "k"); err != nil || got != want {
					t.Errorf("state is %q, %v; want %q", got, err, want)
				}
			}
		},
	}
}

func processCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"a restart keeps all": func(t *testing.T, b *bench) {
			m := b.queued(t)
			before, err := b.Summary(t.Context())
			must(t, err)
			b.restart(t)
			after, err := b.Summary(t.Context())
			must(t, err)
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("summary (-before +after):\n%s", diff)
			}
			b.status(t, m.ID, message.Queued, "")
		},
		"a restart gives claimed events back": func(t *testing.T, b *bench) {
			b.add(t, "h")
			b.claim(t)
			b.restart(t)
			if e := b.claim(t); e.Tries != 2 {
				t.Errorf("tries %d, want 2", e.Tries)
			}
		},
		"a second gateway is refused and told who has the folder": func(t *testing.T, b *bench) {
			db, err := b.open(t, b.options())
			if !errors.Is(err, store.ErrLocked) {
				t.Fatalf("second gateway: %v, %v; want locked", db, err)
			}
			b.restart(t) // the refused one has not broken the lock
		},
		"a command writes and reads beside the gateway": func(t *testing.T, b *bench) {
			o := b.options()
			o.Instance = false
			writer, err := b.open(t, o)
			must(t, err)
			_, err = writer.AddKey(t.Context(), access.Key{Name: "qr", Hash: "h"}, line("key.create"))
			must(t, err)
			must(t, writer.Close())
			b.add(t, "h")
			b.claim(t)
			o.ReadOnly = true
			reader, err := b.open(t, o)
			must(t, err)
			if k, err := reader.FindKey(t.Context(), "h"); err != nil || k == nil {
				t.Errorf("the reader finds %v, %v", k, err)
			}
			if _, err := reader.ClaimEvents(t.Context(), 1); !errors.Is(err, store.ErrReadOnly) {
				t.Errorf("claim by a reader: %v, want read only", err)
			}
			if err := reader.SetState(t.Context(), "k", "v"); !errors.Is(err, store.ErrReadOnly) {
				t.Errorf("the reader writes: %v", err)
			}
			must(t, reader.Close())
			if events, err := b.ClaimEvents(t.Context(), 1); err != nil || len(events) != 0 {
				t.Errorf("the command gave the gateway's claim back: %d, %v", len(events), err)
			}
		},
		"health is good and the store is writable": func(t *testing.T, b *bench) {
			must(t, b.Health(t.Context()))
			must(t, b.EnsureWritable(t.Context()))
			must(t, b.Ready(t.Context()))
		},
		"after closing everything is refused": func(t *testing.T, b *bench) {
			must(t, b.Close())
			if _, _, err := b.AddEvent(t.Context(), kds.Event{Body: []byte("x")}); !errors.Is(err, store.ErrClosed) {
				t.Errorf("AddEvent: %v, want closed", err)
			}
			must(t, b.Close())
			b.start(t)
		},
	}
}

package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

const day = 24 * time.Hour

// month keeps everything for thirty days.
func month() store.Retention { return store.Retention{Texts: 30 * day, Events: 30 * day} }

// purges wants a purge to take away just that.
func (b *bench) purges(t *testing.T, keep store.Retention, want store.Purged) {
	t.Helper()
	got, err := b.Purge(t.Context(), keep)
	must(t, err)
	if got != want {
		t.Errorf("purged %+v, want %+v", got, want)
	}
}

// holds tells whether a message still has its phone and text; half of it is a fault.
func (b *bench) holds(t *testing.T, id string) bool {
	t.Helper()
	m, err := b.Message(t.Context(), id)
	must(t, err)
	if m.To.IsZero() != (m.Text == "") {
		t.Errorf("message %s has phone %v, text %q", id, m.To, m.Text)
	}
	return m.Text != ""
}

// decidesAll ends every event that waits.
func (b *bench) decidesAll(t *testing.T) {
	t.Helper()
	events, err := b.ClaimEvents(t.Context(), 1000)
	must(t, err)
	for _, e := range events {
		must(t, b.SaveDecided(t.Context(), []rule.Decided{{EventID: e.ID, Status: kds.Done}}))
	}
}

// endedTexts are texts of one order that ended as cancelled.
func (b *bench) endedTexts(t *testing.T, n int) (ids []string) {
	t.Helper()
	o := b.sample(nextID(), nextName())
	c := b.bind(t, 1, o.Ref.GUID)
	var texts []message.Message
	for i := range n {
		texts = append(texts, b.text(o, c, fmt.Sprint(o.ID, "/", i)))
		ids = append(ids, texts[i].ID)
	}
	b.saveTexts(t, o, texts)
	for _, id := range ids {
		must(t, b.CancelMessage(t.Context(), id, "anna", "the guest +79990000001 has left"))
	}
	return ids
}

// purgeCases are about the retention of texts, bodies and people.
func purgeCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"what has had its time is nowhere in the files, and rows and sums stay": func(t *testing.T, b *bench) {
			start := b.now()
			m := b.spread(t)
			b.decidesAll(t)
			id, err := b.AddCallback(t.Context(), message.Callback{Account: "away", At: b.now(), Method: "POST", URL: "https://bell.example/?to=79990000001", Header: map[string][]string{"X-To": {"79990000001"}}})
			must(t, err)
			must(t, b.CancelMessage(t.Context(), m.ID, "anna", "the guest +79990000001 has left"))
			b.accept(t, time.Second)
			b.clock.pass(time.Hour)
			_, _, err = b.ClaimMessages(t.Context(), "main", 1000, b.now()) // the rest expires
			must(t, err)
			b.clock.pass(31 * day)
			want := map[message.Status]int{message.Cancelled: 1, message.Accepted: 100, message.Expired: 200}
			b.tallies(t, start, want)
			summary, err := b.Summary(t.Context())
			must(t, err)
			for _, words := range []string{"9990000001", "Позвоните", "Заказ готов"} {
				if len(b.naming(t, words)) == 0 {
					t.Fatalf("%s is not in the files before the purge: the search finds nothing", words)
				}
			}
			b.purges(t, month(), store.Purged{Bodies: 5, Callbacks: 2, Texts: 301, People: 2})
			for _, words := range []string{"9990000001", "Позвоните", "Заказ готов"} {
				if files := b.naming(t, words); len(files) > 0 {
					t.Errorf("%s is in %v after the purge", words, files)
				}
			}
			b.tallies(t, start, want)
			summary.Contacts = 0
			if now, err := b.Summary(t.Context()); err != nil || !reflect.DeepEqual(now, summary) {
				t.Errorf("counts were %+v, are %+v, %v", summary, now, err)
			}
			got, err := b.Message(t.Context(), m.ID)
			must(t, err)
			if got.Status != message.Cancelled || got.Reason != message.ByPerson || got.Segments != 1 || got.Note != "" || len(got.Tries) != 3 || got.Tries[0].Outcome.Failure.Reason != message.Unavailable {
				t.Errorf("message is %+v", got)
			}
			_, err = b.ResendMessage(t.Context(), m.ID, "anna")
			b.refuses(t, "resend", err, store.ErrNotAllowed)
			pending, err := b.PendingCallbacks(t.Context(), []string{"away"}, b.now(), 10)
			if err != nil || len(pending) > 0 {
				t.Errorf("callback %s is still to be read: %+v, %v", id, pending, err)
			}
			b.purges(t, month(), store.Purged{})
		},
		"sums that are made only after a purge are the same": func(t *testing.T, b *bench) {
			start := b.now()
			b.told(t)
			claimed, attempts, err := b.ClaimMessages(t.Context(), "main", 1, b.now())
			must(t, err)
			b.clock.pass(4 * time.Second)
			ended := b.now()
			attempts[0].EndedAt = &ended
			attempts[0].Outcome = &message.Outcome{Accepted: &message.Acceptance{ProviderID: "p", Raw: "OK +79990000001"}}
			b.finishes(t, attempts[0], message.Move{Status: message.Accepted, Account: "main", ProviderID: "p"})
			b.clock.pass(31 * day)
			b.purges(t, month(), store.Purged{Bodies: 1, Texts: 1, People: 1})
			all := b.tallies(t, start, map[message.Status]int{message.Accepted: 1})
			if all[0].Speed.N() != 1 || all[0].Speed.Quantile(0.5).Round(time.Second) != 4*time.Second {
				t.Errorf("the speed of acceptance is %+v", all[0].Speed)
			}
			m, err := b.Message(t.Context(), claimed[0].ID)
			must(t, err)
			if a := m.Tries[0].Outcome.Accepted; a == nil || a.Raw != "" || a.ProviderID != "p" {
				t.Errorf("the attempt tells %+v", a)
			}
		},
		"a dedupe key holds after the purge": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			c := b.bind(t, 1, guidA)
			said := func() message.Message { return b.text(o, c, "once") }
			first := said()
			b.saveTexts(t, o, []message.Message{first})
			must(t, b.CancelMessage(t.Context(), first.ID, "anna", ""))
			event := kds.Event{Restaurant: restaurant, Body: []byte("<RK7/>"), Key: kds.Key{Hash: "h", Dated: true}}
			id, _, err := b.AddEvent(t.Context(), event)
			must(t, err)
			b.save(t, rule.Decided{EventID: id})
			b.clock.pass(31 * day)
			b.purges(t, month(), store.Purged{Bodies: 2, Texts: 1, People: 1})
			b.saveTexts(t, o, []message.Message{said()})
			b.outcome(t, o.ID, rule.Decision{Outcome: rule.Sends}, skipped(message.AlreadyTold))
			event.ReceivedAt = b.now()
			if again, duplicate, err := b.AddEvent(t.Context(), event); err != nil || !duplicate || again != id {
				t.Errorf("the same event again: %s, duplicate %v, %v", again, duplicate, err)
			}
		},
		"an event that waits keeps its body, and so does a younger one": func(t *testing.T, b *bench) {
			b.add(t, "waiting")
			odd := b.add(t, "odd")
			must(t, b.SaveDecided(t.Context(), []rule.Decided{{EventID: odd, Status: kds.Quarantined, Note: "?"}}))
			b.clock.pass(31 * day)
			young := b.add(t, "young")
			must(t, b.SaveDecided(t.Context(), []rule.Decided{{EventID: young, Status: kds.Done}}))
			b.purges(t, month(), store.Purged{Bodies: 1})
			events := []kds.Event{b.claim(t), {ID: odd}, {ID: young}}
			must(t, b.ReadBodies(t.Context(), events))
			if string(events[0].Body) != "<RK7/>waiting" || events[1].Body != nil || string(events[2].Body) != "<RK7/>young" {
				t.Errorf("bodies are %q, %q, %q", events[0].Body, events[1].Body, events[2].Body)
			}
			b.refuses(t, "replay without a body", b.ReplayEvent(t.Context(), odd), store.ErrNotAllowed)
		},
		"what is kept for ever is left alone": func(t *testing.T, b *bench) {
			id := b.endedTexts(t, 1)[0]
			b.clock.pass(4000 * day)
			b.purges(t, store.Retention{}, store.Purged{})
			b.purges(t, store.Retention{Events: day}, store.Purged{Bodies: 1})
			if !b.holds(t, id) {
				t.Error("the text is gone")
			}
		},
		"a purge that was cut short is ended by the next": func(t *testing.T, b *bench) {
			b.endedTexts(t, 300)
			b.clock.pass(31 * day)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			first, err := b.Purge(ctx, store.Retention{Texts: 30 * day})
			if !errors.Is(err, context.Canceled) || first.Texts >= 300 {
				t.Errorf("purged %+v, %v", first, err)
			}
			b.purges(t, store.Retention{Texts: 30 * day}, store.Purged{Texts: 300 - first.Texts, People: 1 - first.People})
		},
		"a purge comes back for a text that it had to leave": func(t *testing.T, b *bench) {
			sending := b.told(t)
			_, _, err := b.ClaimMessages(t.Context(), "main", 1, b.now())
			must(t, err)
			ended := b.endedTexts(t, 1)[0]
			b.clock.pass(31 * day)
			b.purges(t, store.Retention{Texts: 30 * day}, store.Purged{Texts: 1})
			if !b.holds(t, sending) || b.holds(t, ended) {
				t.Error("what is being sent went, or what has ended stayed")
			}
			_, err = b.RecoverAttempts(t.Context(), b.now())
			must(t, err)
			b.clock.pass(31 * day)
			b.purges(t, store.Retention{Texts: 30 * day}, store.Purged{Texts: 1, People: 1})
			b.status(t, sending, message.Unknown, message.UnknownOutcome)
		},
		"a clock that was set back leaves no text behind": func(t *testing.T, b *bench) {
			b.clock.pass(40 * day)
			b.told(t)
			b.clock.pass(10 * day)
			b.purges(t, store.Retention{Texts: day}, store.Purged{Texts: 1, People: 1})
			b.clock.pass(-30 * day)
			earlier := b.told(t)
			b.clock.pass(31 * day)
			b.purges(t, store.Retention{Texts: 30 * day}, store.Purged{Texts: 1})
			if b.holds(t, earlier) {
				t.Error("the text stayed")
			}
		},
	}
}

// purgeTextCases are texts of every status and age.
func purgeTextCases() map[string]func(*testing.T, *bench) {
	cases := map[string]func(*testing.T, *bench){}
	for name, c := range map[string]struct {
		make func(*bench, *testing.T) message.Message
		keep time.Duration
		age  time.Duration
		want message.Status // after the purge
		gone bool
	}{
		"a text that ended a day before its time stays":                       {(*bench).ended, 30 * day, 29 * day, message.Cancelled, false},
		"a text that ended a day after its time goes":                         {(*bench).ended, 30 * day, 31 * day, message.Cancelled, true},
		"a text that was made long ago and moved lately stays":                {(*bench).lateDelivered, 30 * day, 29 * day, message.Delivered, false},
		"a text that was made long ago and moved after that goes":             {(*bench).lateDelivered, 30 * day, 31 * day, message.Delivered, true},
		"a queued text whose time is still to come stays":                     {(*bench).patient, 30 * day, 31 * day, message.Queued, false},
		"a queued text that nobody took expires and goes":                     {(*bench).forgotten, 30 * day, 31 * day, message.Expired, true},
		"a text that is being sent stays":                                     {(*bench).sending, 30 * day, 31 * day, message.Sending, false},
		"an accepted text of which nothing more was heard goes":               {(*bench).onItsWay, 30 * day, 31 * day, message.Accepted, true},
		"an accepted text that is still asked about stays":                    {(*bench).onItsWay, day, 47 * time.Hour, message.Accepted, false},
		"an accepted text that is not asked about any more goes":              {(*bench).onItsWay, day, 49 * time.Hour, message.Accepted, true},
		"a text whose outcome is unknown goes when nobody settled it":         {(*bench).unknownText, 30 * day, 31 * day, message.Unknown, true},
		"a text whose outcome is unknown stays while its provider may say it": {(*bench).unknownText, day, 47 * time.Hour, message.Unknown, false},
	} {
		cases[name] = func(t *testing.T, b *bench) {
			m := c.make(b, t)
			b.clock.pass(c.age)
			want := store.Purged{}
			if c.gone {
				want = store.Purged{Texts: 1, People: 1}
			}
			b.purges(t, store.Retention{Texts: c.keep}, want)
			if got := b.holds(t, m.ID); got == c.gone {
				t.Errorf("has its text: %v, want %v", got, !c.gone)
			}
			now, err := b.Message(t.Context(), m.ID)
			must(t, err)
			if now.Status != c.want {
				t.Errorf("message is %s, want %s", now.Status, c.want)
			}
			asked, err := b.ClaimLookups(t.Context(), "main", 10, b.now())
			must(t, err)
			if c.gone && len(asked) > 0 {
				t.Errorf("without a phone it is still asked about: %+v", asked)
			}
		}
	}
	return cases
}

func (b *bench) ended(t *testing.T) message.Message {
	m := b.queued(t)
	must(t, b.CancelMessage(t.Context(), m.ID, "anna", ""))
	return m
}

func (b *bench) lateDelivered(t *testing.T) message.Message {
	m := b.accepted(t, "p-1")
	b.clock.pass(20 * day)
	b.hears(t, "main", 1, message.Receipt{MessageID: m.ID, Status: message.Delivered})
	return m
}

func (b *bench) patient(t *testing.T) message.Message {
	return b.queued(t, func(m *message.Message) { m.Deadline = b.now().Add(60 * day) })
}

func (b *bench) forgotten(t *testing.T) message.Message {
	return b.queued(t, func(m *message.Message) { m.Account = "removed" })
}

func (b *bench) sending(t *testing.T) message.Message {
	m := b.queued(t)
	b.sends(t)
	return m
}

func (b *bench) onItsWay(t *testing.T) message.Message { return b.accepted(t, "p-1") }

func (b *bench) unknownText(t *testing.T) message.Message { return b.unknown(t) }

package storetest

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// screenCases are what the screens ask for beside messages.
func screenCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"orders are filtered": func(t *testing.T, b *bench) {
			m := b.queued(t)
			quiet := b.sample(nextID(), guidB)
			quiet.Name, quiet.Stage, quiet.Finished = "7.2", order.Started, true
			b.save(t, rule.Decided{Orders: []order.Order{quiet}})
			yes, no, ready := true, false, order.Ready
			for name, c := range map[string]struct {
				filter store.OrderFilter
				want   []string
			}{
				"by nothing":               {store.OrderFilter{}, []string{quiet.ID, m.OrderID}},
				"by number":                {store.OrderFilter{Search: "12.1"}, []string{m.OrderID}},
				"by GUID":                  {store.OrderFilter{Search: guidB}, []string{quiet.ID}},
				"by ID":                    {store.OrderFilter{Search: m.OrderID}, []string{m.OrderID}},
				"by another number":        {store.OrderFilter{Search: "99"}, nil},
				"by restaurant":            {store.OrderFilter{Restaurant: restaurant}, []string{quiet.ID, m.OrderID}},
				"by another restaurant":    {store.OrderFilter{Restaurant: "1"}, nil},
				"by number and restaurant": {store.OrderFilter{Search: "12.1", Restaurant: "1"}, nil},
				"by stage":                 {store.OrderFilter{Stage: &ready}, []string{m.OrderID}},
				"those that are open":      {store.OrderFilter{Open: &yes}, []string{m.OrderID}},
				"those that are closed":    {store.OrderFilter{Open: &no}, []string{quiet.ID}},
				"those with a text":        {store.OrderFilter{Texted: &yes}, []string{m.OrderID}},
				"those without":            {store.OrderFilter{Texted: &no}, []string{quiet.ID}},
				"by time":                  {store.OrderFilter{From: b.now(), To: b.now().Add(time.Second)}, []string{quiet.ID, m.OrderID}},
				"by a time before":         {store.OrderFilter{To: b.now()}, nil},
				"page by page, the second": {store.OrderFilter{After: quiet.ID, Limit: 1}, []string{m.OrderID}},
			} {
				page, _, err := b.Orders(t.Context(), c.filter)
				must(t, err)
				var got []string
				for _, o := range page {
					got = append(got, o.ID)
				}
				if fmt.Sprint(got) != fmt.Sprint(c.want) {
					t.Errorf("%s: %v, want %v", name, got, c.want)
				}
			}
			page, _, err := b.Orders(t.Context(), store.OrderFilter{Search: "12.1"})
			must(t, err)
			if o := page[0]; o.Number != "12.1" || o.Phone != phone(1) || o.Text != message.Queued || !o.FirstSeen.Equal(b.now()) || !o.LastEvent.Equal(b.now()) || o.Name != "12.1" {
				t.Errorf("order is %+v", o)
			}
		},
		"events are filtered, and tell their orders": func(t *testing.T, b *bench) {
			o := b.sample(nextID(), guidA)
			done, odd := b.addOf(t, ""), b.addOf(t, "1")
			stored := b.add(t, "waits")
			must(t, b.SaveDecided(t.Context(), []rule.Decided{
				{EventID: done, Status: kds.Done, Orders: []order.Order{o}, Decisions: []rule.Decision{b.decision(o)}},
				{EventID: odd, Status: kds.Quarantined, Note: "?"},
			}))
			for name, c := range map[string]struct {
				filter store.EventFilter
				want   []string
			}{
				"by nothing":                        {store.EventFilter{}, []string{stored, odd, done}},
				"by status":                         {store.EventFilter{Statuses: []kds.EventStatus{kds.Quarantined, kds.Failed}}, []string{odd}},
				"by two statuses":                   {store.EventFilter{Statuses: []kds.EventStatus{kds.Quarantined, kds.Stored}}, []string{stored, odd}},
				"those that are done":               {store.EventFilter{Statuses: []kds.EventStatus{kds.Done}}, []string{done}},
				"by the restaurant of their orders": {store.EventFilter{Restaurant: restaurant}, []string{stored, done}},
				"by the restaurant of their key":    {store.EventFilter{Restaurant: "1"}, []string{odd}},
				"by the order's number":             {store.EventFilter{Order: "12.1"}, []string{done}},
				"by the order's ID":                 {store.EventFilter{Order: o.ID}, []string{done}},
				"by a time before":                  {store.EventFilter{To: b.now()}, nil},
				"page by page, the second":          {store.EventFilter{Limit: 2, After: odd}, []string{done}},
			} {
				page, _, err := b.Events(t.Context(), c.filter)
				must(t, err)
				var got []string
				for _, e := range page {
					got = append(got, e.ID)
				}
				if fmt.Sprint(got) != fmt.Sprint(c.want) {
					t.Errorf("%s: %v, want %v", name, got, c.want)
				}
			}
			e, err := b.EventWithOrders(t.Context(), done)
			must(t, err)
			if len(e.OrderIDs) != 1 || e.OrderIDs[0] != o.ID || len(e.Body) == 0 {
				t.Errorf("event is %+v", e)
			}
		},
		"the decisions of an event name its order and its messages": func(t *testing.T, b *bench) {
			m := b.queued(t)
			got, err := b.Message(t.Context(), m.ID)
			must(t, err)
			o, err := b.FindOrder(t.Context(), m.OrderID)
			must(t, err)
			page, _, err := b.Events(t.Context(), store.EventFilter{Order: o.ID})
			must(t, err)
			decisions, err := b.EventDecisions(t.Context(), page[0].ID)
			must(t, err)
			if len(decisions) != 1 || decisions[0].Number != "12.1" || fmt.Sprint(decisions[0].MessageIDs) != "["+got.ID+"]" {
				t.Errorf("decisions are %+v", decisions)
			}
		},
		"what was quarantined or given up can be decided again, and nothing else": func(t *testing.T, b *bench) {
			odd, done := b.add(t, "odd"), b.add(t, "done")
			must(t, b.SaveDecided(t.Context(), []rule.Decided{{EventID: odd, Status: kds.Quarantined, Note: "?"}, {EventID: done, Status: kds.Done}}))
			b.refuses(t, "replay of what is done", b.ReplayEvent(t.Context(), done), store.ErrNotAllowed)
			b.refuses(t, "replay of nothing", b.ReplayEvent(t.Context(), "none"), store.ErrNotFound)
			must(t, b.ReplayEvent(t.Context(), odd))
			b.refuses(t, "replay of what waits", b.ReplayEvent(t.Context(), odd), store.ErrNotAllowed)
			if e := b.claim(t); e.ID != odd || e.Tries != 1 || e.Note != "" {
				t.Errorf("claimed %+v", e)
			}
			must(t, b.SaveDecided(t.Context(), []rule.Decided{{EventID: odd, Status: kds.Failed, Note: "?"}}))
			b.clock.pass(time.Hour)
			_, err := b.DropBodies(t.Context(), b.now())
			must(t, err)
			b.refuses(t, "replay without a body", b.ReplayEvent(t.Context(), odd), store.ErrNotAllowed)
		},
		"contacts are found by phone, and counted": func(t *testing.T, b *bench) {
			m := b.queued(t)
			other := b.bind(t, 2, guidB)
			for name, c := range map[string]struct {
				filter store.ContactFilter
				want   []string
			}{
				"by nothing":         {store.ContactFilter{}, []string{other.ID, m.ContactID}},
				"by four digits":     {store.ContactFilter{Last4: "0001"}, []string{m.ContactID}},
				"by the whole phone": {store.ContactFilter{Phone: phone(2)}, []string{other.ID}},
				"in vain":            {store.ContactFilter{Last4: "0009"}, nil},
				"the second page":    {store.ContactFilter{After: other.ID}, []string{m.ContactID}},
			} {
				page, _, err := b.Contacts(t.Context(), c.filter)
				must(t, err)
				var got []string
				for _, p := range page {
					got = append(got, p.ID)
				}
				if fmt.Sprint(got) != fmt.Sprint(c.want) {
					t.Errorf("%s: %v, want %v", name, got, c.want)
				}
			}
			c, err := b.ContactListed(t.Context(), m.ContactID)
			must(t, err)
			if c.Orders != 1 || c.Messages != 1 || len(c.Consents) != 1 || c.Phone != phone(1) || !c.CreatedAt.Equal(b.now()) {
				t.Errorf("contact is %+v", c)
			}
			orders, err := b.OrdersOfContact(t.Context(), m.ContactID)
			must(t, err)
			if len(orders) != 1 || orders[0].ID != m.OrderID {
				t.Errorf("orders are %+v", orders)
			}
			_, err = b.ContactListed(t.Context(), "none")
			b.refuses(t, "no contact", err, store.ErrNotFound)
		},
		"a suppressed person's queued texts are cancelled, and a released one can be texted": func(t *testing.T, b *bench) {
			m := b.queued(t)
			must(t, b.SuppressContact(t.Context(), m.ContactID, "asked by phone"))
			b.status(t, m.ID, message.Cancelled, message.Suppressed)
			_, err := b.ResendMessage(t.Context(), m.ID, "anna")
			b.refuses(t, "resend to a suppressed person", err, store.ErrNotAllowed)
			must(t, b.SuppressContact(t.Context(), m.ContactID, ""))
			_, err = b.ResendMessage(t.Context(), m.ID, "anna")
			must(t, err)
			b.refuses(t, "suppress nobody", b.SuppressContact(t.Context(), "none", "x"), store.ErrNotFound)
		},
		"a consent that is taken back stands at the end of the record": func(t *testing.T, b *bench) {
			m := b.queued(t)
			must(t, b.WithdrawConsent(t.Context(), m.ContactID, contact.Transactional, "user:anna"))
			b.status(t, m.ID, message.Cancelled, message.NoConsent)
			c, err := b.Contact(t.Context(), m.ContactID)
			must(t, err)
			if last := c.Consents[len(c.Consents)-1]; last.Given || last.Source != "user:anna" || len(c.Consents) != 2 {
				t.Errorf("consents are %+v", c.Consents)
			}
		},
		"an erased person's phone is nowhere in the files, and sums stay": func(t *testing.T, b *bench) {
			m := b.spread(t)
			if len(b.naming(t, "9990000001")) == 0 {
				t.Fatal("the phone is not in the files before the erasure: the search finds nothing")
			}
			e, err := b.EraseContact(t.Context(), m.ContactID)
			must(t, err)
			if e.Messages != 1 || e.Bodies != 1 || e.Callbacks != 1 {
				t.Errorf("erased %+v, want one of each", e)
			}
			if files := b.naming(t, "9990000001"); len(files) > 0 {
				t.Errorf("the phone is in %v after the erasure (%+v)", files, e)
			}
			got, err := b.Message(t.Context(), m.ID)
			must(t, err)
			if !got.To.IsZero() || got.Text != "" || got.Status != message.Cancelled || got.Segments != 1 {
				t.Errorf("message is %+v", got)
			}
			for _, a := range got.Tries {
				if a.Outcome != nil {
					t.Errorf("attempt %d still tells what the provider said: %+v", a.N, a.Outcome.Failure)
				}
			}
			_, err = b.Contact(t.Context(), m.ContactID)
			b.refuses(t, "the contact", err, store.ErrNotFound)
			_, err = b.ResendMessage(t.Context(), m.ID, "anna")
			b.refuses(t, "resend", err, store.ErrNotAllowed)
			_, err = b.EraseContact(t.Context(), m.ContactID)
			b.refuses(t, "second erasure", err, store.ErrNotFound)
			if h, err := b.History(t.Context(), m.OrderID); err != nil || h.Contact != nil || len(h.Messages) != 1 {
				t.Errorf("history is %+v, %v", h, err)
			}
			c := b.bind(t, 1, guidA)
			if c.ID == m.ContactID || len(c.Consents) != 1 {
				t.Errorf("who comes again is a new person: %+v", c)
			}
		},
		"a person whose text is being sent is not erased under it": func(t *testing.T, b *bench) {
			m := b.queued(t)
			_, _, err := b.ClaimMessages(t.Context(), "main", 1, b.now())
			must(t, err)
			_, err = b.EraseContact(t.Context(), m.ContactID)
			b.refuses(t, "erasure", err, store.ErrNotAllowed)
			if _, err := b.Contact(t.Context(), m.ContactID); err != nil {
				t.Error(err)
			}
		},
	}
}

// addOf stores an event that came with the key of a restaurant; with none for the empty text.
func (b *bench) addOf(t *testing.T, restaurant string) string {
	t.Helper()
	name := nextName()
	id, _, err := b.AddEvent(t.Context(), kds.Event{Source: "http", Restaurant: restaurant, Body: []byte("<RK7/>" + name), Key: kds.Key{Hash: name, Dated: true}})
	must(t, err)
	return id
}

// spread puts phone 1 into every place where it can stand: a queued text among hundreds of others, moved
// again and again so that the engine rearranges its pages; a posting; a callback; notes and outcomes.
func (b *bench) spread(t *testing.T) message.Message {
	t.Helper()
	m := b.queued(t, func(m *message.Message) { m.Text = "Позвоните на +79990000001: заказ готов" })
	body := strings.Repeat("<Dish name=\"Борщ\"/>", 40) + "<Guest phone=\"+79990000001\"/>"
	_, _, err := b.AddEvent(t.Context(), kds.Event{Source: "http", Body: []byte(body), Key: kds.Key{Hash: nextName(), Dated: true}})
	must(t, err)
	callback, err := b.AddCallback(t.Context(), message.Callback{Account: "main", At: b.now(), Method: "POST", Query: "phone=79990000001", Body: []byte("to=79990000001")})
	must(t, err)
	must(t, b.EndCallback(t.Context(), message.Callback{ID: callback, Account: "main"}, message.CallbackTaken, ""))
	for range 3 {
		_, attempts, err := b.ClaimMessages(t.Context(), "main", 10, b.now())
		must(t, err)
		for _, a := range attempts {
			ended := b.now()
			a.EndedAt = &ended
			who := "89990000001"
			if a.MessageID != m.ID {
				who = "89990000002"
			}
			a.Outcome = &message.Outcome{Failure: &message.Failure{Reason: message.Unavailable, Detail: "to " + who + ": " + strings.Repeat("busy ", 30)}}
			if a.MessageID == m.ID && a.N == 2 { // the number is masked, the text is not
				a.Outcome.Failure = &message.Failure{Reason: message.Unavailable, Raw: "not sent: Позвоните на +7999•••0001: заказ готов"}
			}
			b.finishes(t, a, message.Move{Status: message.Queued, Account: "main", NextAt: b.now(), Reason: message.Unavailable, Note: "to " + who + " " + strings.Repeat("busy ", 30)})
		}
		o := b.sample(nextID(), nextName())
		c := b.bind(t, 2, o.Ref.GUID)
		var others []message.Message
		for i := range 100 {
			others = append(others, b.text(o, c, fmt.Sprint(o.ID, "/", i)))
		}
		b.saveTexts(t, o, others)
	}
	return m
}

// naming lists the files of the data folder in which the bytes stand.
func (b *bench) naming(t *testing.T, digits string) (files []string) {
	t.Helper()
	must(t, filepath.WalkDir(b.folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path) //nolint:gosec // the case's own folder
		if bytes.Contains(data, []byte(digits)) {
			files = append(files, filepath.Base(path))
		}
		return err
	}))
	return files
}

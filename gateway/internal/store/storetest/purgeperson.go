package storetest

import (
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// purgePersonCases are people who were bound to an order 31 days ago.
func purgePersonCases() map[string]func(*testing.T, *bench) {
	cases := map[string]func(*testing.T, *bench){}
	ads := func(given bool) func(*bench, *testing.T, *contact.Contact) {
		return func(b *bench, t *testing.T, c *contact.Contact) {
			b.bindAs(t, contact.Binding{Restaurant: restaurant, GUID: guidB, Phone: c.Phone, Consent: contact.Consent{Category: contact.Marketing, Given: true, GivenAt: b.now()}})
			if !given {
				must(t, b.WithdrawConsent(t.Context(), c.ID, contact.Marketing, "user:anna"))
			}
		}
	}
	boundAgain := func(b *bench, t *testing.T, c *contact.Contact) {
		b.hearsOf(t, guidB)
		b.bindAs(t, contact.Binding{Restaurant: restaurant, GUID: guidB, Phone: c.Phone})
	}
	waits := func(b *bench, t *testing.T, c *contact.Contact) {
		b.bindAs(t, contact.Binding{Restaurant: restaurant, GUID: guidB, Phone: c.Phone})
	}
	heardOf := func(b *bench, t *testing.T, _ *contact.Contact) { b.hearsOf(t, guidA) }
	suppressed := func(b *bench, t *testing.T, c *contact.Contact) {
		must(t, b.SuppressContact(t.Context(), c.ID, "asked at the till"))
	}
	released := func(b *bench, t *testing.T, c *contact.Contact) {
		suppressed(b, t, c)
		must(t, b.SuppressContact(t.Context(), c.ID, ""))
	}
	withdrew := func(b *bench, t *testing.T, c *contact.Contact) {
		must(t, b.WithdrawConsent(t.Context(), c.ID, contact.Transactional, "user:anna"))
	}
	const early, late = 0, 20 * day // when it happens; the purge is on day 31
	for name, c := range map[string]struct {
		at    time.Duration
		then  func(*bench, *testing.T, *contact.Contact)
		stays bool
	}{
		"who does not come any more goes":                        {early, nil, false},
		"who took back what he had agreed to goes":               {early, ads(false), false},
		"who took back the consent to texts about an order goes": {early, withdrew, false},
		"who was suppressed and may be texted again goes":        {early, released, false},
		"who was suppressed until lately stays for now":          {late, released, true},
		"whom nobody may text stays, however long it is":         {early, suppressed, true},
		"who agreed to more than texts about an order stays":     {early, ads(true), true},
		"who was bound to an order since stays":                  {late, boundAgain, true},
		"who waits for an order that is still to come stays":     {late, waits, true},
		"whose order was heard of since stays":                   {late, heardOf, true},
	} {
		cases[name] = func(t *testing.T, b *bench) {
			m := b.ended(t)
			who, err := b.Contact(t.Context(), m.ContactID)
			must(t, err)
			b.clock.pass(c.at)
			if c.then != nil {
				c.then(b, t, who)
			}
			b.clock.pass(31*day - c.at)
			want := store.Purged{Texts: 1}
			if !c.stays {
				want.People = 1
			}
			b.purges(t, store.Retention{Texts: 30 * day}, want)
			now, err := b.Contact(t.Context(), m.ContactID)
			if c.stays {
				must(t, err)
				if now.Phone != who.Phone || len(now.Consents) < len(who.Consents) {
					t.Errorf("who stays is %+v, was %+v", now, who)
				}
				return
			}
			b.refuses(t, "the person", err, store.ErrNotFound)
			h, err := b.History(t.Context(), m.OrderID) // fails when the order still names him
			must(t, err)
			if h.Contact != nil || len(h.Messages) != 1 {
				t.Errorf("history is %+v", h)
			}
			again := b.bind(t, 1, guidA)
			if again.ID == m.ContactID || len(again.Consents) != 1 || !again.May(contact.Transactional, b.now()).OK() {
				t.Errorf("who comes again is not a new person: %+v", again)
			}
		}
	}
	cases["who waits for an order by a setting of a day stays until the wait is over"] = func(t *testing.T, b *bench) {
		c := b.bind(t, 1, guidA)
		b.clock.pass(29 * day)
		b.purges(t, store.Retention{Texts: day}, store.Purged{})
		b.hearsOf(t, guidA)
		if found, err := b.FindContacts(t.Context(), []order.Order{b.sample("", guidA)}); err != nil || found[0] == nil || found[0].ID != c.ID {
			t.Errorf("the order that came has %+v, %v", found[0], err)
		}
	}
	return cases
}

// hearsOf stores that an order was heard of, the known one of the GUID if there is one.
func (b *bench) hearsOf(t *testing.T, guid string) {
	t.Helper()
	o := b.sample(nextID(), guid)
	found, err := b.FindOrders(t.Context(), []order.Order{o})
	must(t, err)
	if found[0] != nil {
		o.ID = found[0].ID
	}
	b.save(t, rule.Decided{Orders: []order.Order{o}})
}

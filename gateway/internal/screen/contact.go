package screen

import (
	"context"
	"errors"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// Contacts implements adminapi.Contacts.
func (s *Screen) Contacts(ctx context.Context, phone, after string, limit int) ([]adminapi.Contact, string, error) {
	whole, last4, err := phoneOf(phone)
	if err != nil {
		return nil, "", err
	}
	page, next, err := s.db.Contacts(ctx, store.ContactFilter{Phone: whole, Last4: last4, After: after, Limit: limit})
	if err != nil {
		return nil, "", refuse(err)
	}
	items := make([]adminapi.Contact, len(page))
	for i, c := range page {
		items[i] = person(c)
	}
	return items, next, nil
}

func person(c store.ListedContact) adminapi.Contact {
	return adminapi.Contact{
		ContactShort: adminapi.ContactShort{ID: c.ID, Phone: c.Phone.String()},
		Language:     c.Language, Consent: standing(c.Consents), Suppressed: c.Suppressed, Orders: c.Orders, Messages: c.Messages,
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
}

// standing is the consent to transactional texts as the last record of it says.
func standing(all []contact.Consent) string {
	word := "none"
	for _, c := range all {
		if c.Category != contact.Transactional {
			continue
		}
		if word = "withdrawn"; c.Given {
			word = "given"
		}
	}
	return word
}

// recentMost is how many messages a contact's page shows.
const recentMost = 20

// Contact implements adminapi.Contacts.
func (s *Screen) Contact(ctx context.Context, id, lang string) (adminapi.ContactDetail, error) {
	c, err := s.db.ContactListed(ctx, id)
	if err != nil {
		return adminapi.ContactDetail{}, refuse(err)
	}
	recent, _, err := s.db.Messages(ctx, message.Filter{ContactID: id, Limit: recentMost})
	if err != nil {
		return adminapi.ContactDetail{}, refuse(err)
	}
	d := adminapi.ContactDetail{Contact: person(*c), Consents: consents(c.Consents), Recent: []adminapi.Message{}}
	for _, m := range recent {
		d.Recent = append(d.Recent, s.message(m, lang))
	}
	return d, nil
}

func consents(all []contact.Consent) []adminapi.Consent {
	shown := []adminapi.Consent{}
	for _, c := range all {
		shown = append(shown, adminapi.Consent{
			Category: string(c.Category), Given: c.Given, GivenAt: c.GivenAt, Purpose: c.Purpose, PolicyVersion: c.PolicyVersion,
			Source: c.Source, RecordedAt: c.RecordedAt,
		})
	}
	return shown
}

// ChangeContact implements adminapi.Contacts.
func (s *Screen) ChangeContact(ctx context.Context, who adminapi.Caller, id string, change adminapi.ContactChange) (adminapi.ContactDetail, error) {
	if (change.Withdraw != "") == (change.Suppress != nil) {
		return adminapi.ContactDetail{}, problem.RefuseField("withdraw", problem.FieldInvalid)
	}
	var err error
	if change.Suppress != nil {
		err = s.db.SuppressContact(ctx, id, *change.Suppress)
	} else if category, ok := contact.ParseCategory(change.Withdraw); ok {
		err = s.db.WithdrawConsent(ctx, id, category, "user:"+who.Name)
	} else {
		return adminapi.ContactDetail{}, problem.RefuseField("withdraw", problem.FieldInvalid)
	}
	if err != nil {
		return adminapi.ContactDetail{}, refuse(err)
	}
	return s.Contact(ctx, id, who.Language)
}

// RevealPhone implements adminapi.PersonalData.
func (s *Screen) RevealPhone(ctx context.Context, _ adminapi.Caller, id string) (string, error) {
	c, err := s.db.Contact(ctx, id)
	if err != nil {
		return "", refuse(err)
	}
	return c.Phone.Reveal(), nil
}

// exportMost bounds the messages of an export: no guest has so many.
const exportMost = 10_000

// ExportContact implements adminapi.PersonalData.
func (s *Screen) ExportContact(ctx context.Context, who adminapi.Caller, id string) (adminapi.ContactExport, error) {
	c, err := s.db.ContactListed(ctx, id)
	if err != nil {
		return adminapi.ContactExport{}, refuse(err)
	}
	e := adminapi.ContactExport{
		Phone: c.Phone.Reveal(), Contact: person(*c), Consents: consents(c.Consents), Messages: []adminapi.Message{}, Orders: []adminapi.Order{}, At: s.opt.Now(),
	}
	for f := (message.Filter{ContactID: id, Limit: 500}); len(e.Messages) < exportMost; {
		page, next, err := s.db.Messages(ctx, f)
		if err != nil {
			return adminapi.ContactExport{}, refuse(err)
		}
		for _, m := range page {
			e.Messages = append(e.Messages, s.message(m, who.Language))
		}
		if f.After = next; next == "" {
			break
		}
	}
	orders, err := s.db.OrdersOfContact(ctx, id)
	for _, o := range orders {
		e.Orders = append(e.Orders, s.order(o))
	}
	return e, refuse(err)
}

// EraseContact implements adminapi.PersonalData.
func (s *Screen) EraseContact(ctx context.Context, _ adminapi.Caller, id string) error {
	erased, err := s.db.EraseContact(ctx, id)
	if errors.Is(err, store.ErrTraces) { // the person is gone; what is left goes with the next compaction
		s.opt.Log.Warn("a person is erased, but the file holds traces until it is compacted", "contact", id)
		err = nil
	}
	if err == nil {
		s.opt.Log.Info("a person was erased", "contact", id, "messages", erased.Messages, "postings", erased.Bodies, "callbacks", erased.Callbacks, "compacted", erased.Compacted)
	}
	return refuse(err)
}

package screen_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

func TestAContactIsMaskedUntilSomebodyLooks(t *testing.T) {
	t.Parallel()
	s := setup(t)
	m := s.told(t, "12.1")
	for _, asked := range []string{"", "0001", "8 999 000 00 01"} {
		page, _, err := s.Contacts(t.Context(), asked, "", 0)
		must(t, err)
		if len(page) != 1 || page[0].Phone != "+7999•••0001" || page[0].Consent != "given" || page[0].Orders != 1 || page[0].Messages != 1 {
			t.Errorf("by %q: %+v", asked, page)
		}
	}
	d, err := s.Contact(t.Context(), m.ContactID, "ru")
	must(t, err)
	if len(d.Consents) != 1 || len(d.Recent) != 1 || strings.Contains(fmt.Sprintf("%+v", d), "9990000001") {
		t.Errorf("contact is %+v", d)
	}
	shown, err := s.RevealPhone(t.Context(), anna, m.ContactID)
	must(t, err)
	if shown != phone {
		t.Errorf("revealed %q", shown)
	}
	e, err := s.ExportContact(t.Context(), anna, m.ContactID)
	must(t, err)
	if e.Phone != phone || len(e.Messages) != 1 || len(e.Orders) != 1 || len(e.Consents) != 1 || !e.At.Equal(s.now()) {
		t.Errorf("export is %+v", e)
	}
}

func TestAContactIsSuppressedReleasedAndWithdrawn(t *testing.T) {
	t.Parallel()
	s := setup(t)
	m := s.told(t, "12.1")
	why, none := "asked by phone", ""
	_, err := s.ChangeContact(t.Context(), anna, m.ContactID, adminapi.ContactChange{})
	refused(t, "no change", err, problem.FieldsInvalid)
	_, err = s.ChangeContact(t.Context(), anna, m.ContactID, adminapi.ContactChange{Withdraw: "transactional", Suppress: &why})
	refused(t, "two changes", err, problem.FieldsInvalid)
	_, err = s.ChangeContact(t.Context(), anna, m.ContactID, adminapi.ContactChange{Withdraw: "all"})
	refused(t, "a category that is none", err, problem.FieldsInvalid)
	d, err := s.ChangeContact(t.Context(), anna, m.ContactID, adminapi.ContactChange{Suppress: &why})
	must(t, err)
	if d.Suppressed != why || d.Recent[0].Status != "cancelled" {
		t.Errorf("suppressed is %+v", d)
	}
	if d, err = s.ChangeContact(t.Context(), anna, m.ContactID, adminapi.ContactChange{Suppress: &none}); err != nil || d.Suppressed != "" {
		t.Errorf("released is %+v, %v", d, err)
	}
	if d, err = s.ChangeContact(t.Context(), anna, m.ContactID, adminapi.ContactChange{Withdraw: "transactional"}); err != nil || d.Consent != "withdrawn" || d.Consents[1].Source != "user:anna" {
		t.Errorf("withdrawn is %+v, %v", d, err)
	}
}

func TestAnErasedContactIsGoneAndItsMessagesStayWithoutText(t *testing.T) {
	t.Parallel()
	s := setup(t)
	m := s.told(t, "12.1")
	must(t, s.EraseContact(t.Context(), anna, m.ContactID))
	_, err := s.Contact(t.Context(), m.ContactID, "ru")
	refused(t, "the contact", err, problem.NoSuchThing)
	d, err := s.Message(t.Context(), m.ID, "ru")
	must(t, err)
	if d.To != "" || d.Text != "" || d.Status != "cancelled" || len(d.Can) != 0 {
		t.Errorf("message is %+v", d)
	}
	o, err := s.Order(t.Context(), "12.1", "ru")
	must(t, err)
	if o.Guest != nil || o.Phone != "" || o.HasContact {
		t.Errorf("order is %+v", o)
	}
}

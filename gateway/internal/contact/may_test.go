package contact_test

import (
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
)

func TestMay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	phone := contact.StoredPhone("+79990000001")
	consent := func(c contact.Category, given bool) contact.Consent {
		return contact.Consent{Category: c, Given: given, GivenAt: now, RecordedAt: now}
	}
	const tx, ads = contact.Transactional, contact.Marketing
	tests := []struct {
		name     string
		contact  *contact.Contact
		category contact.Category
		want     contact.Refusal
	}{
		{"nobody has no number", nil, tx, contact.NoNumber},
		{"an erased phone is no number", &contact.Contact{Consents: []contact.Consent{consent(tx, true)}}, tx, contact.NoNumber},
		{"a consent permits", &contact.Contact{Phone: phone, Consents: []contact.Consent{consent(tx, true)}}, tx, ""},
		{"without a record nobody is texted", &contact.Contact{Phone: phone}, tx, contact.NeverAgreed},
		{"a consent for texts about orders is none for advertising", &contact.Contact{Phone: phone, Consents: []contact.Consent{consent(tx, true)}}, ads, contact.NeverAgreed},
		{"a consent for advertising is none for texts about orders", &contact.Contact{Phone: phone, Consents: []contact.Consent{consent(ads, true)}}, tx, contact.NeverAgreed},
		{"the last record counts: withdrawn", &contact.Contact{Phone: phone, Consents: []contact.Consent{consent(tx, true), consent(tx, false)}}, tx, contact.ConsentTaken},
		{"the last record counts: given again", &contact.Contact{Phone: phone, Consents: []contact.Consent{consent(tx, true), consent(tx, false), consent(tx, true)}}, tx, ""},
		{"a withdrawal for one category leaves the other", &contact.Contact{Phone: phone, Consents: []contact.Consent{consent(tx, true), consent(ads, false)}}, tx, ""},
		{"suppression wins over a consent", &contact.Contact{Phone: phone, Suppressed: "operator's stop list", Consents: []contact.Consent{consent(tx, true)}}, tx, contact.NotTexted},
		{"a category of tomorrow has no consent", &contact.Contact{Phone: phone, Consents: []contact.Consent{consent(tx, true)}}, "survey", contact.NeverAgreed},
		{"a clock that went back does not unmake a consent", &contact.Contact{Phone: phone, Consents: []contact.Consent{{Category: tx, Given: true, GivenAt: now.AddDate(1, 0, 0), RecordedAt: now.AddDate(1, 0, 0)}}}, tx, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := tt.contact.May(tt.category, now)
			if got.Refusal != tt.want || got.OK() != (tt.want == "") {
				t.Errorf("May(%s): got %+v, OK %v, want %q", tt.category, got, got.OK(), tt.want)
			}
		})
	}
}

func TestSuppressionKeepsItsCause(t *testing.T) {
	t.Parallel()
	c := contact.Contact{Phone: contact.StoredPhone("+79990000001"), Suppressed: "asked at the till"}
	if got := c.May(contact.Transactional, time.Time{}); got.Detail != "asked at the till" {
		t.Errorf("May: got %+v, want the cause as recorded", got)
	}
}

func TestParseCategory(t *testing.T) {
	t.Parallel()
	for _, c := range contact.Categories() {
		if got, ok := contact.ParseCategory(string(c)); !ok || got != c {
			t.Errorf("ParseCategory(%q): got %q, %v", c, got, ok)
		}
	}
	for _, text := range []string{"", "Transactional", "ads", "transactional "} {
		if got, ok := contact.ParseCategory(text); ok {
			t.Errorf("ParseCategory(%q): got %q, want none", text, got)
		}
	}
}

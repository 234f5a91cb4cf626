// Package contact holds people: phone, language, consents, and whether they may be texted now.
// It is pure: no clock, no disk, no network.
package contact

import "time"

// Contact is a person who may be texted. One phone is one contact.
type Contact struct {
	ID         string    `json:"id"` // ULID
	Phone      Phone     `json:"phone"`
	Language   string    `json:"language,omitempty"`   // "ru", "en"; empty: the configured default
	Consents   []Consent `json:"consents,omitempty"`   // in order of record; the last one of a category counts
	Suppressed string    `json:"suppressed,omitempty"` // why nobody may text this person; empty: nothing against it
}

// Consent is a permission (or its withdrawal) for one category: a record, never updated.
type Consent struct {
	Category      Category  `json:"category"`
	Given         bool      `json:"given"`
	GivenAt       time.Time `json:"given_at"` // when the person said so, by the source's clock
	Purpose       string    `json:"purpose,omitempty"`
	PolicyVersion string    `json:"policy_version,omitempty"`
	Source        string    `json:"source,omitempty"` // "qr_menu", an API key's name
	RecordedAt    time.Time `json:"recorded_at"`      // our clock
}

// Binding ties a contact to an order: "who waits for order 12.1". The order is named by any one of
// GUID, Visit+Ident, or Number within Restaurant; it may not exist yet.
type Binding struct {
	Restaurant string
	GUID       string
	Visit      string
	Ident      string
	Number     string
	Phone      Phone
	Language   string
	Consent    Consent
	At         time.Time // our clock
}

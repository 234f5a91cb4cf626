package adminapi

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// ContactShort is a person as others refer to him.
type ContactShort struct {
	ID    string `json:"id"`
	Phone string `json:"phone" doc:"Masked."`
}

// Contact is a person who may be texted.
type Contact struct {
	ContactShort
	Language   string    `json:"language,omitempty"`
	Consent    string    `json:"consent" enum:"given,withdrawn,none" doc:"To transactional texts, as it stands."`
	Suppressed string    `json:"suppressed,omitempty" doc:"Why nobody may text this person."`
	Orders     int       `json:"orders"`
	Messages   int       `json:"messages"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

// ContactDetail is a person with the record of consents.
type ContactDetail struct {
	Contact
	Consents []Consent `json:"consents" nullable:"false"`
	Recent   []Message `json:"recent_messages" nullable:"false"`
}

// Consent is a permission, or its withdrawal; a record that is never changed.
type Consent struct {
	Category      string    `json:"category"`
	Given         bool      `json:"given"`
	GivenAt       time.Time `json:"given_at"`
	Purpose       string    `json:"purpose,omitempty"`
	PolicyVersion string    `json:"policy_version,omitempty"`
	Source        string    `json:"source,omitempty"`
	RecordedAt    time.Time `json:"recorded_at"`
}

// Contacts lists people and does what they ask for. Refusal: NoSuchThing.
type Contacts interface {
	Contacts(ctx context.Context, phone, after string, limit int) (items []Contact, next string, err error)
	Contact(ctx context.Context, id, lang string) (ContactDetail, error)
	// ChangeContact records a withdrawal of consent, or suppresses and releases the person.
	ChangeContact(ctx context.Context, who Caller, id string, change ContactChange) (ContactDetail, error)
	PersonalData
}

// PersonalData is what shows, exports and erases what is known of a person; each use is in the audit log.
type PersonalData interface {
	RevealPhone(ctx context.Context, who Caller, id string) (phone string, err error)
	ExportContact(ctx context.Context, who Caller, id string) (ContactExport, error)
	EraseContact(ctx context.Context, who Caller, id string) error
}

// ContactChange is what a person asked for; exactly one is set.
type ContactChange struct {
	Withdraw string  `json:"withdraw,omitempty" enum:"transactional,marketing" doc:"The category whose consent is withdrawn."`
	Suppress *string `json:"suppress,omitempty" maxLength:"200" doc:"Why nobody may text this person; empty: release."`
}

// ContactExport is all that is stored of a person.
type ContactExport struct {
	Phone    string    `json:"phone"`
	Contact  Contact   `json:"contact"`
	Consents []Consent `json:"consents" nullable:"false"`
	Messages []Message `json:"messages" nullable:"false"`
	Orders   []Order   `json:"orders" nullable:"false"`
	At       time.Time `json:"exported_at"`
}

// Phone is a phone in full.
type Phone struct {
	Phone string `json:"phone" doc:"E.164"`
}

func (a *API) contacts() {
	s := a.opt.Services.Contacts
	type query struct {
		Paging
		Phone string `query:"phone" maxLength:"32" doc:"The last four digits, or the whole number."`
	}
	type change struct {
		ByID
		Body ContactChange
	}
	add(a, call{id: "list-contacts", method: "GET", path: "/contacts", tag: "Contacts", summary: "List contacts, the latest first", may: access.ContactsRead},
		func(ctx context.Context, _ Caller, in *query) (*body[Page[Contact]], error) {
			items, next, err := s.Contacts(ctx, in.Phone, in.After, in.Limit)
			return page(items, next), err
		})
	add(a, call{id: "get-contact", method: "GET", path: "/contacts/{id}", tag: "Contacts", summary: "One contact with its consents", may: access.ContactsRead},
		func(ctx context.Context, who Caller, in *ByID) (*body[ContactDetail], error) {
			return answered(s.Contact(ctx, in.ID, who.Language))
		})
	add(a, call{id: "change-contact", method: "POST", path: "/contacts/{id}", tag: "Contacts", summary: "Record a withdrawal, or suppress and release", may: access.ContactsWrite},
		func(ctx context.Context, who Caller, in *change) (*body[ContactDetail], error) {
			return answered(s.ChangeContact(ctx, who, in.ID, in.Body))
		})
	add(a, call{id: "reveal-phone", method: "POST", path: "/contacts/{id}/reveal", tag: "Contacts", summary: "The phone in full; the audit log says who looked", may: access.ContactsReveal},
		func(ctx context.Context, who Caller, in *ByID) (*body[Phone], error) {
			phone, err := s.RevealPhone(ctx, who, in.ID)
			return answered(Phone{Phone: phone}, err)
		})
	add(a, call{id: "export-contact", method: "POST", path: "/contacts/{id}/export", tag: "Contacts", summary: "All that is stored of a person", may: access.ContactsExport, fresh: true},
		func(ctx context.Context, who Caller, in *ByID) (*body[ContactExport], error) {
			return answered(s.ExportContact(ctx, who, in.ID))
		})
	add(a, call{id: "erase-contact", method: "DELETE", path: "/contacts/{id}", tag: "Contacts", summary: "Take a person out of the database", may: access.ContactsErase, fresh: true},
		func(ctx context.Context, who Caller, in *ByID) (*nothing, error) {
			return &nothing{}, s.EraseContact(ctx, who, in.ID)
		})
}

package adminapi

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// Restaurant is one restaurant whose events come in.
type Restaurant struct {
	Code        string     `json:"code" minLength:"1" maxLength:"64" doc:"r_keeper RestCode; * matches any."`
	Name        string     `json:"name" maxLength:"200" doc:"{restaurant_name}"`
	Timezone    string     `json:"timezone" maxLength:"64" doc:"IANA: Europe/Moscow"`
	IntakeKey   Secret     `json:"intake_key"`
	OrderStage  string     `json:"order_stage" enum:"least,most,last"`
	OrderNumber string     `json:"order_number" enum:"orderName,seqNumber,table"`
	LastEvent   *time.Time `json:"last_event,omitempty" readOnly:"true" doc:"Of *: the last of all codes that no restaurant has."`
	Declared    bool       `json:"declared" readOnly:"true" doc:"Stands in orderbell.yaml: read-only here."`
}

// Secret is written, never read: answers say whether there is one and its last characters.
type Secret struct {
	Set   bool    `json:"set" readOnly:"true"`
	Hint  string  `json:"hint,omitempty" readOnly:"true" doc:"…a1f9"`
	Value *string `json:"value,omitempty" writeOnly:"true" maxLength:"4096" doc:"Absent: as it is; empty: none."`
}

// RestaurantPage is all restaurants; the list is saved as one.
type RestaurantPage struct {
	Restaurants []Restaurant `json:"restaurants" nullable:"false" maxItems:"2000"`
	Seen        []string     `json:"seen" nullable:"false" doc:"Codes in events of the last 30 days that no restaurant has."`
	Revision    int64        `json:"revision"`
}

// Restaurants reads and saves restaurants. Refusals: Stale, Declared, FieldsInvalid.
type Restaurants interface {
	Restaurants(ctx context.Context) (RestaurantPage, error)
	SaveRestaurants(ctx context.Context, who Caller, list []Restaurant, revision int64) (RestaurantPage, error)
	// NewIntakeKey makes a key for a restaurant and gives it, once, with the whole address to paste.
	NewIntakeKey(ctx context.Context, who Caller, code string) (IntakeKey, error)
}

// IntakeKey is a fresh intake key.
type IntakeKey struct {
	Key       string   `json:"key"`
	Addresses []string `json:"addresses" nullable:"false" doc:"What to paste into the cash server."`
}

func (a *API) restaurants() {
	s := a.opt.Services.Restaurants
	type save struct {
		Body struct {
			Restaurants []Restaurant `json:"restaurants" maxItems:"2000"`
			Revision    int64        `json:"revision"`
		}
	}
	type byCode struct {
		Code string `path:"code" maxLength:"64"`
	}
	add(a, call{id: "get-restaurants", method: "GET", path: "/settings/restaurants", tag: "Settings", summary: "Restaurants", may: access.SettingsRead},
		func(ctx context.Context, _ Caller, _ *struct{}) (*body[RestaurantPage], error) {
			return answered(s.Restaurants(ctx))
		})
	add(a, call{id: "put-restaurants", method: "PUT", path: "/settings/restaurants", tag: "Settings", summary: "Save the list of restaurants", may: access.SettingsWrite, told: true},
		func(ctx context.Context, who Caller, in *save) (*body[RestaurantPage], error) {
			return answered(s.SaveRestaurants(ctx, who, in.Body.Restaurants, in.Body.Revision))
		})
	add(a, call{id: "new-intake-key", method: "POST", path: "/settings/restaurants/{code}/intake-key", tag: "Settings", summary: "Make a new intake key; it is shown once", may: access.SettingsWrite, fresh: true, told: true},
		func(ctx context.Context, who Caller, in *byCode) (*body[IntakeKey], error) {
			return answered(s.NewIntakeKey(ctx, who, in.Code))
		})
}

package adminapi

import (
	"context"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// NotificationSettings is the no-code page: the settings of the shipped rule order-stage.js.
type NotificationSettings struct {
	Enabled     bool       `json:"enabled"`
	Route       []string   `json:"route" nullable:"false" maxItems:"20" doc:"Accounts in order of preference."`
	Stage       string     `json:"stage" enum:"kdsStarted,kdsReady,kdsOut,kdsCollect,kdsCollected"`
	Template    string     `json:"template" maxLength:"2000" doc:"With {order_number} and {restaurant_name}."`
	Expires     string     `json:"expires" maxLength:"20" doc:"A duration: 20m"`
	QuietHours  QuietHours `json:"quiet_hours"`
	OnUnknown   string     `json:"on_unknown" enum:"hold,resend"`
	ContactWait string     `json:"contact_wait" maxLength:"20" doc:"A duration: 15m"`
}

// QuietHours is when nobody is texted, in the restaurant's zone; both empty: never.
type QuietHours struct {
	From string `json:"from" maxLength:"5" doc:"HH:MM"`
	To   string `json:"to" maxLength:"5" doc:"HH:MM"`
}

// NotificationPage is the settings with what the page needs beside them.
type NotificationPage struct {
	Settings NotificationSettings `json:"settings"`
	Declared []string             `json:"declared" nullable:"false" doc:"Fields that orderbell.yaml declares: read-only here."`
	Revision int64                `json:"revision" doc:"Give it back when saving."`
	Triggers []string             `json:"triggers" nullable:"false" doc:"The statuses that will trigger a text: the chosen one and all above it."`
}

// Preview is the very text that a guest would get.
type Preview struct {
	Text        string     `json:"text"`
	OrderNumber string     `json:"order_number"`
	Restaurant  string     `json:"restaurant_name"`
	Real        bool       `json:"real" doc:"Made from the last real order; else from an example."`
	Encoding    string     `json:"encoding" enum:"GSM-7,UCS-2"`
	Characters  int        `json:"characters"`
	Segments    int        `json:"segments"`
	Left        int        `json:"left" doc:"Characters that still fit into the last segment."`
	Cost        *Money     `json:"cost,omitempty" doc:"By the first account of the route, when its provider tells prices."`
	CostWhy     string     `json:"cost_why,omitempty" doc:"Why there is no price."`
	Warnings    []Finding  `json:"warnings" nullable:"false"`
	LastDay     DayPreview `json:"last_day"`
}

// DayPreview is what the settings would have done in the last 24 hours.
type DayPreview struct {
	Texts  int    `json:"texts"`
	Orders int    `json:"orders" doc:"Orders that were looked at."`
	Cost   *Money `json:"cost,omitempty"`
}

// Imported is what the pasted settings of the vendor's module come to; nothing is saved yet.
type Imported struct {
	Provider string                `json:"provider" doc:"Empty: no provider of ours fits."`
	Settings map[string]string     `json:"settings" nullable:"false" doc:"For the account, without secrets that were not pasted."`
	Page     *NotificationSettings `json:"notifications,omitempty" doc:"What is in force, changed by what was pasted; absent: nothing was said of it."`
	Revision int64                 `json:"notifications_revision" doc:"Of what is in force: give it back when saving the notifications."`
	Named    string                `json:"restaurant_name,omitempty" doc:"How the restaurant is called there."`
	Findings []Finding             `json:"findings" nullable:"false" doc:"What was understood, and what not."`
}

// Notifications reads and saves the no-code page. Refusals: Stale, Declared, FieldsInvalid.
type Notifications interface {
	Notifications(ctx context.Context) (NotificationPage, error)
	SaveNotifications(ctx context.Context, who Caller, s NotificationSettings, revision int64) (NotificationPage, error)
	PreviewNotifications(ctx context.Context, s NotificationSettings, restaurant, lang string) (Preview, error)
	ImportSettings(ctx context.Context, pasted, lang string) (Imported, error)
}

func (a *API) notifications() {
	s := a.opt.Services.Notifications
	type save struct {
		Body struct {
			Settings NotificationSettings `json:"settings"`
			Revision int64                `json:"revision"`
		}
	}
	type preview struct {
		Body struct {
			Settings   NotificationSettings `json:"settings"`
			Restaurant string               `json:"restaurant_code,omitempty" maxLength:"64"`
		}
	}
	type paste struct {
		Body struct {
			Text string `json:"text" minLength:"1" maxLength:"20000"`
		}
	}
	add(a, call{id: "get-notifications", method: "GET", path: "/settings/notifications", tag: "Settings", summary: "The no-code page", may: access.SettingsRead},
		func(ctx context.Context, _ Caller, _ *struct{}) (*body[NotificationPage], error) {
			return answered(s.Notifications(ctx))
		})
	add(a, call{id: "put-notifications", method: "PUT", path: "/settings/notifications", tag: "Settings", summary: "Save the no-code page; it holds at once", may: access.SettingsWrite, told: true},
		func(ctx context.Context, who Caller, in *save) (*body[NotificationPage], error) {
			return answered(s.SaveNotifications(ctx, who, in.Body.Settings, in.Body.Revision))
		})
	add(a, call{id: "preview-notifications", method: "POST", path: "/settings/notifications/preview", tag: "Settings", summary: "The text that these settings would give; nothing is saved", may: access.SettingsRead, dry: true},
		func(ctx context.Context, who Caller, in *preview) (*body[Preview], error) {
			return answered(s.PreviewNotifications(ctx, in.Body.Settings, in.Body.Restaurant, who.Language))
		})
	add(a, call{id: "import-settings", method: "POST", path: "/settings/import", tag: "Settings", summary: "Understand the pasted settings of the vendor's module; nothing is saved", may: access.SettingsWrite, dry: true},
		func(ctx context.Context, who Caller, in *paste) (*body[Imported], error) {
			return answered(s.ImportSettings(ctx, in.Body.Text, who.Language))
		})
}

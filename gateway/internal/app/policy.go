package app

import (
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/pipeline"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// policies turns the configuration into what the Decide loop asks for.
func policies(cfg *config.Config) pipeline.Policies {
	n := cfg.Notifications
	base := pipeline.Policy{
		Language: cfg.Language,
		Notifications: rule.Notifications{
			Enabled: n.Enabled, Stage: n.Stage, Template: n.Template, Expires: n.Expires,
		},
		Route: n.Route, OnUnknown: message.OnUnknown(n.OnUnknown), ContactWait: n.ContactWait, Quiet: n.QuietHours,
	}
	return func(code string) pipeline.Policy {
		r := cfg.Restaurant(code)
		p := base
		p.Code, p.Name, p.Zone = code, r.Name, r.Timezone
		p.Stage, p.Number = r.OrderStage, string(r.Number)
		return p
	}
}

// orderNumber gives what guests know an order by: bindings by number and lists look it up.
func orderNumber(cfg *config.Config) func(order.Order) string {
	return func(o order.Order) string { return order.Number(o, string(cfg.Restaurant(o.Restaurant).Number)) }
}

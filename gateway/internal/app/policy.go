package app

import (
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/pipeline"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// policies turns the configuration of each moment into what the Decide loop asks for.
func policies(now func() *config.Config) pipeline.Policies {
	return func(code string) pipeline.Policy {
		cfg := now()
		n, r := cfg.Notifications, cfg.Restaurant(code)
		return pipeline.Policy{
			Code: code, Name: r.Name, Zone: r.Timezone, Stage: r.OrderStage, Number: string(r.Number), Language: cfg.Language,
			Notifications: rule.Notifications{
				Enabled: n.Enabled, Stage: n.Stage, Template: n.Template, Expires: n.Expires,
			},
			Route: n.Route, OnUnknown: message.OnUnknown(n.OnUnknown), ContactWait: n.ContactWait, Quiet: n.QuietHours,
		}
	}
}

// orderNumber gives what guests know an order by: bindings by number and lists look it up.
func orderNumber(now func() *config.Config) func(order.Order) string {
	return func(o order.Order) string { return order.Number(o, string(now().Restaurant(o.Restaurant).Number)) }
}

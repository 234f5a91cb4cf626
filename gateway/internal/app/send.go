package app

import (
	"context"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/sdk"
)

// sendValidity is how long a text that was sent by hand is worth delivering.
const sendValidity = time.Hour

// Sent is what became of a text that was sent by hand.
type Sent struct {
	ProviderID string // where the provider took it
	Segments   int
	Cost       string           // "4.20 RUB"; empty: not said
	Failure    *message.Failure // nil: the provider took it
}

// Send hands one text to the account's provider, at once and once: no rule is asked, no limit counts,
// and nothing is tried again. The text is real and may cost money.
func (p *Providers) Send(ctx context.Context, opts Options, account string, to contact.Phone, text string) (Sent, error) {
	segments := message.CountSegments(text).Parts
	now := opts.Now()
	outcomes := p.host.Send(ctx, account, []message.Outgoing{{
		ID: ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String(), Attempt: 1, To: to, Text: text,
		Category: contact.Transactional, NotAfter: now.Add(sendValidity), Segments: segments,
	}})
	if len(outcomes) != 1 {
		return Sent{}, fmt.Errorf("%d outcomes for one text", len(outcomes))
	}
	o := outcomes[0]
	if o.Accepted == nil {
		return Sent{Failure: o.Failure}, nil
	}
	sent := Sent{ProviderID: o.Accepted.ProviderID, Segments: max(o.Accepted.Segments, segments)}
	if c := o.Accepted.Cost; c != nil {
		sent.Cost = sdk.Money(*c).String()
	}
	return sent, nil
}

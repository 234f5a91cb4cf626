package main

import (
	"context"
	"slices"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// Estimate asks for prices in roubles with as few calls as sending would take (page sms/cost). A
// message that sms.ru would refuse has a Failure; a login that it refuses is an error.
func (a *account) Estimate(ctx context.Context, batch []sdk.Message) ([]sdk.Price, error) {
	prices := make(map[string]sdk.Price, len(batch))
	for part := range slices.Chunk(plain(batch), maxPerRequest) {
		for _, r := range a.requests(part) {
			for _, name := range []string{"test", "daytime"} { // they do not change a price
				r.form.Del(name)
			}
			body, err := a.call(ctx, "/sms/cost", r.form)
			if err != nil {
				return nil, err
			}
			quoted, err := quote(r.messages, body)
			if err != nil {
				return nil, err
			}
			for _, p := range quoted {
				prices[p.ID] = p
			}
		}
	}
	all := make([]sdk.Price, len(batch))
	for i, m := range batch {
		all[i] = prices[m.ID]
	}
	return all, nil
}

// plain leaves out what has no price and would only cost requests of their own.
func plain(batch []sdk.Message) []sdk.Message {
	out := slices.Clone(batch)
	for i := range out {
		out[i].NotAfter = time.Time{}
		out[i].Test = false
	}
	return out
}

// quote reads the prices of one request. When every recipient fails the totals are missing; they are
// not looked at anyway.
func quote(batch []sdk.Message, body []byte) ([]sdk.Price, error) {
	reply, err := read(body)
	if err != nil {
		return nil, err
	}
	refusal := reply.refusal()
	if refusal != nil && !aboutMessage(refusal.Reason) {
		return nil, refusal
	}
	prices := make([]sdk.Price, len(batch))
	for i, m := range batch {
		prices[i] = sdk.Price{ID: m.ID, Failure: refusal}
		if e, found := reply.SMS.of(m.To, len(batch) == 1); found {
			prices[i] = e.price(m.ID, body)
		} else if refusal == nil {
			prices[i].Failure = sdk.Fail(sdk.Internal, "the answer does not mention the recipient").WithRaw(string(body))
		}
	}
	return prices, nil
}

func (e entry) price(id string, body []byte) sdk.Price {
	code, ok := e.Code.number()
	switch {
	case !ok:
		return sdk.Price{ID: id, Failure: sdk.Fail(sdk.Internal, "the recipient's entry holds no status_code").WithRaw(string(body))}
	case code != codeOK:
		return sdk.Price{ID: id, Failure: failure(code, string(e.Words))}
	case e.Cost.money() == nil:
		return sdk.Price{ID: id, Failure: sdk.Fail(sdk.Internal, "the recipient's entry holds no cost").WithRaw(string(body))}
	}
	segments, _ := e.Segments.number()
	return sdk.Price{ID: id, Segments: max(segments, 0), Cost: e.Cost.money()}
}

// aboutMessage says whether a refusal speaks of the message and not of the account or the service.
func aboutMessage(r sdk.Reason) bool {
	return slices.Contains([]sdk.Reason{
		sdk.BadRecipient, sdk.BlockedRecipient, sdk.RejectedText, sdk.BadSender, sdk.Unsupported,
	}, r)
}

package main

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// lostID starts the ids that judge makes up when the true one was lost; sms.ru does not know them.
const lostID = "duplicate:"

// Lookup asks for the states of up to 100 messages a call (page sms/status). sms.ru finds a message
// by its own id only: a message whose id was lost stays sdk.StatusUnknown, and so does one that
// sms.ru does not find (code -1), because it has given that id out itself.
func (a *account) Lookup(ctx context.Context, queries []sdk.Query) ([]sdk.Receipt, error) {
	receipts := make([]sdk.Receipt, len(queries))
	var ids []string
	for i, q := range queries {
		receipts[i] = sdk.Receipt{OurID: q.OurID, ProviderID: q.ProviderID, Status: sdk.StatusUnknown}
		if q.ProviderID != "" && !strings.HasPrefix(q.ProviderID, lostID) && !strings.Contains(q.ProviderID, ",") {
			ids = append(ids, q.ProviderID)
		}
	}
	slices.Sort(ids)
	known := map[string]sdk.Receipt{}
	for part := range slices.Chunk(slices.Compact(ids), maxPerRequest) {
		body, err := a.call(ctx, "/sms/status", url.Values{"sms_id": {strings.Join(part, ",")}})
		if err != nil {
			return nil, err
		}
		if err := readStates(part, body, known); err != nil {
			return nil, err
		}
	}
	for i := range receipts {
		if r, found := known[receipts[i].ProviderID]; found {
			r.OurID = receipts[i].OurID
			receipts[i] = r
		}
	}
	return receipts, nil
}

// readStates puts what the answer says of the ids into known. An answer about none of them is not
// understood.
func readStates(ids []string, body []byte, known map[string]sdk.Receipt) error {
	reply, err := read(body)
	if err != nil {
		return err
	}
	if f := reply.refusal(); f != nil {
		return f
	}
	mentioned := false
	for _, id := range ids {
		e, found := reply.SMS[id]
		mentioned = mentioned || found
		known[id] = e.receipt(id)
	}
	if !mentioned {
		return sdk.Fail(sdk.Internal, "the answer mentions none of the messages").WithRaw(string(body))
	}
	return nil
}

// receipt reads one id's entry. Its status says whether the state was found, its code which it is.
func (e entry) receipt(id string) sdk.Receipt {
	r := sdk.Receipt{ProviderID: id, Status: sdk.StatusUnknown}
	code, ok := e.Code.number()
	if !ok {
		return r
	}
	r.Code = strconv.Itoa(code)
	if !strings.EqualFold(string(e.Status), "ERROR") {
		r.Status, r.Reason = stateOf(code)
		r.Cost = e.Cost.money()
	}
	return r
}

package main

import (
	"context"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"github.com/orderbell/orderbell/sdk"
)

// Lookup says what receipts and late answers have told of the messages, and keeps the account bound so
// that more can come. With query_sm the SMSC is asked about those that have no end yet. It says ABSENT
// only of a message that the SMSC itself refused for the moment.
func (a *account) Lookup(ctx context.Context, queries []sdk.Query) ([]sdk.Receipt, error) {
	a.keeper.start() //nolint:contextcheck // the connection outlives the call
	receipts := make([]sdk.Receipt, len(queries))
	for i, q := range queries {
		r := a.ledger.state(q)
		if a.Query && (r.Status == sdk.StatusUnknown || r.Status == sdk.StatusAccepted) {
			asked, err := a.query(ctx, q, r)
			if err != nil {
				return nil, err
			}
			r = asked
		}
		receipts[i] = r
		receipts[i].OurID = q.OurID
		if receipts[i].ProviderID == "" {
			receipts[i].ProviderID = q.ProviderID
		}
	}
	return receipts, nil
}

// query asks the SMSC about each unit of a message. What it does not say leaves known as it is.
func (a *account) query(ctx context.Context, q sdk.Query, known sdk.Receipt) (sdk.Receipt, error) {
	joined := q.ProviderID
	if joined == "" {
		joined = known.ProviderID
	}
	ids, total := idsOf(joined)
	var notices []notice
	for _, id := range ids {
		n, err := a.queryOne(ctx, id, a.ledger.sender(q.OurID))
		if err != nil {
			return sdk.Receipt{}, err
		}
		if n.code != "" {
			notices = append(notices, n)
		}
	}
	told := combine(notices, total)
	if told.Status == sdk.StatusUnknown {
		return known, nil
	}
	told.ProviderID = known.ProviderID
	return told, nil
}

// queryOne asks about one unit. The address must be the one it was sent from.
func (a *account) queryOne(ctx context.Context, id, sender string) (notice, error) {
	source, err := a.source(sender)
	if err != nil {
		return notice{}, err
	}
	question, _ := pdu.NewQuerySM().(*pdu.QuerySM) // it is one
	question.MessageID, question.SourceAddr = id, source
	f, err := a.ask(ctx, question, nil)
	if err != nil {
		return notice{}, err
	}
	answer, ok := f.unit.(*pdu.QuerySMResp)
	if f.status() != 0 || !ok || f.head.CommandID != data.QUERY_SM_RESP {
		a.Log.Debug("query_sm was refused", "status", f.status().code())
		return notice{}, nil
	}
	word := stateWords[answer.MessageState]
	n := notice{id: id, status: states[word], code: word, at: a.Now()}
	if word == "" {
		n.status = sdk.StatusUnknown
	}
	return n, nil
}

package main

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"sync"

	"github.com/orderbell/orderbell/sdk"
)

// lookups is how many statuses are asked for at the same time.
const lookups = 4

// messageID is what may stand in an address: our ids, and those that the app makes for others.
var messageID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,36}$`)

// Lookup asks for each message by our id, which the app keeps. One that was never there is told apart
// from one that was there and has been forgotten: the latter has an id of the operator.
func (a *account) Lookup(ctx context.Context, queries []sdk.Query) ([]sdk.Receipt, error) {
	receipts := make([]sdk.Receipt, len(queries))
	failures := make([]error, len(queries))
	slots := make(chan struct{}, lookups)
	var all sync.WaitGroup
	for i, q := range queries {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			receipts[i], failures[i] = a.lookup(ctx, q)
		})
	}
	all.Wait()
	failed := 0
	for _, err := range failures {
		if err != nil {
			failed++
		}
	}
	if failed == len(queries) {
		return receipts, errors.Join(failures...)
	}
	return receipts, nil
}

// lookup returns a receipt in any case: with an error, one that says nothing.
func (a *account) lookup(ctx context.Context, q sdk.Query) (sdk.Receipt, error) {
	receipt := sdk.Receipt{OurID: q.OurID, ProviderID: q.ProviderID, Status: sdk.StatusUnknown}
	id := q.ProviderID
	if id == "" {
		id = q.OurID
	}
	if !messageID.MatchString(id) {
		return receipt, nil
	}
	s, found, err := a.state(ctx, id)
	switch {
	case err != nil:
		return receipt, err
	case !found && q.ProviderID == "":
		receipt.Status = sdk.StatusAbsent
		return receipt, nil
	case !found:
		return receipt, nil // the app and the server forget old messages
	}
	v := s.verdict()
	receipt.ProviderID, receipt.Status, receipt.Reason, receipt.Code, receipt.At = id, v.status, v.reason, v.code, s.at()
	return receipt, nil
}

// state fetches a message; found is false for one that is not there.
func (a *account) state(ctx context.Context, id string) (s messageState, found bool, err error) {
	var body []byte
	err = a.call(ctx, func(login sdk.Option) error {
		return sdk.Get(ctx, a.HTTP, a.BaseURL+"/messages/"+id, &body, login)
	})
	if statusOf(err) == http.StatusNotFound && !foreign(err) {
		return messageState{}, false, nil
	}
	if err != nil {
		return messageState{}, false, err
	}
	if s, err = read(body); err != nil {
		return messageState{}, false, err
	}
	if string(s.ID) != id {
		return messageState{}, false, sdk.Fail(sdk.Internal, "the answer is about another message").WithRaw(string(body))
	}
	return s, true, nil
}

// foreign says whether a 404 is that of somebody else than SMSGate, who answers without a body (the
// app) or in JSON (the server): a wrong address must not look like a message that was never sent.
func foreign(err error) bool {
	var refused *sdk.StatusError
	return errors.As(err, &refused) && len(refused.Body) > 0 && words(err) == ""
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// account is one configured use of Beacon. Its methods are called from several goroutines at once.
type account struct {
	config
	sdk.Env
	sent atomic.Int64
}

// text is a message as Beacon wants it.
type text struct {
	Ref  string   `json:"ref"` // our id: the same ref is the same message
	To   string   `json:"to"`
	Text string   `json:"text"`
	From string   `json:"from,omitempty"`
	TTL  int      `json:"ttl,omitempty"` // seconds
	Tags []string `json:"tags,omitempty"`
}

// result is what Beacon says of a message.
type result struct {
	Ref      string      `json:"ref"`
	ID       string      `json:"id"`
	State    string      `json:"state"`
	Segments int         `json:"segments"`
	Price    json.Number `json:"price"` // "2.85" or 2.85
	Error    *fault      `json:"error"`
}

// fault is Beacon's refusal, of one message or of a whole call.
type fault struct {
	Code string `json:"code"`
}

// reasons is Beacon's table of codes. What is not in it is Internal: nobody knows what it means.
var reasons = map[string]sdk.Reason{
	"bad_number": sdk.BadRecipient, "landline": sdk.BadRecipient, "stop_list": sdk.BlockedRecipient,
	"spam": sdk.RejectedText, "too_long": sdk.RejectedText, "sender": sdk.BadSender, "no_money": sdk.NoMoney,
	"token": sdk.Unauthorized, "country": sdk.Unsupported, "busy": sdk.RateLimited, "maintenance": sdk.Unavailable,
}

func (f *fault) failure() *sdk.Failure {
	reason, known := reasons[f.Code]
	if !known {
		reason = sdk.Internal
	}
	return sdk.Fail(reason, "beacon says %q", f.Code).WithCode(f.Code)
}

// post makes a call. Secrets travel in a header or the body, never in the address. The helper's error
// already tells "not a byte left" from "may have gone"; Beacon explains its 4xx in the body.
func (a *account) post(ctx context.Context, path string, question, answer any) error {
	return explained(sdk.PostJSON(ctx, a.HTTP, a.BaseURL+path, question, answer, sdk.Bearer(a.Token)))
}

func explained(err error) error {
	var status *sdk.StatusError
	if !errors.As(err, &status) || status.Status >= 500 {
		return err
	}
	var refusal struct {
		Error *fault `json:"error"`
	}
	if json.Unmarshal(status.Body, &refusal) != nil || refusal.Error == nil {
		return err
	}
	return refusal.Error.failure().WithRaw(string(status.Body))
}

// texts writes messages in Beacon's way.
func (a *account) texts(batch []sdk.Message) []text {
	list := make([]text, len(batch))
	for i, m := range batch {
		list[i] = text{Ref: m.ID, To: m.To, Text: m.Text, From: a.Sender, Tags: a.Tags}
		if m.Sender != "" {
			list[i].From = m.Sender
		}
		if !m.NotAfter.IsZero() {
			list[i].TTL = int(max(m.NotAfter.Sub(a.Now())/time.Second, 1))
		}
	}
	return list
}

// Send is what every provider needs. With a batch call it is this line.
func (a *account) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	return sdk.SendOne(ctx, m, a)
}

// SendBatch returns an outcome for each message, in any order: the SDK sorts them by id, and takes
// what is missing for Internal. The error is for the call as a whole.
func (a *account) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	var answer struct {
		Results []result `json:"results"`
	}
	if err := a.post(ctx, "/v1/messages", map[string]any{"messages": a.texts(batch), "route": a.Route, "parts": a.Parts, "latin": a.Latin}, &answer); err != nil {
		return nil, err
	}
	var outcomes []sdk.Outcome
	for _, r := range answer.Results {
		outcomes = append(outcomes, r.outcome())
	}
	a.sent.Add(int64(len(outcomes)))
	return outcomes, nil
}

func (r result) outcome() sdk.Outcome {
	if r.Error != nil {
		return sdk.Outcome{ID: r.Ref, Failure: r.Error.failure()}
	}
	return sdk.Outcome{ID: r.Ref, Accepted: &sdk.Accepted{ID: r.ID, Segments: r.Segments, Cost: r.cost()}}
}

// cost is nil where Beacon says nothing that can be read: it is a remark, not a reason to fail.
func (r result) cost() *sdk.Money {
	money, err := sdk.ParseMoney(r.Price.String(), "RUB")
	if err != nil {
		return nil
	}
	return &money
}

// Lookup asks by our ids, so that it helps when the answer to the sending was lost. One receipt for
// each query, in order; ABSENT only when Beacon says that it has never seen the message.
func (a *account) Lookup(ctx context.Context, queries []sdk.Query) ([]sdk.Receipt, error) {
	refs := make([]string, len(queries))
	for i, q := range queries {
		refs[i] = q.OurID
	}
	var answer struct {
		Results []result `json:"results"`
	}
	if err := a.post(ctx, "/v1/status", map[string]any{"refs": refs}, &answer); err != nil {
		return nil, err
	}
	receipts := make([]sdk.Receipt, len(queries))
	for i, q := range queries {
		receipts[i] = sdk.Receipt{OurID: q.OurID, Status: sdk.StatusUnknown}
		if n := slices.IndexFunc(answer.Results, func(r result) bool { return r.Ref == q.OurID }); n >= 0 {
			receipts[i] = answer.Results[n].receipt()
		}
	}
	return receipts, nil
}

// states is Beacon's word for each status. Any other is UNKNOWN.
var states = map[string]sdk.Status{
	"absent": sdk.StatusAbsent, "queued": sdk.StatusAccepted, "sent": sdk.StatusAccepted, "delivered": sdk.StatusDelivered,
	"failed": sdk.StatusUndelivered, "rejected": sdk.StatusRejected, "expired": sdk.StatusExpired,
}

func (r result) receipt() sdk.Receipt {
	receipt := sdk.Receipt{OurID: r.Ref, ProviderID: r.ID, Status: sdk.StatusUnknown, Cost: r.cost()}
	if status, known := states[r.State]; known {
		receipt.Status = status
	}
	if r.Error != nil {
		receipt.Reason, receipt.Code = reasons[r.Error.Code], r.Error.Code
	}
	return receipt
}

// holdings is Beacon's answer about the account itself.
type holdings struct {
	Balance  json.Number `json:"balance"`
	Currency string      `json:"currency"`
	Senders  []string    `json:"senders"`
}

func (a *account) holdings(ctx context.Context) (holdings, error) {
	var answer holdings
	err := explained(sdk.Get(ctx, a.HTTP, a.BaseURL+"/v1/account", &answer, sdk.Bearer(a.Token)))
	return answer, err
}

// Balance is exact: operators write decimals, and floating point would round them.
func (a *account) Balance(ctx context.Context) (sdk.Balance, error) {
	h, err := a.holdings(ctx)
	if err != nil {
		return sdk.Balance{}, err
	}
	amount, err := sdk.ParseMoney(h.Balance.String(), h.Currency)
	if err != nil {
		return sdk.Balance{}, sdk.Fail(sdk.Internal, "the answer holds no balance")
	}
	return sdk.Balance{Amount: amount}, nil
}

// Check logs in. An error says that the account would not work; a diagnostic is a remark.
func (a *account) Check(ctx context.Context) ([]sdk.Diagnostic, error) {
	h, err := a.holdings(ctx)
	if err != nil || a.Sender == "" || slices.Contains(h.Senders, a.Sender) {
		return nil, err
	}
	return []sdk.Diagnostic{{
		Severity: sdk.SeverityWarning, Field: "sender",
		Summary: sdk.Text{EN: "Beacon has not approved this name yet.", RU: "Beacon ещё не согласовал это имя."},
		Cure:    sdk.Text{EN: "Wait, or leave the field empty.", RU: "Подождите или оставьте поле пустым."},
	}}, nil
}

// Estimate prices messages without sending them: one price for each, in order.
func (a *account) Estimate(ctx context.Context, batch []sdk.Message) ([]sdk.Price, error) {
	var answer struct {
		Results []result `json:"results"`
	}
	if err := a.post(ctx, "/v1/price", map[string]any{"messages": a.texts(batch)}, &answer); err != nil {
		return nil, err
	}
	prices := make([]sdk.Price, len(batch))
	for i, m := range batch {
		prices[i] = sdk.Price{ID: m.ID, Failure: sdk.Fail(sdk.Internal, "the answer holds no price for it")}
		n := slices.IndexFunc(answer.Results, func(r result) bool { return r.Ref == m.ID })
		switch {
		case n < 0:
		case answer.Results[n].Error != nil:
			prices[i].Failure = answer.Results[n].Error.failure()
		default:
			prices[i] = sdk.Price{ID: m.ID, Segments: answer.Results[n].Segments, Cost: answer.Results[n].cost()}
		}
	}
	return prices, nil
}

// Close is called once, when the last call has returned. Connections are the SDK's to close.
func (a *account) Close() error {
	a.Log.Info("the account is closed", "sent", a.sent.Load())
	return nil
}

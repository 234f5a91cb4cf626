package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

type account struct {
	config
	sdk.Env
}

// maxValidity is the longest ValidityPeriod (OpenAPI, Message resource).
const maxValidity = 36000 * time.Second

// lookups is how many statuses are asked for at the same time.
const lookups = 8

// path is an address below the account.
func (a *account) path(rest string) string {
	return a.BaseURL + "/2010-04-01/Accounts/" + a.AccountSID + rest
}

func (a *account) login() sdk.Option {
	if a.APIKeySID != "" {
		return sdk.BasicAuth(a.APIKeySID, a.APIKeySecret)
	}
	return sdk.BasicAuth(a.AccountSID, a.AuthToken)
}

// Send posts to Messages.json. 201 says only that Twilio has queued the message.
func (a *account) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	form := url.Values{"To": {m.To}, "Body": {m.Text}}
	switch {
	case m.Sender != "":
		form.Set("From", m.Sender)
	case a.Service != "":
		form.Set("MessagingServiceSid", a.Service)
	default:
		form.Set("From", a.From)
	}
	if a.StatusCallback != "" {
		form.Set("StatusCallback", a.StatusCallback)
	}
	if a.SmartEncoded {
		form.Set("SmartEncoded", "true")
	}
	if !m.NotAfter.IsZero() {
		left := min(max(m.NotAfter.Sub(a.Now()), time.Second), maxValidity)
		form.Set("ValidityPeriod", strconv.Itoa(int(left/time.Second)))
	}
	var body []byte
	if err := sdk.PostForm(ctx, a.HTTP, a.path("/Messages.json"), form, &body, a.login()); err != nil {
		return sdk.Accepted{}, explain(err)
	}
	return taken(body, m.To)
}

// taken reads the answer to a sending.
func taken(body []byte, to string) (sdk.Accepted, error) {
	r, err := read(body)
	if err != nil {
		return sdk.Accepted{}, err
	}
	status, reason := meaning(string(r.Status), r.ErrorCode.number())
	switch {
	case !sid(string(r.SID)):
		return sdk.Accepted{}, sdk.Fail(sdk.Internal, "accepted without a message SID").WithRaw(string(body))
	case digits(string(r.To)) != digits(to):
		return sdk.Accepted{}, sdk.Fail(sdk.Internal, "the answer is about another number").WithRaw(string(body))
	case status == sdk.StatusUndelivered || status == sdk.StatusRejected || status == sdk.StatusExpired:
		if reason == "" {
			reason = sdk.Internal
		}
		return sdk.Accepted{}, sdk.Fail(reason, "the message is %s already", r.Status).WithCode(string(r.ErrorCode)).WithRaw(string(body))
	}
	return sdk.Accepted{ID: string(r.SID), Segments: max(r.Segments.number(), 0), Cost: r.cost()}, nil
}

// Lookup fetches each message. Twilio knows no id of ours, so a message whose answer was lost cannot
// be found: its number and text are no proof that it is the same one.
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
	for i, err := range failures {
		if err != nil {
			failed++
			receipts[i] = sdk.Receipt{OurID: queries[i].OurID, ProviderID: queries[i].ProviderID, Status: sdk.StatusUnknown}
		}
	}
	if failed == len(queries) {
		return receipts, errors.Join(failures...)
	}
	return receipts, nil
}

func (a *account) lookup(ctx context.Context, q sdk.Query) (sdk.Receipt, error) {
	receipt := sdk.Receipt{OurID: q.OurID, ProviderID: q.ProviderID, Status: sdk.StatusUnknown}
	if !sid(q.ProviderID) {
		return receipt, nil
	}
	var body []byte
	if err := sdk.Get(ctx, a.HTTP, a.path("/Messages/"+q.ProviderID+".json"), &body, a.login()); err != nil {
		if statusOf(err) == http.StatusNotFound {
			return receipt, nil // it was there once, for it has a SID: deleted, or the account's settings changed
		}
		return receipt, explain(err)
	}
	r, err := read(body)
	if err != nil || string(r.SID) != q.ProviderID {
		return receipt, sdk.Fail(sdk.Internal, "the answer is not about the message").WithRaw(string(body))
	}
	receipt.Status, receipt.Reason = meaning(string(r.Status), r.ErrorCode.number())
	receipt.Code, receipt.Cost, receipt.At = string(r.ErrorCode), r.cost(), r.at()
	return receipt, nil
}

// Balance is what the main account holds; a sub-account has none of its own.
func (a *account) Balance(ctx context.Context) (sdk.Balance, error) {
	var r struct {
		Balance  loose `json:"balance"`
		Currency loose `json:"currency"`
	}
	var body []byte
	if err := sdk.Get(ctx, a.HTTP, a.path("/Balance.json"), &body, a.login()); err != nil {
		if statusOf(err) == http.StatusNotFound {
			return sdk.Balance{}, sdk.Fail(sdk.Unsupported, "Twilio knows no balance of this account; a sub-account has none")
		}
		return sdk.Balance{}, explain(err)
	}
	if json.Unmarshal(trimmed(body), &r) != nil {
		return sdk.Balance{}, sdk.Fail(sdk.Internal, "the answer is not the JSON expected").WithRaw(string(body))
	}
	amount, err := sdk.ParseMoney(string(r.Balance), currency(r.Currency))
	if err != nil {
		return sdk.Balance{}, sdk.Fail(sdk.Internal, "the answer holds no balance").WithRaw(string(body))
	}
	return sdk.Balance{Amount: amount}, nil
}

// Check fetches the account itself: the key is right, and the account is neither suspended nor on
// trial. An API key may be one that must not see the account; it looks at the list of messages.
func (a *account) Check(ctx context.Context) ([]sdk.Diagnostic, error) {
	var found []sdk.Diagnostic
	if a.StatusCallback == "" {
		found = append(found, sdk.Diagnostic{Severity: sdk.SeverityInfo, Field: "status_callback",
			Summary: sdk.Text{EN: "Without an address there are no delivery reports; statuses are asked for.", RU: "Без адреса отчётов о доставке нет; статусы запрашиваются."}})
	}
	if a.APIKeySID != "" {
		if err := sdk.Get(ctx, a.HTTP, a.path("/Messages.json?PageSize=1"), nil, a.login()); err != nil {
			return nil, explain(err)
		}
		return found, nil
	}
	trial, err := a.trial(ctx)
	if err != nil {
		return nil, err
	}
	if trial {
		found = append(found, sdk.Diagnostic{Severity: sdk.SeverityWarning, Field: "account_sid",
			Summary: sdk.Text{EN: "A trial account sends only to numbers that were verified in the console.", RU: "Пробная учётная запись отправляет только на номера, подтверждённые в консоли."},
			Cure:    sdk.Text{EN: "Upgrade the account.", RU: "Перейдите на платную учётную запись."}})
	}
	return found, nil
}

// trial says whether the account is on trial; the error says why it cannot be used at all.
func (a *account) trial(ctx context.Context) (bool, error) {
	var r struct {
		SID    loose `json:"sid"`
		Status loose `json:"status"`
		Type   loose `json:"type"`
	}
	var body []byte
	if err := sdk.Get(ctx, a.HTTP, a.path(".json"), &body, a.login()); err != nil {
		return false, explain(err)
	}
	if json.Unmarshal(trimmed(body), &r) != nil || string(r.SID) != a.AccountSID {
		return false, sdk.Fail(sdk.Internal, "the answer is not about the account").WithRaw(string(body))
	}
	if r.Status != "active" {
		return false, sdk.Fail(sdk.Unauthorized, "the account is %s", r.Status)
	}
	return strings.EqualFold(string(r.Type), "trial"), nil
}

// sid says whether the text is the SID of a message. It becomes part of an address.
func sid(text string) bool {
	return regexp.MustCompile(`^(SM|MM)[0-9a-fA-F]{32}$`).MatchString(text)
}

func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
}

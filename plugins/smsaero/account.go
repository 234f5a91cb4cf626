package main

import (
	"context"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

type account struct {
	config
	sdk.Env
}

// call posts a form. The login goes into a header and nowhere else. The official libraries go on to
// another host, even without TLS, when a call fails; that sends messages twice and shows the key to
// anybody, so this one stays with base_url.
//
// Every answer but a success is a *sdk.Failure.
func (a *account) call(ctx context.Context, method string, form url.Values) (answer, error) {
	var body []byte
	err := sdk.PostForm(ctx, a.HTTP, a.BaseURL+"/"+method, form, &body,
		sdk.BasicAuth(a.Email, a.APIKey), sdk.Header("Accept", "application/json"))
	if err != nil {
		return answer{}, a.discreet(explain(err))
	}
	reply, f := read(body)
	if f != nil {
		return answer{}, a.discreet(f)
	}
	return reply, nil
}

// discreet keeps the login out of the kept answer in the one spelling that the SDK does not know:
// as the Authorization header has it. A broken proxy may echo that.
func (a *account) discreet(f *sdk.Failure) *sdk.Failure {
	header := base64.StdEncoding.EncodeToString([]byte(a.Email + ":" + string(a.APIKey)))
	return f.WithRaw(strings.ReplaceAll(f.Raw, header, sdk.Secret("").String()))
}

// Send sends one text.
func (a *account) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	return sdk.SendOne(ctx, m, a)
}

// SendBatch makes one call for each text, with all the numbers that it goes to.
func (a *account) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	requests := a.requests(batch)
	outcomes := make([][]sdk.Outcome, len(requests))
	a.together(len(requests), func(i int) { outcomes[i] = a.send(ctx, requests[i]) })
	return slices.Concat(outcomes...), nil
}

// request is one call of sms/send.
type request struct {
	shared
	messages []sdk.Message
}

// shared is what SMS Aero knows only per call.
type shared struct {
	sign, text string
	test       bool
	turn       int // the same text to the same number a second time needs a call of its own
}

// requests groups the messages by what one call can carry, in the order of their first message.
func (a *account) requests(batch []sdk.Message) []request {
	type recipient struct {
		shared
		to string
	}
	var all []request
	place := map[shared]int{}
	turns := map[recipient]int{}
	for _, m := range batch {
		key := shared{sign: a.Sign, text: m.Text, test: a.Test || m.Test}
		if m.Sender != "" {
			key.sign = m.Sender
		}
		who := recipient{key, m.To}
		key.turn = turns[who]
		turns[who]++
		i, known := place[key]
		if !known {
			i = len(all)
			place[key] = i
			all = append(all, request{shared: key})
		}
		all[i].messages = append(all[i].messages, m)
	}
	return all
}

// send makes one call and returns an outcome for each of its messages. SMS Aero refuses a call as a
// whole for one wrong number in it, so that the others are then sent one by one. Nothing has gone out
// at that point: the answer says success: false.
func (a *account) send(ctx context.Context, r request) []sdk.Outcome {
	reply, err := a.call(ctx, sendMethod(r.test), a.form(r))
	if err == nil {
		return outcomes(r, reply)
	}
	f := sdk.AsFailure(err, sdk.UnknownOutcome)
	var all []sdk.Outcome
	if len(r.messages) > 1 && f.Reason == sdk.BadRecipient {
		for _, m := range r.messages {
			all = append(all, a.send(ctx, request{shared: r.shared, messages: []sdk.Message{m}})...)
		}
		return all
	}
	for _, m := range r.messages {
		all = append(all, sdk.Outcome{ID: m.ID, Failure: f})
	}
	return all
}

// The test twins check a message and send nothing. They number on their own, hence the prefix of ids.
const testPrefix = "test:"

func sendMethod(test bool) string {
	if test {
		return "sms/testsend"
	}
	return "sms/send"
}

func (a *account) form(r request) url.Values {
	form := url.Values{"sign": {r.sign}, "text": {r.text}}
	ourID := "" // of a call with several messages none can be named
	if len(r.messages) == 1 {
		form.Set("number", strings.TrimPrefix(r.messages[0].To, "+"))
		ourID = r.messages[0].ID
	} else {
		for _, m := range r.messages {
			form.Add("numbers[]", strings.TrimPrefix(m.To, "+"))
		}
	}
	if a.ShortLink {
		form.Set("shortLink", "1")
	}
	if a.CallbackURL != "" && !r.test {
		form.Set("callbackUrl", a.callbackAddress(ourID))
		form.Set("callbackFormat", "JSON")
	}
	return form
}

// Lookup asks for one message after the other, several at once. Without SMS Aero's id there is
// nothing to ask by. An id that it does not know is not reported as absent: what it answers then is
// not documented, and absence could lead to a second text.
func (a *account) Lookup(ctx context.Context, queries []sdk.Query) ([]sdk.Receipt, error) {
	receipts := make([]sdk.Receipt, len(queries))
	errs := make([]error, len(queries))
	a.together(len(queries), func(i int) {
		receipts[i], errs[i] = a.lookup(ctx, queries[i])
	})
	failed := 0
	var first error
	for i, err := range errs {
		if err == nil {
			continue
		}
		failed++
		if first == nil {
			first = err
		}
		receipts[i] = unknown(queries[i])
	}
	if failed == len(queries) {
		return nil, first
	}
	return receipts, nil
}

func unknown(q sdk.Query) sdk.Receipt {
	return sdk.Receipt{OurID: q.OurID, ProviderID: q.ProviderID, Status: sdk.StatusUnknown}
}

func (a *account) lookup(ctx context.Context, q sdk.Query) (sdk.Receipt, error) {
	id, test := strings.CutPrefix(q.ProviderID, testPrefix)
	if id == "" {
		return unknown(q), nil
	}
	method := "sms/status"
	if test {
		method = "sms/teststatus"
	}
	reply, err := a.call(ctx, method, url.Values{"id": {id}})
	if err != nil {
		return sdk.Receipt{}, err
	}
	for _, e := range entries(reply.Data) {
		if string(e.ID) == id {
			return e.receipt(q.OurID, q.ProviderID), nil
		}
	}
	return sdk.Receipt{}, a.discreet(sdk.Fail(sdk.Internal, "the answer does not mention the message").WithRaw(reply.raw))
}

// Balance is in roubles.
func (a *account) Balance(ctx context.Context) (sdk.Balance, error) {
	reply, err := a.call(ctx, "balance", url.Values{})
	if err != nil {
		return sdk.Balance{}, err
	}
	amount, err := sdk.ParseMoney(string(reply.balance()), "RUB")
	if err != nil {
		return sdk.Balance{}, a.discreet(sdk.Fail(sdk.Internal, "the answer holds no balance").WithRaw(reply.raw))
	}
	return sdk.Balance{Amount: amount}, nil
}

// Check logs in.
func (a *account) Check(ctx context.Context) ([]sdk.Diagnostic, error) {
	if _, err := a.call(ctx, "auth", url.Values{}); err != nil {
		return nil, err
	}
	if !a.Test {
		return nil, nil
	}
	return []sdk.Diagnostic{{
		Severity: sdk.SeverityWarning, Field: "test",
		Summary: sdk.Text{EN: "Test mode is on: nothing reaches the guests.", RU: "Включён тестовый режим: гости ничего не получат."},
		Cure:    sdk.Text{EN: "Switch it off before opening.", RU: "Выключите его перед открытием."},
	}}, nil
}

// together runs f(0) … f(n-1), at most atOnce of them at the same time. A panic costs that one: its
// outcome stays empty, which the SDK reports.
func (a *account) together(n int, f func(i int)) {
	slots := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		all.Go(func() {
			defer func() {
				<-slots
				if p := recover(); p != nil {
					a.Log.Error("a call panicked", "panic", p)
				}
			}()
			f(i)
		})
	}
	all.Wait()
}

// moment reads unix seconds; zero for anything that cannot be a time of a message.
func moment(seconds loose) time.Time {
	n, ok := seconds.number()
	if !ok || n <= 0 || n >= 1<<32 {
		return time.Time{}
	}
	return time.Unix(int64(n), 0).UTC()
}

package main

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

type account struct {
	config
	sdk.Env
	earlier attempts
}

// call posts a form; api_id goes into it and nowhere else. The body comes back as it is.
func (a *account) call(ctx context.Context, method string, form url.Values) ([]byte, error) {
	form.Set("api_id", string(a.APIID))
	form.Set("json", "1")
	var body []byte
	err := sdk.PostForm(ctx, a.HTTP, a.BaseURL+method, form, &body)
	return body, err
}

// ask makes a call whose answer is about the account.
func (a *account) ask(ctx context.Context, method string) (answer, error) {
	body, err := a.call(ctx, method, url.Values{})
	if err != nil {
		return answer{}, err
	}
	reply, err := read(body)
	if err != nil {
		return answer{}, err
	}
	if f := reply.refusal(); f != nil {
		return answer{}, f
	}
	return reply, nil
}

// Send sends one text.
func (a *account) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	return sdk.SendOne(ctx, m, a)
}

// SendBatch sends up to 100 texts, in one request as long as they can share it (see requests).
func (a *account) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	var all []sdk.Outcome
	for _, r := range a.requests(batch) {
		body, err := a.call(ctx, "/sms/send", r.form)
		if err != nil {
			failure := sdk.AsFailure(err, sdk.UnknownOutcome)
			for _, m := range r.messages {
				all = append(all, sdk.Outcome{ID: m.ID, Failure: failure})
			}
			continue
		}
		all = append(all, outcomes(r.messages, body)...)
	}
	byID := make(map[string]sdk.Message, len(batch))
	for _, m := range batch {
		byID[m.ID] = m
	}
	for i := range all {
		all[i] = a.earlier.judge(byID[all[i].ID], all[i], a.Now())
	}
	return all, nil
}

// request is one call of /sms/send.
type request struct {
	form     url.Values
	messages []sdk.Message
}

// shared is what sms.ru knows only per request.
type shared struct {
	from string
	ttl  int
	test bool
	turn int // a second text to the same number needs a request of its own: texts are keyed by number
}

// requests groups the messages by what one call can carry, in the order of their first message.
func (a *account) requests(batch []sdk.Message) []request {
	var order []shared
	groups := map[shared][]sdk.Message{}
	turns := map[string]int{}
	for _, m := range batch {
		key := shared{from: a.From, ttl: ttl(m.NotAfter, a.Now()), test: a.Test || m.Test, turn: turns[m.To]}
		turns[m.To]++
		if m.Sender != "" {
			key.from = m.Sender
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], m)
	}
	var all []request
	for _, key := range order {
		all = append(all, request{form: a.form(key, groups[key]), messages: groups[key]})
	}
	return all
}

func (a *account) form(s shared, batch []sdk.Message) url.Values {
	form := url.Values{}
	for _, m := range batch {
		form.Set("to["+strings.TrimPrefix(m.To, "+")+"]", m.Text)
	}
	if s.from != "" { // an empty name is refused with code 204; left out it means the default
		form.Set("from", s.from)
	}
	if s.ttl > 0 {
		form.Set("ttl", strconv.Itoa(s.ttl))
	}
	for name, on := range map[string]bool{"test": s.test, "translit": a.Translit, "daytime": a.Daytime} {
		if on {
			form.Set(name, "1")
		}
	}
	return form
}

// ttl is how many minutes sms.ru may try, 1 … 1440; 0: no limit.
func ttl(notAfter, now time.Time) int {
	if notAfter.IsZero() {
		return 0
	}
	return int(min(max(notAfter.Sub(now)/time.Minute, 1), 1440))
}

// Balance is in roubles.
func (a *account) Balance(ctx context.Context) (sdk.Balance, error) {
	reply, err := a.ask(ctx, "/my/balance")
	if err != nil {
		return sdk.Balance{}, err
	}
	amount, err := sdk.ParseMoney(string(reply.Balance), "RUB")
	if err != nil {
		return sdk.Balance{}, sdk.Fail(sdk.Internal, "the answer holds no balance")
	}
	return sdk.Balance{Amount: amount}, nil
}

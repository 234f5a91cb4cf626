package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/orderbell/orderbell/sdk"
)

// maxText is the longest text that SMSC takes; in characters.
const maxText = 1000

// testPrefix marks the id of a message that was only priced.
const testPrefix = "test-"

// Characters that ids are made of.
const (
	decimals = "0123456789"
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

type account struct {
	config
	sdk.Env
	servers  *servers
	attempts attempts
}

// call posts a form to one of the operator's scripts. The credentials go into it and nowhere else.
// Without charset SMSC reads and answers in windows-1251, without fmt in plain text.
func (a *account) call(ctx context.Context, script string, form url.Values) ([]byte, error) {
	if a.APIKey != "" {
		form.Set("apikey", string(a.APIKey))
	} else {
		form.Set("login", a.Login)
		form.Set("psw", string(a.Psw))
	}
	form.Set("charset", "utf-8")
	form.Set("fmt", "3")
	var body []byte
	err := a.reach(ctx, func(folder string) error {
		return sdk.PostForm(ctx, a.HTTP, folder+script, form, &body)
	})
	return body, err
}

// Send sends one text. With Test it is only priced: login, number and text are looked at, nothing
// goes out.
func (a *account) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	if m.Test {
		price, err := a.price(ctx, m)
		if err != nil {
			return sdk.Accepted{}, err
		}
		return sdk.Accepted{ID: testPrefix + m.ID, Segments: price.Segments, Raw: "priced, not sent"}, nil
	}
	a.attempts.begin(m, a.Now())
	accepted, err := a.submit(ctx, m)
	return a.judge(ctx, m, accepted, err)
}

func (a *account) submit(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	form, err := a.form(m)
	if err != nil {
		return sdk.Accepted{}, err
	}
	form.Set("cost", "3") // send, and say cost and balance
	if validID(m.ID) {
		form.Set("id", m.ID)
	}
	if v := valid(m.NotAfter, a.Now()); v != "" {
		form.Set("valid", v)
	}
	body, err := a.call(ctx, "send.php", form)
	if err != nil {
		return sdk.Accepted{}, err
	}
	reply, err := read(body)
	if err != nil {
		return sdk.Accepted{}, err
	}
	return reply.verdict(m, a.Currency, body)
}

// form is what sending and pricing have in common.
func (a *account) form(m sdk.Message) (url.Values, error) {
	if utf8.RuneCountInString(m.Text) > maxText {
		return nil, sdk.Fail(sdk.Unsupported, "longer than %d characters", maxText)
	}
	// The + keeps SMSC from "correcting" a number that is right already.
	form := url.Values{"phones": {"+" + digits(m.To)}, "mes": {m.Text}, "op": {"1"}}
	sender := a.Sender
	if m.Sender != "" {
		sender = m.Sender
	}
	if sender != "" {
		form.Set("sender", sender)
	}
	if a.Translit != "" && a.Translit != "0" {
		form.Set("translit", a.Translit)
	}
	if a.TinyURL {
		form.Set("tinyurl", "1")
	}
	return form, nil
}

// valid is how long SMSC may try, as hh:mm from 00:01 to 24:00, rounded down; "" for no limit. The
// vendor's page has whole hours, too, which are too coarse for a dish; hh:mm is what clients send.
func valid(notAfter, now time.Time) string {
	if notAfter.IsZero() {
		return ""
	}
	minutes := int(min(max(notAfter.Sub(now)/time.Minute, 1), 24*60))
	return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)
}

// validID says whether SMSC takes the text as a client's id; our ULIDs fit.
func validID(id string) bool {
	return id != "" && len(id) <= 40 && strings.Trim(id, decimals+capitals+strings.ToLower(capitals)+"._-") == ""
}

// price asks what a message would cost. Nothing is sent.
func (a *account) price(ctx context.Context, m sdk.Message) (sdk.Price, error) {
	form, err := a.form(m)
	if err != nil {
		return sdk.Price{}, err
	}
	form.Set("cost", "1")
	body, err := a.call(ctx, "send.php", form)
	if err != nil {
		return sdk.Price{}, err
	}
	reply, err := read(body)
	if err != nil {
		return sdk.Price{}, err
	}
	if err := reply.refused(m.To, body); err != nil {
		return sdk.Price{}, err
	}
	cost := money(reply.Cost, a.Currency)
	if cost == nil {
		return sdk.Price{}, misread(body, "the answer holds no cost")
	}
	return sdk.Price{Cost: cost, Segments: reply.segments()}, nil
}

// Estimate prices each message. Equal ones are asked for once, because SMSC takes no more than five
// equal questions a minute. The first failure that is not about a message ends it.
func (a *account) Estimate(ctx context.Context, batch []sdk.Message) ([]sdk.Price, error) {
	type question struct{ to, text, sender string }
	known := map[question]sdk.Price{}
	prices := make([]sdk.Price, len(batch))
	for i, m := range batch {
		q := question{m.To, m.Text, m.Sender}
		price, asked := known[q]
		if !asked {
			var err error
			price, err = a.price(ctx, m)
			switch f := sdk.AsFailure(err, sdk.Internal); {
			case f == nil:
			case aboutMessage(f.Reason):
				price.Failure = f
			default:
				return nil, err
			}
			known[q] = price
		}
		price.ID = m.ID
		prices[i] = price
	}
	return prices, nil
}

// aboutMessage says whether a reason would hold for this message only.
func aboutMessage(r sdk.Reason) bool {
	switch r {
	case sdk.BadRecipient, sdk.BlockedRecipient, sdk.RejectedText, sdk.BadSender, sdk.Unsupported:
		return true
	default:
		return false
	}
}

// Balance is in the currency that the operator names, else in the setting's.
func (a *account) Balance(ctx context.Context) (sdk.Balance, error) {
	body, err := a.call(ctx, "balance.php", url.Values{"cur": {"1"}})
	if err != nil {
		return sdk.Balance{}, err
	}
	reply, err := read(body)
	if err != nil {
		return sdk.Balance{}, err
	}
	currency := a.Currency
	if len(reply.Currency) == 3 && strings.Trim(string(reply.Currency), capitals) == "" {
		currency = string(reply.Currency)
	}
	amount, err := sdk.ParseMoney(string(reply.Balance), currency)
	if err != nil {
		return sdk.Balance{}, misread(body, "the answer holds no balance")
	}
	return sdk.Balance{Amount: amount}, nil
}

// Check logs in by asking for the balance: SMSC has no call for the login alone.
func (a *account) Check(ctx context.Context) ([]sdk.Diagnostic, error) {
	balance, err := a.Balance(ctx)
	if err != nil {
		return nil, err
	}
	if balance.Amount.Units > 0 || balance.Amount.Nanos > 0 {
		return nil, nil
	}
	return []sdk.Diagnostic{{
		Severity: sdk.SeverityWarning,
		Summary:  sdk.Text{EN: "The balance is " + balance.Amount.String() + ".", RU: "На счёте " + balance.Amount.String() + "."},
		Cure:     sdk.NoMoney.Cure(),
	}}, nil
}

// Close drops the idle connections.
func (a *account) Close() error {
	a.HTTP.CloseIdleConnections()
	return nil
}

// filtered says whether a failure is the duplicate filter's.
func filtered(f *sdk.Failure) bool {
	return f.Code == strconv.Itoa(codeDuplicate) || f.Code == strconv.Itoa(statusDuplicate)
}

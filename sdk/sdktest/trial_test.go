package sdktest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

const trialKey = "canary-key-4711/+?"

type trialSettings struct {
	Key     sdk.Secret    `sdk:"api_key,required" min:"8" max:"64" en:"Key" ru:"Ключ"`
	Mode    string        `sdk:"mode" choices:"fast|cheap" default:"fast" en_choices:"Fast|Cheap" ru_choices:"Быстро|Дёшево" en:"Mode" ru:"Режим"`
	Wait    time.Duration `sdk:"wait" default:"5s" min:"1s" max:"1m" en:"Wait" ru:"Ждать"`
	Parts   int           `sdk:"parts" default:"3" min:"1" max:"10" en:"Parts" ru:"Частей"`
	Flash   bool          `sdk:"flash" en:"Flash" ru:"Флеш"`
	Phone   string        `sdk:"phone,phone" en:"Phone" ru:"Телефон"`
	Names   []string      `sdk:"names" max:"5" en:"Names" ru:"Имена"`
	BaseURL string        `sdk:"base_url,url,advanced" default:"https://api.acme.example" en:"Address" ru:"Адрес"`
}

// acme is a provider that does everything right. The bad ones embed it and spoil one thing.
type acme struct {
	trialSettings
	sdk.Env
}

// trialPlugin makes a plugin of an account that is built around an acme.
func trialPlugin[A sdk.Sender](name string, wrap func(*acme) A) sdk.Plugin[trialSettings, A] {
	return sdk.Plugin[trialSettings, A]{
		Name: name, Title: sdk.Text{EN: "Trial", RU: "Проба"}, Version: "1.2.3", Homepage: "https://acme.example",
		Resend: sdk.ResendIdempotent, ResendWindow: 24 * time.Hour, MaxBatch: 5, Validity: true,
		Callback: sdk.CallbackInfo{
			Setup:        sdk.Text{EN: "Page “Reports”.", RU: "Страница «Отчёты»."},
			Verification: sdk.Text{EN: "Signed with the key.", RU: "Подписано ключом."},
		},
		Open: func(_ context.Context, s trialSettings, env sdk.Env) (A, error) {
			return wrap(&acme{s, env}), nil
		},
	}
}

func goodPlugin() sdk.Plugin[trialSettings, *acme] {
	return trialPlugin("good", func(a *acme) *acme { return a })
}

type trialReply struct {
	Code    int          `json:"code"`
	ID      string       `json:"id"`
	Ref     string       `json:"ref"`
	Balance string       `json:"balance"`
	Status  sdk.Status   `json:"status"`
	List    []trialReply `json:"list"`
}

func (r trialReply) check() error {
	if r.Code == 0 {
		return nil
	}
	reasons := map[int]sdk.Reason{1: sdk.NoMoney, 2: sdk.BadRecipient, 3: sdk.Unauthorized}
	reason, known := reasons[r.Code]
	if !known {
		reason = sdk.Internal
	}
	return sdk.Fail(reason, "acme code %d", r.Code)
}

// ask posts the form with the key.
func (a *acme) ask(ctx context.Context, path string, form url.Values) (trialReply, error) {
	form.Set("key", string(a.Key))
	var reply trialReply
	err := sdk.PostForm(ctx, a.HTTP, a.BaseURL+path, form, &reply)
	if err == nil {
		err = reply.check()
	}
	return reply, err
}

func (a *acme) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	reply, err := a.ask(ctx, "/send", url.Values{"to": {m.To}, "text": {m.Text}, "ref": {m.ID}})
	return sdk.Accepted{ID: reply.ID}, err
}

func (a *acme) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	form := url.Values{}
	for _, m := range batch {
		form.Add("to", m.To)
		form.Add("text", m.Text)
		form.Add("ref", m.ID)
	}
	reply, err := a.ask(ctx, "/batch", form)
	if err != nil {
		return nil, err
	}
	var outcomes []sdk.Outcome
	for _, one := range reply.List { // in the operator's order; the SDK puts them into ours
		outcomes = append(outcomes, sdk.Outcome{ID: one.Ref, Accepted: &sdk.Accepted{ID: one.ID}})
	}
	return outcomes, nil
}

func (a *acme) Check(ctx context.Context) ([]sdk.Diagnostic, error) {
	_, err := a.ask(ctx, "/check", url.Values{})
	return nil, err
}

func (a *acme) Balance(ctx context.Context) (sdk.Balance, error) {
	reply, err := a.ask(ctx, "/balance", url.Values{})
	if err != nil {
		return sdk.Balance{}, err
	}
	amount, err := sdk.ParseMoney(reply.Balance, "RUB")
	if err != nil {
		return sdk.Balance{}, sdk.Fail(sdk.Internal, "no balance in the answer")
	}
	return sdk.Balance{Amount: amount}, nil
}

func (a *acme) Lookup(ctx context.Context, queries []sdk.Query) ([]sdk.Receipt, error) {
	receipts := make([]sdk.Receipt, len(queries))
	for i, q := range queries {
		reply, err := a.ask(ctx, "/status", url.Values{"ref": {q.OurID}})
		if err != nil {
			return nil, err
		}
		receipts[i] = sdk.Receipt{OurID: q.OurID, ProviderID: q.ProviderID, Status: reply.Status}
	}
	return receipts, nil
}

func (a *acme) Estimate(ctx context.Context, batch []sdk.Message) ([]sdk.Price, error) {
	if _, err := a.ask(ctx, "/price", url.Values{}); err != nil {
		return nil, err
	}
	prices := make([]sdk.Price, len(batch))
	for i, m := range batch {
		prices[i] = sdk.Price{ID: m.ID, Segments: 1, Cost: &sdk.Money{Units: 3, Currency: "RUB"}}
	}
	return prices, nil
}

func (a *acme) ParseCallback(_ context.Context, c sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	form, err := url.ParseQuery(string(c.Body))
	if err != nil {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Internal, "not a form")
	}
	id, status := form.Get("id"), form.Get("status")
	given, err := hex.DecodeString(form.Get("sign"))
	if err != nil || !hmac.Equal(given, sign(string(a.Key), id+":"+status)) {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "the signature is wrong")
	}
	return []sdk.Receipt{{ProviderID: id, Status: sdk.Status(status)}}, sdk.Reply{Body: []byte("OK")}, nil
}

func sign(key, text string) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	_, _ = mac.Write([]byte(text))
	return mac.Sum(nil)
}

// report is a true callback.
func report(id string, status sdk.Status) sdktest.Callback {
	form := url.Values{"id": {id}, "status": {string(status)}, "sign": {hex.EncodeToString(sign(trialKey, id+":"+string(status)))}}
	return sdktest.Callback{
		Name: id,
		Request: sdk.Callback{
			Method: http.MethodPost, URL: "https://orderbell.example/callbacks/main/x", Body: []byte(form.Encode()),
			Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		},
		Want: []sdk.Receipt{{ProviderID: id, Status: status}},
	}
}

// trialOperator is what the trial providers' author knows of Acme.
func trialOperator() sdktest.Operator {
	return sdktest.Operator{
		Handler:  &acmeDesk{seen: map[string]bool{}},
		Settings: map[string]string{"api_key": trialKey, "phone": "+79990000001"},
		Cases: []sdktest.Case{
			{Name: "accepted", Reply: sdktest.File("acme/ok.json"), Want: sdktest.Accepted("77")},
			{Name: "no money", Reply: sdktest.Text(0, `{"code": 1}`), Want: sdktest.Reason(sdk.NoMoney)},
			{Name: "no money, said by the status", Reply: sdktest.File("acme/ok.json").WithStatus(http.StatusPaymentRequired), Want: sdktest.Reason(sdk.NoMoney)},
			{Name: "the key is refused", Reply: sdktest.Text(401, "who are you"), Want: sdktest.Reason(sdk.Unauthorized)},
			{Name: "too much at once", Reply: sdktest.Text(429, ""), Want: sdktest.Want{Reason: sdk.RateLimited, Code: "429"}},
		},
		Callbacks: sdktest.Recorded(report("a-1", sdk.StatusDelivered), report("a-2", sdk.StatusUndelivered)),
		IDFor:     func(m sdk.Message) string { return "id-" + m.ID },
	}
}

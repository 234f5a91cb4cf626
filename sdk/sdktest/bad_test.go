package sdktest_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

// Providers that look right and are not. Each spoils one thing of acme.

// talker puts the key into its error, dressed up.
type talker struct{ *acme }

func (a talker) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	accepted, err := a.acme.Send(ctx, m)
	if err != nil {
		login := base64.StdEncoding.EncodeToString([]byte("cafe:" + string(a.Key)))
		f := *sdk.AsFailure(err, sdk.UnknownOutcome)
		f.Detail += ", authorised as " + login
		err = &f
	}
	return accepted, err
}

// diarist logs the request with the key in it.
type diarist struct{ *acme }

func (a diarist) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	a.Log.Debug("sending", "form", url.Values{"key": {string(a.Key)}, "ref": {m.ID}}.Encode())
	return a.acme.Send(ctx, m)
}

// gossip tells whose number it was.
type gossip struct{ *acme }

func (a gossip) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	accepted, err := a.acme.Send(ctx, m)
	if err != nil {
		err = sdk.Fail(sdk.AsFailure(err, sdk.UnknownOutcome).Reason, "for %s: %v", m.To, err)
	}
	return accepted, err
}

// signpost puts the key into the address.
type signpost struct{ *acme }

func (a signpost) Balance(ctx context.Context) (sdk.Balance, error) {
	var reply trialReply
	if err := sdk.Get(ctx, a.HTTP, a.BaseURL+"/balance?key="+url.QueryEscape(string(a.Key)), &reply); err != nil {
		return sdk.Balance{}, err
	}
	amount, err := sdk.ParseMoney(reply.Balance, "RUB")
	return sdk.Balance{Amount: amount}, err
}

// deaf does not pass its context on.
type deaf struct{ *acme }

func (a deaf) Send(_ context.Context, m sdk.Message) (sdk.Accepted, error) {
	return a.acme.Send(context.Background(), m)
}

// optimist takes any answer with 200 for a success.
type optimist struct{ *acme }

func (a optimist) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	outcomes, err := a.acme.SendBatch(ctx, batch)
	if f := sdk.AsFailure(err, ""); f != nil && strings.Contains(f.Raw, "success") {
		for _, m := range batch {
			outcomes = append(outcomes, sdk.Outcome{ID: m.ID, Accepted: &sdk.Accepted{ID: "id-" + m.ID}})
		}
		return outcomes, nil
	}
	return outcomes, err
}

// repeater would have a text sent twice: it says that nothing left when the connection was reset.
type repeater struct{ *acme }

func (a repeater) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	outcomes, err := a.acme.SendBatch(ctx, batch)
	if errors.Is(err, syscall.ECONNRESET) && sdk.AsFailure(err, "").Raw == "" {
		return nil, sdk.Fail(sdk.Unavailable, "connection reset")
	}
	return outcomes, err
}

// eager tries again by itself when the answer broke off.
type eager struct{ *acme }

func (a eager) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	outcomes, err := a.acme.SendBatch(ctx, batch)
	if f := sdk.AsFailure(err, ""); f != nil && strings.Contains(f.Detail, "broke off") {
		return a.acme.SendBatch(ctx, batch)
	}
	return outcomes, err
}

// nodder takes an answer in which it found no mistake for a success.
type nodder struct{ *acme }

func (a nodder) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	outcomes, err := a.acme.SendBatch(ctx, batch)
	if err == nil && len(outcomes) == 0 {
		return []sdk.Outcome{{ID: batch[0].ID, Accepted: &sdk.Accepted{ID: "id-" + batch[0].ID}}}, nil
	}
	return outcomes, err
}

// blamer takes every refusal for the guest's fault.
type blamer struct{ *acme }

func (a blamer) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	outcomes, err := a.acme.SendBatch(ctx, batch)
	if f := sdk.AsFailure(err, ""); f != nil && f.Reason == sdk.Internal && f.Code == "422" {
		return nil, sdk.Fail(sdk.BadRecipient, "HTTP 422").WithRaw(f.Raw)
	}
	return outcomes, err
}

// hasty comes back before the operator wants it.
type hasty struct{ *acme }

func (a hasty) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	outcomes, err := a.acme.SendBatch(ctx, batch)
	if f := sdk.AsFailure(err, ""); f != nil && f.Reason == sdk.RateLimited {
		return nil, sdk.Fail(sdk.RateLimited, "later").WithCode(f.Code).WithRaw(f.Raw)
	}
	return outcomes, err
}

// clumsy trusts that a list has an entry.
type clumsy struct{ *acme }

func (a clumsy) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	outcomes, err := a.acme.SendBatch(ctx, batch)
	if err == nil && outcomes[0].ID == "" {
		err = sdk.Fail(sdk.Internal, "an outcome without a message")
	}
	return outcomes, err
}

// loser forgets the last message of a full batch.
type loser struct{ *acme }

func (a loser) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	outcomes, err := a.acme.SendBatch(ctx, batch)
	if len(outcomes) > 4 {
		outcomes = outcomes[1:]
	}
	return outcomes, err
}

// mixer takes the operator's answers to come in the order of the questions.
type mixer struct{ *acme }

func (a mixer) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	outcomes, err := a.acme.SendBatch(ctx, batch)
	for i := range outcomes {
		outcomes[i].ID = batch[i].ID
	}
	return outcomes, err
}

// sharer keeps the message that is being sent in the account, where two calls meet.
type sharer struct {
	*acme
	mu   *sync.Mutex
	last *string
}

func (a sharer) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	outcomes, err := a.acme.SendBatch(ctx, batch)
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(outcomes) == 1 {
		outcomes[0].Accepted.ID, *a.last = *a.last, outcomes[0].Accepted.ID
		if outcomes[0].Accepted.ID == "" {
			outcomes[0].Accepted.ID = *a.last
		}
	}
	return outcomes, err
}

// stumbler panics on a report that is shorter than it thinks.
type stumbler struct{ *acme }

func (a stumbler) ParseCallback(ctx context.Context, c sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	if c.Body[:3][0] == 0 {
		return nil, sdk.Reply{}, nil
	}
	return a.acme.ParseCallback(ctx, c)
}

// believer verifies a signature only where there is one.
type believer struct{ *acme }

func (a believer) ParseCallback(ctx context.Context, c sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	form, err := url.ParseQuery(string(c.Body))
	if err == nil && form.Get("id") != "" && !form.Has("sign") {
		return []sdk.Receipt{{ProviderID: form.Get("id"), Status: sdk.StatusDelivered}}, sdk.Reply{}, nil
	}
	return a.acme.ParseCallback(ctx, c)
}

// lenient verifies the first value of a field and reads the last one.
type lenient struct{ *acme }

func (a lenient) ParseCallback(ctx context.Context, c sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	receipts, reply, err := a.acme.ParseCallback(ctx, c)
	if form, bad := url.ParseQuery(string(c.Body)); bad == nil && err == nil {
		receipts[0].ProviderID = form["id"][len(form["id"])-1]
	}
	return receipts, reply, err
}

// roommate believes the reports of every account that it has open.
type roommate struct{ *acme }

func (a roommate) ParseCallback(ctx context.Context, c sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	first := *a.acme
	first.Key = trialKey
	return first.ParseCallback(ctx, c)
}

// forgetter claims to be idempotent and does not tell the operator our id.
type forgetter struct{ *acme }

func (a forgetter) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	outcomes := make([]sdk.Outcome, len(batch))
	for i, m := range batch {
		reply, err := a.ask(ctx, "/send", url.Values{"to": {m.To}, "text": {m.Text}})
		outcomes[i] = sdk.Outcome{ID: m.ID, Failure: sdk.AsFailure(err, sdk.UnknownOutcome)}
		if err == nil {
			outcomes[i].Accepted = &sdk.Accepted{ID: reply.ID}
		}
	}
	return outcomes, nil
}

// liar says that a message never arrived when it could not ask.
type liar struct{ *acme }

func (a liar) Lookup(ctx context.Context, queries []sdk.Query) ([]sdk.Receipt, error) {
	receipts, err := a.acme.Lookup(ctx, queries)
	if err != nil {
		return []sdk.Receipt{{OurID: queries[0].OurID, Status: sdk.StatusAbsent}}, nil //nolint:nilerr // that is its vice
	}
	return receipts, nil
}

// bankrupt takes a balance that is not said for nought.
type bankrupt struct{ *acme }

func (a bankrupt) Balance(ctx context.Context) (sdk.Balance, error) {
	reply, err := a.ask(ctx, "/balance", url.Values{})
	if err != nil || reply.Balance == "" {
		return sdk.Balance{Amount: sdk.Money{Currency: "RUB"}}, err
	}
	return a.acme.Balance(ctx)
}

// halfSpoken has a setting without a Russian label.
type halfSpoken struct {
	Key     sdk.Secret `sdk:"api_key,required" en:"Key"`
	BaseURL string     `sdk:"base_url,url" en:"Address" ru:"Адрес"`
}

// boundless takes any number.
type boundless struct {
	Key     sdk.Secret `sdk:"api_key,required" en:"Key" ru:"Ключ"`
	Phone   string     `sdk:"phone,phone" en:"Phone" ru:"Телефон"`
	Retries int        `sdk:"retries" default:"3" max:"10" en:"Retries" ru:"Повторы"`
	BaseURL string     `sdk:"base_url,url" en:"Address" ru:"Адрес"`
}

// otherSettings makes an acme of settings of another type.
func otherSettings[C any](p sdk.Plugin[trialSettings, *acme], key func(C) (sdk.Secret, string)) sdk.Plugin[C, *acme] {
	return sdk.Plugin[C, *acme]{
		Name: p.Name, Title: p.Title, Version: p.Version, Resend: p.Resend, MaxBatch: p.MaxBatch, Callback: p.Callback,
		Open: func(_ context.Context, c C, env sdk.Env) (*acme, error) {
			secret, base := key(c)
			return &acme{trialSettings{Key: secret, BaseURL: base}, env}, nil
		},
	}
}

// bad runs the suite on an acme in a wrapping.
func bad[A sdk.Sender](wrap func(*acme) A) func(*testing.T) {
	return func(t *testing.T) { sdktest.Run(t, trialPlugin("bad", wrap), trialOperator()) }
}

// excused runs the suite on an acme in a wrapping whose author has said why it is so.
func excused[A sdk.Sender](wrap func(*acme) A, excuse func(*sdktest.Operator)) func(*testing.T) {
	return func(t *testing.T) {
		o := trialOperator()
		excuse(&o)
		sdktest.Run(t, trialPlugin("bad", wrap), o)
	}
}

// vices are the bad providers, with the suite's cases that must catch them, and no others. Those
// without a case are excused and must pass.
func vices() map[string]struct {
	run  func(*testing.T)
	want []string
} {
	type vice = struct {
		run  func(*testing.T)
		want []string
	}
	return map[string]vice{
		"the key in an error":          {bad(func(a *acme) talker { return talker{a} }), []string{"secrets/errors"}},
		"the key in the log":           {bad(func(a *acme) diarist { return diarist{a} }), []string{"secrets/log"}},
		"a guest's number in an error": {bad(func(a *acme) gossip { return gossip{a} }), []string{"secrets/phones"}},
		"the key in an address":        {bad(func(a *acme) signpost { return signpost{a} }), []string{"secrets/addresses"}},
		"cancellation ignored":         {bad(func(a *acme) deaf { return deaf{a} }), []string{"cancellation/Send"}},
		"success on a web page":        {bad(func(a *acme) optimist { return optimist{a} }), []string{"answers/300_with_a_page_of_choices", "outages/a_web_page_with_200"}},
		"a reset taken for harmless":   {bad(func(a *acme) repeater { return repeater{a} }), []string{"outages/reset_after_the_request_was_read", "sending_twice/IDEMPOTENT"}},
		"sending again by itself": {bad(func(a *acme) eager { return eager{a} }), []string{
			"answers/a_chunk_of_no_size", "answers/a_chunk_without_its_end", "answers/half_of_a_gzip", "answers/said_to_be_gzip_and_is_not",
			"outages/half_an_answer", "outages/reset_inside_the_answer"}},
		"no mistake taken for success": {bad(func(a *acme) nodder { return nodder{a} }), []string{
			"answers/every_key_renamed", "answers/nothing_but_null", "answers/nothing_but_{\"\":\"\"}", "answers/nothing_but_{}"}},
		"the guest blamed for a proxy's word": {bad(func(a *acme) blamer { return blamer{a} }), []string{"answers/HTTP_422"}},
		"the operator's patience forgotten": {bad(func(a *acme) hasty { return hasty{a} }), []string{
			"answers/HTTP_429_for_30_seconds", "answers/HTTP_429_until_a_minute_later"}},
		"panic on an empty answer": {bad(func(a *acme) clumsy { return clumsy{a} }), []string{
			"answers/every_key_renamed", "answers/nothing_but_null", "answers/nothing_but_{\"\":\"\"}", "answers/nothing_but_{}"}},
		"one of a batch lost":                     {bad(func(a *acme) loser { return loser{a} }), []string{"batch/count_and_order"}},
		"ids swapped":                             {bad(func(a *acme) mixer { return mixer{a} }), []string{"batch/each_id_with_its_message"}},
		"state shared between calls":              {bad(newSharer()), []string{"hundred_calls_at_once", "sending_twice/IDEMPOTENT"}},
		"panic on a callback":                     {bad(func(a *acme) stumbler { return stumbler{a} }), []string{"callbacks/cut", "callbacks/odd"}},
		"a forged callback believed":              {bad(func(a *acme) believer { return believer{a} }), []string{"callbacks/cut", "callbacks/forged"}},
		"one value verified, another read":        {bad(func(a *acme) lenient { return lenient{a} }), []string{"callbacks/odd"}},
		"the reports of any account believed":     {bad(func(a *acme) roommate { return roommate{a} }), []string{"callbacks/another_account's"}},
		"idempotent in name only":                 {notIdempotent, []string{"sending_twice/IDEMPOTENT"}},
		"absent for an unasked lookup":            {bad(func(a *acme) liar { return liar{a} }), []string{"questions/Lookup_after_a_reset", "questions/Lookup_for_a_web_page", "questions/Lookup_for_answers_that_say_nothing", "questions/Lookup_of_a_silent_operator"}},
		"nought for a balance that is not said":   {bad(func(a *acme) bankrupt { return bankrupt{a} }), []string{"questions/Balance_for_answers_that_say_nothing"}},
		"the vendor wants the key in the address": {excused(func(a *acme) signpost { return signpost{a} }, func(o *sdktest.Operator) { o.KeyInAddress = true }), nil},
		"the vendor signs nothing":                {excused(func(a *acme) believer { return believer{a} }, func(o *sdktest.Operator) { o.UnsignedCallbacks = true }), nil},
		"a simulator with a memory": {excused(func(a *acme) *acme { return a }, func(o *sdktest.Operator) {
			o.Handler = nil
			o.NewHandler = func(testing.TB) http.Handler { return &acmeDesk{seen: map[string]bool{}} }
		}), nil},
		"no HTTP, and nothing wrong": {telegraphed(func(*telegraph) {}), nil},
		"no HTTP, and a lost answer taken for harmless": {telegraphed(func(a *telegraph) { a.harmless = true }), []string{
			"outages/half_an_answer", "outages/nothing_with_200", "outages/reset_after_the_request_was_read", "outages/reset_inside_the_answer", "outages/silent"}},
		"no HTTP, and sending again by itself": {telegraphed(func(a *telegraph) { a.again = true }), []string{
			"outages/half_an_answer", "outages/nothing_with_200", "outages/reset_after_the_request_was_read",
			"outages/reset_before_the_request_is_read", "outages/reset_inside_the_answer"}},
		"no HTTP, and success on a web page": {telegraphed(func(a *telegraph) { a.trusting = true }), []string{"outages/a_web_page_with_200"}},
		"a test binary without Main": {func(t *testing.T) {
			sdktest.Run(t, trialPlugin("stranger", func(a *acme) *acme { return a }), trialOperator())
		}, []string{"process/starts"}},
		"a label in one language": {func(t *testing.T) {
			p := otherSettings(goodPlugin(), func(c halfSpoken) (sdk.Secret, string) { return c.Key, c.BaseURL })
			sdktest.Run(t, p, trialOperator())
		}, []string{"manifest"}},
		"a number without bounds": {func(t *testing.T) {
			p := otherSettings(goodPlugin(), func(c boundless) (sdk.Secret, string) { return c.Key, c.BaseURL })
			sdktest.Run(t, p, trialOperator())
		}, []string{"settings/retries_is_below_its_range"}},
	}
}

func newSharer() func(*acme) sharer {
	return func(a *acme) sharer { return sharer{a, &sync.Mutex{}, new(string)} }
}

// notIdempotent is caught by the operator, which then cannot tell whose id is whose.
func notIdempotent(t *testing.T) {
	o := trialOperator()
	o.IDFor = nil
	sdktest.Run(t, trialPlugin("bad", func(a *acme) forgetter { return forgetter{a} }), o)
}

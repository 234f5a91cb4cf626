package main

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/orderbell/orderbell/sdk"
)

type account struct {
	config
	sdk.Env
	statuses map[string]sdk.Status // of the setting delivery_statuses, in lower case
}

// newAccount looks at what the settings' form cannot judge.
func newAccount(c config, env sdk.Env) (*account, error) {
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	number, ok := sender(c.Number)
	if !ok {
		return nil, &sdk.SettingError{Field: "number", Text: sdk.Text{
			EN: "Only a Russian mobile number (79990000000) or an alpha name can send.",
			RU: "Отправлять можно только с российского мобильного номера (79990000000) или от альфа-имени.",
		}}
	}
	c.Number = number
	if c.Template != "" {
		template, err := strconv.ParseUint(c.Template, 10, 64)
		if err != nil {
			return nil, &sdk.SettingError{Field: "template_resource_id", Text: sdk.Text{
				EN: "The number is larger than any template's.", RU: "Число больше любого номера шаблона.",
			}}
		}
		c.Template = strconv.FormatUint(template, 10) // JSON has no leading zeros
	}
	a := &account{config: c, Env: env, statuses: map[string]sdk.Status{}}
	for _, line := range c.Statuses {
		value, status, _ := strings.Cut(line, "=")
		a.statuses[strings.ToLower(strings.TrimSpace(value))] = sdk.Status(status)
	}
	return a, nil
}

// sender brings a number into the form that MTS Exolve wants, 79XXXXXXXXX; an alpha name stays as it
// is. False: neither. Its page on SendSMS excludes landline and 8-800 numbers.
func sender(name string) (string, bool) {
	if strings.ContainsFunc(name, unicode.IsLetter) {
		return name, true
	}
	number := digits(name)
	if len(number) == 11 && number[0] == '8' {
		number = "7" + number[1:]
	}
	return number, mobile(number)
}

// mobile says whether the digits are those of a Russian mobile number, the only ones taken.
func mobile(number string) bool { return len(number) == 11 && strings.HasPrefix(number, "79") }

func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
}

// call posts JSON and returns the answer of a call that went well; everything else is a *sdk.Failure.
func (a *account) call(ctx context.Context, path string, request any) ([]byte, error) {
	var body []byte
	if err := sdk.PostJSON(ctx, a.HTTP, a.BaseURL+path, request, &body, sdk.Bearer(a.APIKey), sdk.Header("Accept", "application/json")); err != nil {
		return nil, explain(err)
	}
	if f := refusal(body); f != nil {
		return nil, f
	}
	return body, nil
}

// sendRequest is the body of SendSMS. Number is the sender.
type sendRequest struct {
	Number      string      `json:"number"`
	Destination string      `json:"destination"`
	Text        string      `json:"text"`
	Template    json.Number `json:"template_resource_id,omitempty"`
}

// Send sends one text; there is no call for several. A number that is not a Russian mobile one is not
// sent at all: MTS Exolve would call it wrong, and another account may well be able to reach it.
func (a *account) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	request := sendRequest{Number: a.Number, Destination: digits(m.To), Text: m.Text, Template: json.Number(a.Template)}
	if !mobile(request.Destination) {
		return sdk.Accepted{}, sdk.Fail(sdk.Unsupported, "MTS Exolve sends to Russian mobile numbers only")
	}
	if m.Sender != "" {
		number, ok := sender(m.Sender)
		if !ok {
			return sdk.Accepted{}, sdk.Fail(sdk.BadSender, "neither a Russian mobile number nor an alpha name")
		}
		request.Number = number
	}
	body, err := a.call(ctx, pathSend, request)
	if err != nil {
		return sdk.Accepted{}, err
	}
	id, f := accepted(body)
	if f != nil {
		return sdk.Accepted{}, f
	}
	return sdk.Accepted{ID: id}, nil
}

// listRequest is the body of GetList. The id goes as a string: some versions of the page have it so,
// and the others take both.
type listRequest struct {
	MessageID string `json:"message_id,omitempty"`
	Limit     int    `json:"limit"`
}

// atOnce bounds the calls of one look-up at the same time.
const atOnce = 4

// Lookup asks for each message by MTS Exolve's id. One that is not in the list is not reported as
// absent: the list may lag behind, and absence could lead to a second text.
func (a *account) Lookup(ctx context.Context, queries []sdk.Query) ([]sdk.Receipt, error) {
	receipts := make([]sdk.Receipt, len(queries))
	errs := make([]error, len(queries))
	slots := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i, q := range queries {
		receipts[i] = sdk.Receipt{OurID: q.OurID, ProviderID: q.ProviderID, Status: sdk.StatusUnknown}
		if q.ProviderID == "" {
			continue // nothing to ask by
		}
		slots <- struct{}{}
		all.Go(func() {
			defer func() {
				<-slots
				if p := recover(); p != nil {
					a.Log.Error("a look-up panicked", "panic", p)
				}
			}()
			errs[i] = a.lookup(ctx, &receipts[i])
		})
	}
	all.Wait()
	failed := 0
	var first error
	for _, err := range errs {
		if err == nil {
			continue
		}
		failed++
		if first == nil {
			first = err
		}
	}
	if first != nil && failed == len(queries) {
		return nil, first
	}
	return receipts, nil
}

// lookup fills in what MTS Exolve says of one message.
func (a *account) lookup(ctx context.Context, r *sdk.Receipt) error {
	body, err := a.call(ctx, pathList, listRequest{MessageID: r.ProviderID, Limit: 10})
	if err != nil {
		return err
	}
	list, ok := items(body)
	if !ok {
		return sdk.Fail(sdk.Internal, "the answer holds no list of messages").WithRaw(string(body))
	}
	for _, one := range list {
		if one.id() == r.ProviderID {
			r.Status, r.Code = a.status(one.Delivery), string(one.Delivery)
		}
	}
	return nil
}

// status reads a value of delivery_status: by the setting, then by the words that speak for
// themselves; anything else is unknown.
func (a *account) status(value loose) sdk.Status {
	name := strings.ToLower(strings.TrimSpace(string(value)))
	if s, known := a.statuses[name]; known {
		return s
	}
	if s, known := words()[name]; known {
		return s
	}
	return sdk.StatusUnknown
}

// Balance is in roubles.
func (a *account) Balance(ctx context.Context) (sdk.Balance, error) {
	body, err := a.call(ctx, a.Balances, struct{}{})
	if err != nil {
		return sdk.Balance{}, err
	}
	var answer struct {
		Balance loose `json:"balance"`
	}
	_ = json.Unmarshal(body, &answer) // no balance then
	amount, err := sdk.ParseMoney(string(answer.Balance), "RUB")
	if err != nil {
		return sdk.Balance{}, sdk.Fail(sdk.Internal, "the answer holds no balance").WithRaw(string(body))
	}
	return sdk.Balance{Amount: amount}, nil
}

// Check asks for one message of the list, which is the cheapest documented call that changes nothing.
func (a *account) Check(ctx context.Context) ([]sdk.Diagnostic, error) {
	body, err := a.call(ctx, pathList, listRequest{Limit: 1})
	if err != nil {
		return nil, err
	}
	if _, ok := items(body); !ok {
		return nil, sdk.Fail(sdk.Internal, "the answer holds no list of messages").WithRaw(string(body))
	}
	return nil, nil
}

// Package simulator runs the simulators of the SMS operators by hand, so that an admin can try every
// provider without an account: it knows which settings lead an account there, and how an operator
// misbehaves. The simulators themselves lie in sdk/sdktest/operators, where the tests use them.
package simulator

import (
	"context"
	"net"
	"net/http"
	"strings"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/exolve"
	aggregator "github.com/orderbell/orderbell/sdk/sdktest/operators/http"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smsaero"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smsc"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smsgate"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smsru"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/twilio"
)

// Operator is one that can be simulated.
type Operator struct {
	Provider string // the provider that speaks to it
	Settings []Setting
	Hints    []Hint
	Balance  bool // there is a balance to ask for
	Faults   []Fault
	reports  func(address string) ([]Setting, string) // nil: it posts no delivery reports
	serve    func(ctx context.Context, listener net.Listener, o Options) error
}

// Setting is one of an account's settings, in the order in which a person would write them. A value may
// have several lines, and {url}, {host} and {port} in it, see SettingsAt.
type Setting struct{ Key, Value string }

// Hint is an ending of a phone number that makes the operator answer otherwise than usual.
type Hint struct {
	Ending string
	RU, EN string
}

// Options are what one run is started with.
type Options struct {
	operators.Options
	Fault Fault // empty: none
}

// Text is one that an operator has taken.
type Text = operators.Text

// Operators lists all of them. Adding one is adding it here.
func Operators() []Operator {
	return []Operator{
		{
			Provider: "smsru", Balance: true, Faults: webFaults(), reports: plain,
			Settings: []Setting{{"api_id", "simulated-api-id"}, {"base_url", "{url}"}},
			Hints:    append(hints("0202", "0209", "1105"), pageHint("3001")),
			serve:    web(func(o operators.Options) http.Handler { return smsru.New(o) }),
		},
		{
			Provider: "smsc", Balance: true, Faults: webFaults(), serve: web(smsc.New),
			Settings: []Setting{{"login", "cafe"}, {"psw", "simulated-password"}, {"base_url", "{url}/sys"}},
			Hints:    hints("0107", "0108", "0320"),
			reports: func(address string) ([]Setting, string) {
				return []Setting{{"callback_secret", smsc.CallbackSecret}}, address
			},
		},
		{
			Provider: "smsaero", Balance: true, Faults: webFaults(),
			Settings: []Setting{{"email", "cafe@example.org"}, {"api_key", "simulated-key-00"}, {"base_url", "{url}/v2"}},
			Hints:    append(hints("0400", "0406", "0702"), pageHint("0600")),
			serve:    web(func(o operators.Options) http.Handler { return smsaero.New(o) }),
			reports:  carried("callback_url"),
		},
		{
			Provider: "exolve", Balance: true, Faults: webFaults(),
			Settings: []Setting{
				{"api_key", "simulated-key-00"}, {"number", "79990000000"}, {"base_url", "{url}"},
				{"delivery_statuses", "1=ACCEPTED\n2=ACCEPTED\n3=DELIVERED\n4=UNDELIVERED\n5=EXPIRED\n6=REJECTED"}, // the real ones are not known
			},
			Hints: append(hints("0400", "0403", "0704"), pageHint("0600")),
			serve: web(func(o operators.Options) http.Handler { return exolve.New(o) }),
			reports: func(address string) ([]Setting, string) {
				const key = "simulated-webhook-key"
				return []Setting{{"webhook_key", key}}, address + "?key=" + key
			},
		},
		{
			Provider: "twilio", Balance: true, Faults: webFaults(), serve: web(twilio.New), reports: carried("status_callback"),
			Settings: []Setting{
				{"account_sid", "AC" + strings.Repeat("0", 31) + "1"}, {"auth_token", "simulated-token"},
				{"from", "+15005550006"}, {"base_url", "{url}"},
			},
			Hints: append(hints("21211", "21610", "30005"), pageHint("00203")),
		},
		{
			Provider: "http", Balance: true, Faults: webFaults(), serve: web(aggregator.New),
			Settings: prostor(),
			Hints:    append(hints("0202", "0209", ""), pageHint("0200")),
		},
		{
			Provider: "smsgate", Faults: webFaults(),
			Settings: []Setting{{"base_url", "{url}"}, {"username", "sms"}, {"password", "simulated-password"}},
			Hints:    append(hints("0400", "", "0709"), pageHint("0600")),
			serve:    web(func(o operators.Options) http.Handler { return smsgate.New(o) }),
			reports: func(address string) ([]Setting, string) {
				return []Setting{{"signing_key", smsgate.SigningKey}}, address
			},
		},
		{
			Provider: "smpp", serve: serveSMSC,
			Settings: []Setting{{"host", "{host}"}, {"port", "{port}"}, {"tls", "false"}, {"system_id", "cafe"}, {"password", "simulated"}},
			Hints:    hints("01011", "01102", "02005"),
		},
	}
}

// Find returns the operator that the provider speaks to.
func Find(provider string) (Operator, bool) {
	for _, o := range Operators() {
		if o.Provider == provider {
			return o, true
		}
	}
	return Operator{}, false
}

// prostor is the shortest of examples/http-providers.
func prostor() []Setting {
	return []Setting{
		{"url", "https://api.prostor-sms.ru/messages/v2/send/"},
		{"base_url", "{url}"},
		{"body", "login={login}\npassword={password}\nphone={to}\ntext={text}\nsender={sender}"},
		{"login", "cafe"}, {"password", "simulated-password"},
		{"success", "^accepted;"}, {"id", `^accepted;(\S+)`},
		{"errors", "(?i)^error authorization = UNAUTHORIZED\n(?i)^not enough = NO_MONEY\n(?i)^invalid mobile phone = BAD_RECIPIENT\n(?i)^phone is in stop = BLOCKED_RECIPIENT"},
		{"balance_url", "https://api.prostor-sms.ru/messages/v2/balance/"},
		{"balance_body", "login={login}\npassword={password}"}, {"balance", `^[A-Z]{3};(-?[\d.]+)`},
	}
}

// hints names the endings that every operator has in some form; an empty one is left out.
func hints(badNumber, refused, lost string) []Hint {
	var list []Hint
	for _, h := range []Hint{
		{badNumber, "не номер", "not a number"},
		{refused, "отказ: стоп-лист или запрет", "refused: on a stop list, or forbidden"},
		{lost, "принято, но не доставлено", "taken, but not delivered"},
	} {
		if h.Ending != "" {
			list = append(list, h)
		}
	}
	return list
}

func pageHint(ending string) Hint {
	return Hint{ending, "веб-страница вместо ответа: исход неизвестен", "a web page instead of an answer: the outcome is unknown"}
}

// plain is for operators who are told the address and nothing else.
func plain(address string) ([]Setting, string) { return nil, address }

// carried is for operators to whom the provider tells the address with each message.
func carried(key string) func(string) ([]Setting, string) {
	return func(address string) ([]Setting, string) { return []Setting{{key, address}}, "" }
}

// TakesCallback says whether the operator posts delivery reports.
func (o Operator) TakesCallback() bool { return o.reports != nil }

// SettingsAt are the settings of an account that leads to the operator at address, host:port, and that
// wants delivery reports at callback if it is not empty.
func (o Operator) SettingsAt(address, callback string) []Setting {
	host, port, _ := net.SplitHostPort(address) // it is one: somebody listens there
	place := func(value string) string {
		return placeholders(value, "{url}", "http://"+address, "{host}", host, "{port}", port)
	}
	var list []Setting
	for _, s := range o.Settings {
		list = append(list, Setting{s.Key, place(s.Value)})
	}
	if callback != "" && o.reports != nil {
		more, _ := o.reports(callback)
		list = append(list, more...)
	}
	return list
}

func placeholders(value string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(value)
}

// Serve answers on the listener until ctx ends, and closes it.
func (o Operator) Serve(ctx context.Context, listener net.Listener, options Options) error {
	if options.CallbackURL != "" && o.reports != nil {
		_, options.CallbackURL = o.reports(options.CallbackURL)
	}
	return o.serve(ctx, listener, options)
}

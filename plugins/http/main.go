// Command orderbell-provider-http sends messages through any aggregator that has an HTTP call for it.
// The admin describes the call and its answers in the settings; nothing has to be programmed.
//
// Placeholders stand for what differs from message to message, {to} and {text} above all; see
// template.go. How an answer is recognised is written as in match.go.
package main

import (
	"context"

	"github.com/orderbell/orderbell/sdk"
)

// version is set by the linker.
var version = "dev"

// config describes the calls. LIST settings have one entry a line.
type config struct {
	Method   string   `sdk:"method" choices:"POST|GET" default:"POST" en:"Method" ru:"Метод" en_help:"GET needs “Data in addresses” below. It puts the fields of the body into the address." ru_help:"Для GET нужно включить «Данные в адресах». Поля тела попадут в адрес."`
	URL      string   `sdk:"url,url,required" en:"Address of sending" ru:"Адрес отправки" placeholder:"https://api.example.org/send"`
	Headers  []string `sdk:"headers" max:"20" en:"Headers" ru:"Заголовки" en_help:"One “Name: value” a line; {key} {login} {password} {token} {basic} {sender} {id} may stand in the value. A header that would be empty is left out." ru_help:"По одному «Имя: значение» в строке; в значении можно писать {key} {login} {password} {token} {basic} {sender} {id}. Пустой заголовок не отправляется."`
	BodyType string   `sdk:"body_type" choices:"form|json|xml|raw" default:"form" en:"Kind of body" ru:"Вид тела" en_choices:"Form: name=value a line|JSON|XML|Raw text" ru_choices:"Форма: имя=значение в строке|JSON|XML|Текст как есть"`
	Body     []string `sdk:"body" en:"Body" ru:"Тело" en_help:"Placeholders: {to} {text} {sender} {id} {key} {login} {password} {token} {basic} {ttl}. Each is escaped for its place; a field that would be empty is left out. In raw text write how: {text:url}, {text:json}, {text:xml} or {text:plain}." ru_help:"Подстановки: {to} {text} {sender} {id} {key} {login} {password} {token} {basic} {ttl}. Каждая экранируется по месту; пустое поле не отправляется. В тексте как есть укажите способ: {text:url}, {text:json}, {text:xml} или {text:plain}."`

	Key         sdk.Secret `sdk:"key" en:"Key" ru:"Ключ" en_help:"For {key}." ru_help:"Для {key}."`
	Login       string     `sdk:"login" en:"Login" ru:"Логин" en_help:"For {login} and {basic}." ru_help:"Для {login} и {basic}."`
	Password    sdk.Secret `sdk:"password" en:"Password" ru:"Пароль" en_help:"For {password} and {basic}." ru_help:"Для {password} и {basic}."`
	Sender      string     `sdk:"sender" max:"32" en:"Sender name" ru:"Имя отправителя" en_help:"For {sender}. Empty: the parameter is not sent." ru_help:"Для {sender}. Пусто: параметр не отправляется."`
	PhoneFormat string     `sdk:"phone_format" choices:"digits|plus|national" default:"digits" en:"Form of {to}" ru:"Вид {to}" en_choices:"79990000001|+79990000001|9990000001" ru_choices:"79990000001|+79990000001|9990000001"`

	Success  []string `sdk:"success,required" min:"1" max:"10" en:"Sign of success" ru:"Признак успеха" en_help:"Every line must fit: “$.status = ok” (a JSON path and what the whole value looks like), “$.id” (there is such a value), or a regular expression for the text, like ^accepted" ru_help:"Должны подойти все строки: «$.status = ok» (путь в JSON и вид всего значения), «$.id» (значение есть) или регулярное выражение для текста, например ^accepted"`
	Statuses string   `sdk:"success_statuses,advanced" default:"200-299" pattern:"\\d{3}(-\\d{3})?(,\\s*\\d{3}(-\\d{3})?)*" en:"HTTP statuses of success" ru:"HTTP-коды успеха" en_help:"Like 200-299 or 200,202" ru_help:"Например, 200-299 или 200,202"`
	ID       string   `sdk:"id" en:"Operator's id" ru:"Номер у оператора" en_help:"A JSON path, or a regular expression whose first group is the id. Empty: the operator gives none, and ours stands in." ru_help:"Путь в JSON или регулярное выражение, первая группа которого — номер. Пусто: оператор его не даёт, вместо него берётся наш."`
	Errors   []string `sdk:"errors" max:"100" en:"Errors" ru:"Ошибки" en_help:"One “pattern = REASON” a line; the first that fits counts. The pattern is as above, or “HTTP 409”. Reasons: UNAVAILABLE RATE_LIMITED UNKNOWN_OUTCOME BAD_RECIPIENT BLOCKED_RECIPIENT REJECTED_TEXT BAD_SENDER NO_MONEY UNAUTHORIZED EXPIRED UNSUPPORTED INTERNAL; a time may follow, like RATE_LIMITED 1m" ru_help:"По одной строке «образец = ПРИЧИНА»; считается первая подошедшая. Образец — как выше или «HTTP 409». Причины: UNAVAILABLE RATE_LIMITED UNKNOWN_OUTCOME BAD_RECIPIENT BLOCKED_RECIPIENT REJECTED_TEXT BAD_SENDER NO_MONEY UNAUTHORIZED EXPIRED UNSUPPORTED INTERNAL; затем можно указать время: RATE_LIMITED 1m"`
	Words    string   `sdk:"error_text,advanced" en:"Operator's words" ru:"Слова оператора" en_help:"A pattern for the explanation in a refusal; it is shown beside the reason." ru_help:"Образец для пояснения в отказе; показывается рядом с причиной."`
	AnswerTo string   `sdk:"answer_to,advanced" en:"Number in the answer" ru:"Номер телефона в ответе" en_help:"A pattern; a success for another number is then not believed." ru_help:"Образец; успеху для чужого номера тогда нет веры."`
	Cost     string   `sdk:"cost,advanced" en:"Cost in the answer" ru:"Стоимость в ответе"`

	BalanceURL      string   `sdk:"balance_url,url" en_group:"Balance" ru_group:"Баланс" en:"Address of the balance" ru:"Адрес баланса"`
	BalanceMethod   string   `sdk:"balance_method" choices:"POST|GET" default:"POST" en_group:"Balance" ru_group:"Баланс" en:"Method" ru:"Метод"`
	BalanceBodyType string   `sdk:"balance_body_type" choices:"form|json|xml|raw" default:"form" en_group:"Balance" ru_group:"Баланс" en:"Kind of body" ru:"Вид тела"`
	BalanceBody     []string `sdk:"balance_body" en_group:"Balance" ru_group:"Баланс" en:"Body" ru:"Тело"`
	Balance         string   `sdk:"balance" en_group:"Balance" ru_group:"Баланс" en:"Amount in the answer" ru:"Сумма в ответе" en_help:"A JSON path, or a regular expression whose first group is the amount." ru_help:"Путь в JSON или регулярное выражение, первая группа которого — сумма."`
	Currency        string   `sdk:"currency" default:"RUB" pattern:"[A-Z]{3}" en_group:"Balance" ru_group:"Баланс" en:"Currency" ru:"Валюта" en_help:"Three letters: RUB" ru_help:"Три буквы: RUB"`

	TokenURL      string   `sdk:"token_url,url" en_group:"Log-in for a token" ru_group:"Вход за токеном" en:"Address of the log-in" ru:"Адрес входа" en_help:"For operators who hand out a token for login and password; it becomes {token} and is fetched anew after a 401." ru_help:"Для операторов, которые выдают токен по логину и паролю; он становится {token} и обновляется после ответа 401."`
	TokenBodyType string   `sdk:"token_body_type" choices:"form|json|xml|raw" default:"form" en_group:"Log-in for a token" ru_group:"Вход за токеном" en:"Kind of body" ru:"Вид тела"`
	TokenBody     []string `sdk:"token_body" en_group:"Log-in for a token" ru_group:"Вход за токеном" en:"Body" ru:"Тело"`
	Token         string   `sdk:"token" en_group:"Log-in for a token" ru_group:"Вход за токеном" en:"Token in the answer" ru:"Токен в ответе"`

	AllowURL bool   `sdk:"data_in_url,advanced" en:"Data in addresses" ru:"Данные в адресах" en_help:"DANGER: whatever stands in an address — keys, passwords, phone numbers — is written to the logs of every proxy and server on the way. Only for operators who accept nothing else." ru_help:"ОПАСНО: всё, что стоит в адресе, — ключи, пароли, телефоны — попадает в журналы всех серверов и прокси по пути. Только для операторов, которые не принимают ничего другого."`
	BaseURL  string `sdk:"base_url,url,advanced" en:"Other host" ru:"Другой сервер" en_help:"For trials: scheme and host of all addresses are replaced by these." ru_help:"Для проб: схема и имя сервера во всех адресах заменяются на эти."`
}

func main() { sdk.Main(provider()) }

func provider() sdk.Plugin[config, *account] {
	return sdk.Plugin[config, *account]{
		Name:        "http",
		Title:       sdk.Text{EN: "Any operator by HTTP", RU: "Любой оператор по HTTP"},
		Version:     version,
		Resend:      sdk.ResendNone,
		SenderNames: true,
		Open: func(_ context.Context, c config, env sdk.Env) (*account, error) {
			return newAccount(c, env)
		},
	}
}

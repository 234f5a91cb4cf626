// Command orderbell-provider-exolve sends messages through MTS Exolve.
package main

import (
	"context"

	"github.com/orderbell/orderbell/sdk"
)

// version is set by the linker.
var version = "dev"

// config is in MTS Exolve's own words. What its pages do not say for sure (the values of
// delivery_status, where the balance is) can be set.
type config struct {
	APIKey     sdk.Secret `sdk:"api_key,required" min:"16" pattern:"[!-~]+" en:"API key of the application" ru:"API-ключ приложения" en_help:"From the MTS Exolve cabinet, page of the application. Without the word Bearer." ru_help:"Из кабинета МТС Exolve, страница приложения. Без слова Bearer."`
	Number     string     `sdk:"number,required" min:"2" max:"20" en:"Sender: number or alpha name" ru:"Отправитель: номер или альфа-имя" placeholder:"79990000000" en_help:"An own mobile number at MTS Exolve, or a registered alpha name. Landline and 8-800 numbers cannot send; delivery from a plain number is not guaranteed." ru_help:"Собственный мобильный номер в МТС Exolve или зарегистрированное альфа-имя. Городские номера и 8-800 не отправляют; доставка с обычного номера не гарантируется."`
	WebhookKey sdk.Secret `sdk:"webhook_key" min:"16" max:"128" pattern:"[A-Za-z0-9_-]+" en:"Webhook key" ru:"Ключ вебхука" en_help:"Any 16 to 128 Latin letters and digits of your own making; they also go to the end of the webhook address. Empty: webhooks are refused and Orderbell asks for the statuses itself." ru_help:"Придумайте 16–128 латинских букв и цифр; они же добавляются в конец адреса вебхука. Пусто: вебхуки отвергаются, Orderbell запрашивает статусы сам."`
	Template   string     `sdk:"template_resource_id,advanced" pattern:"[0-9]{1,20}" en:"Template number" ru:"Номер шаблона" en_help:"template_resource_id of a template that all texts of this account follow. Empty: none." ru_help:"template_resource_id шаблона, которому следуют все тексты этой учётной записи. Пусто: без шаблона."`
	Statuses   []string   `sdk:"delivery_statuses,advanced" max:"50" pattern:"[^=]{1,64}=(ACCEPTED|DELIVERED|UNDELIVERED|REJECTED|EXPIRED|UNKNOWN)" en:"Meaning of delivery_status" ru:"Значения delivery_status" placeholder:"3=DELIVERED" en_help:"One line for each value: VALUE=ACCEPTED, DELIVERED, UNDELIVERED, REJECTED, EXPIRED or UNKNOWN. It adds to the words that Orderbell knows, and comes before them." ru_help:"По строке на значение: ЗНАЧЕНИЕ=ACCEPTED, DELIVERED, UNDELIVERED, REJECTED, EXPIRED или UNKNOWN. Дополняет известные Orderbell слова и важнее их."`
	Balances   string     `sdk:"balance_path,advanced" default:"/finance/v1/GetBalance" pattern:"/[A-Za-z0-9/_.-]+" en:"Path of the balance call" ru:"Путь запроса баланса" en_help:"Begins with a slash." ru_help:"Начинается с косой черты."`
	BaseURL    string     `sdk:"base_url,url,advanced" default:"https://api.exolve.ru" en:"API address" ru:"Адрес API"`
}

// Paths of the calls that MTS Exolve documents.
const (
	pathSend = "/messaging/v1/SendSMS"
	pathList = "/messaging/v1/GetList"
)

func main() { sdk.Main(provider()) }

func provider() sdk.Plugin[config, *account] {
	return sdk.Plugin[config, *account]{
		Name:     "exolve",
		Title:    sdk.Text{EN: "MTS Exolve", RU: "МТС Exolve"},
		Version:  version,
		Homepage: "https://exolve.ru",
		// Neither a key of ours nor a filter is documented, and messages are not found by our id.
		Resend:      sdk.ResendNone,
		SenderNames: true,
		Callback: sdk.CallbackInfo{
			Setup: sdk.Text{
				EN: "Make up a webhook key and fill it in here. In the MTS Exolve cabinet, at the application's SMS webhook, enter the address shown here with ?key= and the webhook key at its end. It must be reachable from the internet.",
				RU: "Придумайте ключ вебхука и укажите его здесь. В кабинете МТС Exolve, в настройках SMS-вебхука приложения, введите показанный здесь адрес, добавив в конец ?key= и ключ вебхука. Адрес должен быть доступен из интернета.",
			},
			Verification: sdk.Text{
				EN: "No signature of MTS Exolve is known. A report is believed if its address carries the webhook key; any other is refused. If in doubt, the status can be asked for at any time.",
				RU: "О подписи МТС Exolve ничего не известно. Отчёту верят, если в его адресе есть ключ вебхука; остальные отвергаются. В сомнительном случае статус можно запросить в любой момент.",
			},
		},
		Open: func(_ context.Context, c config, env sdk.Env) (*account, error) { return newAccount(c, env) },
	}
}

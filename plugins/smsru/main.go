// Command orderbell-provider-smsru sends messages through sms.ru.
package main

import (
	"context"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// version is set by the linker.
var version = "dev"

// config is in sms.ru's own words.
type config struct {
	APIID    sdk.Secret `sdk:"api_id,required" min:"8" en:"API token" ru:"Токен API" en_help:"api_id from the sms.ru cabinet, page “For developers”." ru_help:"api_id из кабинета sms.ru, раздел «Программистам»."`
	From     string     `sdk:"from" max:"15" en:"Sender name" ru:"Имя отправителя" en_help:"An approved name. Empty: the account's default." ru_help:"Согласованное имя. Пусто: имя по умолчанию в кабинете."`
	Translit bool       `sdk:"translit,advanced" en:"Transliterate" ru:"Транслитерация" en_help:"Cyrillic to Latin, which makes messages shorter." ru_help:"Кириллица латиницей: сообщения короче."`
	Daytime  bool       `sdk:"daytime,advanced" en:"Only by day" ru:"Только днём" en_help:"sms.ru postpones to the morning of the guest's own time zone." ru_help:"sms.ru отложит до утра по часовому поясу гостя."`
	Test     bool       `sdk:"test,advanced" en:"Test mode" ru:"Тестовый режим" en_help:"sms.ru checks the message but does not send it." ru_help:"sms.ru проверяет сообщение, но не отправляет."`
	BaseURL  string     `sdk:"base_url,url,advanced" default:"https://sms.ru" en:"API address" ru:"Адрес API"`
}

// maxPerRequest is how many recipients, or ids, one call of sms.ru takes (pages sms/send, sms/cost
// and sms/status).
const maxPerRequest = 100

func main() { sdk.Main(provider()) }

func provider() sdk.Plugin[config, *account] {
	return sdk.Plugin[config, *account]{
		Name:     "smsru",
		Title:    sdk.Text{EN: "SMS.RU", RU: "SMS.RU"},
		Version:  version,
		Homepage: "https://sms.ru",
		// sms.ru refuses the same text to the same number within a minute (code 231).
		Resend:       sdk.ResendDuplicateFilter,
		ResendWindow: time.Minute,
		MaxBatch:     maxPerRequest,
		SenderNames:  true,
		Validity:     true,
		Callback: sdk.CallbackInfo{
			Setup: sdk.Text{
				EN: "In the sms.ru cabinet, page “For developers”, section Callback, add this address as a handler.",
				RU: "В кабинете sms.ru, раздел «Программистам», пункт Callback, добавьте этот адрес как обработчик.",
			},
			Verification: sdk.Text{
				EN: "sms.ru signs each report with the api_id (field hash, SHA-256). A report with another hash is refused and changes nothing.",
				RU: "sms.ru подписывает каждый отчёт ключом api_id (поле hash, SHA-256). Отчёт с другим hash отклоняется и ничего не меняет.",
			},
		},
		Open: func(_ context.Context, c config, env sdk.Env) (*account, error) {
			c.BaseURL = strings.TrimRight(c.BaseURL, "/")
			return &account{config: c, Env: env}, nil
		},
	}
}

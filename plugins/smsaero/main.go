// Command orderbell-provider-smsaero sends messages through SMS Aero, API version 2.
package main

import (
	"context"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// version is set by the linker.
var version = "dev"

// config is in SMS Aero's own words. The bounds of api_key and sign are those of its official
// libraries (smsaero_golang, smsaero_php); the key's upper one is left wider, as nothing is gained
// by refusing here what the operator might take.
type config struct {
	Email       string     `sdk:"email,required" max:"254" pattern:"[^@:\\s]+@[^@:\\s]+" en:"Email" ru:"Email (логин)" placeholder:"cafe@example.org" en_help:"The login of the SMS Aero cabinet, an e-mail address." ru_help:"Логин кабинета SMS Aero, адрес электронной почты."`
	APIKey      sdk.Secret `sdk:"api_key,required" min:"16" max:"128" en:"API key" ru:"API-ключ" en_help:"From the SMS Aero cabinet, page “Settings”, “API and SMPP”. Not the password." ru_help:"Из кабинета SMS Aero, раздел «Настройки», «API и SMPP». Это не пароль."`
	Sign        string     `sdk:"sign" min:"2" max:"64" default:"SMS Aero" en:"Signature (sender name)" ru:"Подпись (имя отправителя)" en_help:"A signature approved in the cabinet. “SMS Aero” is free and works without approval." ru_help:"Подпись, согласованная в кабинете. «SMS Aero» бесплатна и согласования не требует."`
	CallbackURL sdk.Secret `sdk:"callback_url" max:"1000" pattern:"https?://[^\\s/?#@]+[^\\s?#@]*" en:"Callback address" ru:"Адрес для отчётов" en_help:"The address that Orderbell shows for this account; it begins with https:// and has no “?”. Each message carries it. Empty: Orderbell asks for the statuses itself." ru_help:"Адрес, который Orderbell показывает для этой учётной записи; начинается с https:// и не содержит «?». Он передаётся с каждым сообщением. Пусто: Orderbell запрашивает статусы сам."`
	ShortLink   bool       `sdk:"short_link,advanced" en:"Shorten links" ru:"Сокращать ссылки" en_help:"SMS Aero replaces links in the text by short ones." ru_help:"SMS Aero заменит ссылки в тексте короткими."`
	Test        bool       `sdk:"test,advanced" en:"Test mode" ru:"Тестовый режим" en_help:"SMS Aero checks the message but does not send it." ru_help:"SMS Aero проверяет сообщение, но не отправляет."`
	BaseURL     string     `sdk:"base_url,url,advanced" default:"https://gate.smsaero.ru/v2" en:"API address" ru:"Адрес API" en_help:"The same service also answers at gate.smsaero.org and gate.smsaero.net." ru_help:"Тот же сервис отвечает на gate.smsaero.org и gate.smsaero.net."`
}

// Bounds of one process. What SMS Aero takes at once is not documented for messages; 50 numbers is
// its documented bound for a viber/send, its sibling call.
const (
	maxBatch = 50
	inFlight = 4 // batches at the same time
	atOnce   = 4 // calls of one batch at the same time
)

func main() { sdk.Main(provider()) }

func provider() sdk.Plugin[config, *account] {
	return sdk.Plugin[config, *account]{
		Name:     "smsaero",
		Title:    sdk.Text{EN: "SMS Aero", RU: "SMS Aero"},
		Version:  version,
		Homepage: "https://smsaero.ru",
		// No key of ours makes a second call harmless, no filter is documented, and the list of sent
		// messages cannot be searched by our id.
		Resend:      sdk.ResendNone,
		MaxBatch:    maxBatch,
		MaxInFlight: inFlight,
		SenderNames: true,
		Callback: sdk.CallbackInfo{
			Setup: sdk.Text{
				EN: "Nothing has to be set up in the SMS Aero cabinet. Paste the address shown here into “Callback address”: each message tells it to SMS Aero, together with a seal. It must be reachable from the internet.",
				RU: "В кабинете SMS Aero ничего настраивать не нужно. Вставьте показанный здесь адрес в поле «Адрес для отчётов»: он передаётся SMS Aero с каждым сообщением вместе с печатью. Адрес должен быть доступен из интернета.",
			},
			Verification: sdk.Text{
				EN: "SMS Aero does not sign its reports. Orderbell adds to the address the message's number and a seal made of the API key; a report without the right seal is refused. After a change of the API key, reports about earlier messages are refused too and their statuses are asked for instead.",
				RU: "SMS Aero не подписывает отчёты. Orderbell добавляет к адресу номер сообщения и печать на основе API-ключа; отчёт без верной печати отвергается. После смены API-ключа отвергаются и отчёты о прежних сообщениях, их статусы запрашиваются.",
			},
		},
		Open: func(_ context.Context, c config, env sdk.Env) (*account, error) {
			c.BaseURL = strings.TrimRight(c.BaseURL, "/")
			return &account{config: c, Env: env}, nil
		},
	}
}

// Command orderbell-provider-twilio sends messages through Twilio Programmable Messaging.
package main

import (
	"context"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// version is set by the linker.
var version = "dev"

// config is in Twilio's own words.
type config struct {
	AccountSID     string     `sdk:"account_sid,required" pattern:"AC[0-9a-fA-F]{32}" en:"Account SID" ru:"Account SID" en_help:"From the Twilio console: AC and 32 letters and digits." ru_help:"Из консоли Twilio: AC и 32 буквы и цифры."`
	AuthToken      sdk.Secret `sdk:"auth_token" min:"3" en:"Auth Token" ru:"Auth Token" en_help:"The primary token. It also signs delivery reports, so they need it even beside an API key." ru_help:"Основной токен. Им же подписаны отчёты о доставке, поэтому он нужен для них и при ключе API."`
	APIKeySID      string     `sdk:"api_key_sid,advanced" pattern:"SK[0-9a-fA-F]{32}" en:"API key SID" ru:"SID ключа API" en_help:"To send with a key that can be revoked by itself: SK and 32 letters and digits." ru_help:"Чтобы отправлять по ключу, который можно отозвать отдельно: SK и 32 буквы и цифры."`
	APIKeySecret   sdk.Secret `sdk:"api_key_secret,advanced" min:"3" en:"API key secret" ru:"Секрет ключа API"`
	From           string     `sdk:"from" pattern:"\\+[0-9]{7,15}|[0-9]{3,8}|[A-Za-z0-9 ]{2,11}" en:"From" ru:"From (отправитель)" en_help:"A Twilio number (+15005550006), a short code or an approved name. Or use a messaging service." ru_help:"Номер Twilio (+15005550006), короткий номер или согласованное имя. Или укажите сервис сообщений."`
	Service        string     `sdk:"messaging_service_sid" pattern:"MG[0-9a-fA-F]{32}" en:"Messaging Service SID" ru:"Messaging Service SID" en_help:"MG and 32 letters and digits; the service picks the sender." ru_help:"MG и 32 буквы и цифры; отправителя выберет сервис."`
	StatusCallback string     `sdk:"status_callback,url" en:"StatusCallback" ru:"StatusCallback" en_help:"The callback address that Orderbell shows for this account, exactly as Twilio shall call it. Empty: no delivery reports, statuses are asked for." ru_help:"Адрес обратного вызова, который Orderbell показывает для этой учётной записи, точно в том виде, в каком его вызовет Twilio. Пусто: отчётов не будет, статусы запрашиваются."`
	SmartEncoded   bool       `sdk:"smart_encoded,advanced" en:"SmartEncoded" ru:"SmartEncoded" en_help:"Twilio replaces letters that would make the message longer by plain look-alikes." ru_help:"Twilio заменяет символы, из-за которых сообщение стало бы длиннее, на простые похожие."`
	BaseURL        string     `sdk:"base_url,url,advanced" default:"https://api.twilio.com" en:"API address" ru:"Адрес API"`
}

func main() { sdk.Main(provider()) }

func provider() sdk.Plugin[config, *account] {
	return sdk.Plugin[config, *account]{
		Name:     "twilio",
		Title:    sdk.Text{EN: "Twilio", RU: "Twilio"},
		Version:  version,
		Homepage: "https://www.twilio.com",
		// There is no idempotency key for sending, and no client id to look a message up by.
		Resend:      sdk.ResendNone,
		SenderNames: true,
		Validity:    true,
		Callback: sdk.CallbackInfo{
			Setup: sdk.Text{
				EN: "Paste the address into the setting StatusCallback; it is sent along with each message. Nothing has to be set in the Twilio console.",
				RU: "Вставьте адрес в настройку StatusCallback: он передаётся с каждым сообщением. В консоли Twilio ничего настраивать не нужно.",
			},
			Verification: sdk.Text{
				EN: "By X-Twilio-Signature, made with the primary Auth Token over the address and the fields. A report repeated by somebody else changes nothing.",
				RU: "По X-Twilio-Signature: подпись основным Auth Token адреса и полей. Повтор чужими руками ничего не меняет.",
			},
		},
		Open: func(_ context.Context, c config, env sdk.Env) (*account, error) {
			c.BaseURL = strings.TrimRight(c.BaseURL, "/")
			return &account{c, env}, c.check()
		},
	}
}

// check finds settings that do not go together.
func (c *config) check() error {
	switch {
	case (c.APIKeySID == "") != (c.APIKeySecret == ""):
		field := "api_key_secret"
		if c.APIKeySID == "" {
			field = "api_key_sid"
		}
		return &sdk.SettingError{Field: field, Text: sdk.Text{EN: "An API key has both a SID and a secret.", RU: "У ключа API есть и SID, и секрет."}}
	case c.AuthToken == "" && c.APIKeySID == "":
		return &sdk.SettingError{Field: "auth_token", Text: sdk.Text{EN: "An Auth Token or an API key is required.", RU: "Нужен Auth Token или ключ API."}}
	case c.From == "" && c.Service == "":
		return &sdk.SettingError{Field: "from", Text: sdk.Text{EN: "From or a messaging service is required.", RU: "Нужен отправитель (From) или сервис сообщений."}}
	case c.From != "" && c.Service != "":
		return &sdk.SettingError{Field: "from", Text: sdk.Text{EN: "Use either From or a messaging service.", RU: "Укажите либо From, либо сервис сообщений."}}
	case c.StatusCallback != "" && c.AuthToken == "":
		return &sdk.SettingError{Field: "auth_token", Text: sdk.Text{EN: "Delivery reports are signed with the Auth Token; without it none can be believed.", RU: "Отчёты о доставке подписаны Auth Token; без него ни одному нельзя верить."}}
	}
	return nil
}

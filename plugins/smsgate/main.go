// Command orderbell-provider-smsgate sends messages through an Android phone with the app SMSGate (SMS
// Gateway for Android, capcom6), directly over the local network, through a private server, or through
// the vendor's cloud: all three speak one HTTP API.
//
// Facts are from the vendor's documentation (docs.sms-gate.app) and from the published sources of the
// app and its server, as of November 2026. It needs the app 1.40 or later.
package main

import (
	"context"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// version is set by the linker.
var version = "dev"

// Values of the setting auth.
const (
	authBasic = "basic"
	authJWT   = "jwt"
)

// config is in the words of the app and its documentation.
type config struct {
	BaseURL    string     `sdk:"base_url,url" default:"https://api.sms-gate.app/3rdparty/v1" en:"Server address" ru:"Адрес сервера" en_help:"The phone itself: http://192.168.1.10:8080, as the app shows it under Local Server. A private server: https://your-server/3rdparty/v1. The cloud: https://api.sms-gate.app/3rdparty/v1. An address in the local network must also be listed in egress_allow." ru_help:"Сам телефон: http://192.168.1.10:8080, как показывает приложение в разделе Local Server. Частный сервер: https://ваш-сервер/3rdparty/v1. Облако: https://api.sms-gate.app/3rdparty/v1. Адрес в локальной сети нужно также внести в egress_allow."`
	Username   string     `sdk:"username,required" max:"64" en:"Username" ru:"Имя пользователя (Username)" en_help:"From the app's Home tab." ru_help:"С вкладки Home приложения."`
	Password   sdk.Secret `sdk:"password,required" min:"3" en:"Password" ru:"Пароль (Password)" en_help:"From the app's Home tab." ru_help:"С вкладки Home приложения."`
	DeviceID   string     `sdk:"device_id" pattern:"[A-Za-z0-9_-]{1,40}" en:"Device ID" ru:"Device ID" en_help:"Only with several phones behind one server: the phone that sends. Empty: the server picks one for each text." ru_help:"Только если за сервером несколько телефонов: тот, что отправляет. Пусто: сервер выбирает телефон для каждого сообщения."`
	SIM        string     `sdk:"sim_number" choices:"default|1|2|3" default:"default" en_choices:"As the app is set|SIM 1|SIM 2|SIM 3" ru_choices:"Как настроено в приложении|SIM 1|SIM 2|SIM 3" en:"SIM card" ru:"SIM-карта"`
	Reports    bool       `sdk:"with_delivery_report" default:"true" en:"Delivery reports" ru:"Отчёты о доставке" en_help:"The phone asks the network for a report on each text; some tariffs charge for it." ru_help:"Телефон запрашивает у сети отчёт по каждому сообщению; на некоторых тарифах это платно."`
	WebhookURL string     `sdk:"webhook_url,url" en:"Webhook address" ru:"Адрес вебхука" en_help:"The callback address that Orderbell shows for this account; “account check” registers it on the phone. Only https, or http://127.0.0.1. Empty: statuses are asked for." ru_help:"Адрес обратного вызова, который Orderbell показывает для этой учётной записи; «account check» зарегистрирует его на телефоне. Только https или http://127.0.0.1. Пусто: статусы запрашиваются."`
	SigningKey sdk.Secret `sdk:"signing_key" min:"4" en:"Signing Key" ru:"Ключ подписи (Signing Key)" en_help:"In the app: Settings → Webhooks → Signing Key. Needed for webhooks; the same on every phone of the account." ru_help:"В приложении: Settings → Webhooks → Signing Key. Нужен для вебхуков; одинаковый на всех телефонах учётной записи."`
	Auth       string     `sdk:"auth,advanced" choices:"basic|jwt" default:"basic" en_choices:"Basic|JWT" ru_choices:"Basic|JWT" en:"Authorisation" ru:"Авторизация" en_help:"JWT: the password is sent only to fetch a token that can send and read messages and no more. Cloud and private server; phones by themselves know it only in recent versions of the app." ru_help:"JWT: пароль передаётся только для получения токена, который позволяет отправлять и читать сообщения и ничего больше. Облако и частный сервер; сами телефоны умеют это лишь в новых версиях приложения."`
	Priority   int        `sdk:"priority,advanced" min:"-128" max:"127" default:"0" en:"Priority" ru:"Приоритет" en_help:"-128 … 127. From 100 on, the app's own limits and pauses do not hold a text back." ru_help:"-128 … 127. Начиная со 100 собственные ограничения и паузы приложения сообщение не задерживают."`
	SkipPhone  bool       `sdk:"skip_phone_validation,advanced" en:"Skip phone validation" ru:"Не проверять номер" en_help:"The app otherwise refuses numbers that its tables do not know as mobile ones." ru_help:"Иначе приложение отклоняет номера, которых нет среди мобильных в его таблицах."`
}

func main() { sdk.Main(provider()) }

func provider() sdk.Plugin[config, *account] {
	return sdk.Plugin[config, *account]{
		Name:     "smsgate",
		Title:    sdk.Text{EN: "Android phone (SMSGate)", RU: "Телефон на Android (SMSGate)"},
		Version:  version,
		Homepage: "https://sms-gate.app",
		// The id is ours; the same one on the same phone is the same message. See account.Send for
		// several phones.
		Resend:      sdk.ResendIdempotent,
		MaxInFlight: 4, // the phone's server is small
		Validity:    true,
		Callback: sdk.CallbackInfo{
			Setup: sdk.Text{
				EN: "Paste the address into the setting webhook_url and the phone's Signing Key into signing_key, then run “orderbell account check”: it registers the address for sms:sent, sms:delivered and sms:failed.",
				RU: "Вставьте адрес в настройку webhook_url, а Signing Key телефона — в signing_key и выполните «orderbell account check»: команда зарегистрирует адрес для sms:sent, sms:delivered и sms:failed.",
			},
			Verification: sdk.Text{
				EN: "By X-Signature, made with the Signing Key over the body and X-Timestamp. The phone's clock must be right to five minutes.",
				RU: "По X-Signature: подпись ключом Signing Key тела и X-Timestamp. Часы телефона должны идти верно с точностью до пяти минут.",
			},
		},
		Open: func(_ context.Context, c config, env sdk.Env) (*account, error) {
			c.BaseURL = strings.TrimRight(c.BaseURL, "/")
			if err := c.check(); err != nil {
				return nil, err
			}
			return &account{config: c, Env: env, tokens: newTokens()}, nil
		},
	}
}

// check finds settings that do not go together.
func (c *config) check() error {
	if c.WebhookURL != "" && c.SigningKey == "" {
		return &sdk.SettingError{Field: "signing_key", Text: sdk.Text{
			EN: "Webhooks are signed with the Signing Key of the app; without it none can be believed.",
			RU: "Вебхуки подписаны ключом Signing Key приложения; без него ни одному нельзя верить.",
		}}
	}
	return nil
}

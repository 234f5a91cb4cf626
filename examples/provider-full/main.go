// Command beacon is a provider that uses every ability of the SDK, for reading beside one's own. The
// operator Beacon is made up: JSON over HTTPS, a bearer token, batches of 50, signed delivery reports.
// provider-minimal shows how little is enough.
package main

import (
	"context"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// version is set by the linker: -ldflags "-X main.version=1.2.3".
var version = "dev"

// config is the account's settings: the tags draw the admin's form, check what is filled in and fill
// this struct. Labels are needed in both languages. Numbers and durations need bounds.
type config struct {
	// A Secret is write-only in the form and prints as ••• wherever it ends up.
	Token sdk.Secret `sdk:"token,required" min:"8" max:"128" en:"Token" ru:"Токен" en_help:"From the cabinet, page “API”." ru_help:"Из кабинета, раздел «API»."`
	// Reports are signed with a key of their own. It is not required: without it there are no callbacks.
	SigningKey sdk.Secret `sdk:"signing_key" min:"8" max:"128" en:"Signing key" ru:"Ключ подписи" en_help:"For delivery reports. Empty: reports are refused." ru_help:"Для отчётов о доставке. Пусто: отчёты не принимаются."`
	Sender     string     `sdk:"sender" max:"11" pattern:"[A-Za-z0-9 .-]+" placeholder:"Cafe" en:"Sender name" ru:"Имя отправителя"`
	// An ENUM: choices, and what people see instead of them.
	Route string `sdk:"route" choices:"direct|economy" default:"direct" en_choices:"Direct|Economy" ru_choices:"Прямой|Экономный" en:"Route" ru:"Маршрут"`
	// Shown only when the route is economy.
	Patience time.Duration `sdk:"patience" when:"route=economy" default:"10m" min:"1m" max:"1h" en:"May be late by" ru:"Может опоздать на" `
	Parts    int           `sdk:"parts,advanced" default:"3" min:"1" max:"10" en:"Most segments" ru:"Сегментов не больше"`
	Latin    bool          `sdk:"latin,advanced" en:"Transliterate" ru:"Транслитерация"`
	// A LIST holds one entry a line.
	Tags    []string `sdk:"tags,advanced" max:"5" pattern:"[a-z0-9-]+" en:"Tags in Beacon's statistics" ru:"Метки в статистике Beacon"`
	Report  string   `sdk:"report_to,phone,advanced" en:"Phone for Beacon's alerts" ru:"Телефон для предупреждений Beacon"`
	BaseURL string   `sdk:"base_url,url,advanced" default:"https://api.beacon.example" en:"API address" ru:"Адрес API"`
}

func main() { sdk.Main(provider()) }

// provider is a function, so that tests can have it without main.
func provider() sdk.Plugin[config, *account] {
	return sdk.Plugin[config, *account]{
		Name:     "beacon",
		Title:    sdk.Text{EN: "Beacon (example)", RU: "Beacon (пример)"},
		Version:  version,
		Homepage: "https://beacon.example",
		Open:     open,

		// What no method can show. Beacon takes a message with a known "ref" for the same message, for a
		// day: the gateway may then repeat one whose outcome it does not know.
		Resend:       sdk.ResendIdempotent,
		ResendWindow: 24 * time.Hour,
		MaxBatch:     50,
		MaxInFlight:  4,
		MaxPerSecond: 200,
		SenderNames:  true, // Message.Sender is honoured
		Validity:     true, // Message.NotAfter is told to Beacon
		Callback: sdk.CallbackInfo{
			Setup:        sdk.Text{EN: "Cabinet, “API”, field “Report address”.", RU: "Кабинет, «API», поле «Адрес отчётов»."},
			Verification: sdk.Text{EN: "Each report is signed with the signing key.", RU: "Каждый отчёт подписан ключом подписи."},
		},
	}
}

// open builds an account. What one setting's tags cannot say is said here, on the right field. It does
// not call the operator: that is Check's task.
func open(_ context.Context, c config, env sdk.Env) (*account, error) {
	if c.SigningKey != "" && c.SigningKey == c.Token {
		return nil, &sdk.SettingError{Field: "signing_key", Text: sdk.Text{
			EN: "The signing key must not be the token.", RU: "Ключ подписи не должен совпадать с токеном.",
		}}
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	return &account{config: c, Env: env}, nil
}

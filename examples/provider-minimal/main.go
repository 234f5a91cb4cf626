// Command acme sends messages through the Acme SMS gateway.
package main

import (
	"context"
	"net/url"

	"github.com/orderbell/orderbell/sdk"
)

var version = "dev"

type config struct {
	APIKey  sdk.Secret `sdk:"api_key,required" en:"API key" ru:"Ключ API"`
	Sender  string     `sdk:"sender" en:"Sender name" ru:"Имя отправителя"`
	BaseURL string     `sdk:"base_url,url,advanced" default:"https://api.acme.example" en:"API address" ru:"Адрес API"`
}

type account struct {
	config
	sdk.Env
}

func provider() sdk.Plugin[config, *account] {
	return sdk.Plugin[config, *account]{
		Name:    "acme",
		Title:   sdk.Text{EN: "Acme SMS", RU: "Acme СМС"},
		Version: version,
		Open: func(_ context.Context, c config, env sdk.Env) (*account, error) {
			return &account{c, env}, nil
		},
	}
}

func main() { sdk.Main(provider()) }

func (a *account) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	var reply struct {
		Code int    `json:"code"`
		ID   string `json:"id"`
	}
	form := url.Values{"key": {string(a.APIKey)}, "from": {a.Sender}, "to": {m.To}, "text": {m.Text}, "ref": {m.ID}}
	if err := sdk.PostForm(ctx, a.HTTP, a.BaseURL+"/send", form, &reply); err != nil {
		return sdk.Accepted{}, err
	}
	if reason, bad := reasons[reply.Code]; bad {
		return sdk.Accepted{}, sdk.Fail(reason, "acme code %d", reply.Code)
	}
	return sdk.Accepted{ID: reply.ID}, nil
}

var reasons = map[int]sdk.Reason{201: sdk.NoMoney, 202: sdk.BadRecipient, 301: sdk.Unauthorized}

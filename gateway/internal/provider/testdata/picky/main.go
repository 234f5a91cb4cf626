// Command picky calls itself console and takes its settings, but cannot log in: the version of a provider
// that nobody should be moved to.
package main

import (
	"context"

	"github.com/orderbell/orderbell/sdk"
)

type config struct {
	File  string `sdk:"file" en:"File" ru:"Файл"`
	Delay string `sdk:"delay" en:"Delay" ru:"Задержка"`
}

type account struct{}

func main() {
	sdk.Main(sdk.Plugin[config, account]{
		Name: "console", Title: sdk.Text{EN: "Picky", RU: "Капризный"}, Version: "3.0.0",
		Open: func(context.Context, config, sdk.Env) (account, error) { return account{}, nil },
	})
}

func (account) Send(context.Context, sdk.Message) (sdk.Accepted, error) {
	return sdk.Accepted{}, sdk.Fail(sdk.Unauthorized, "this version sends nothing")
}

func (account) Check(context.Context) ([]sdk.Diagnostic, error) {
	return nil, sdk.Fail(sdk.Unauthorized, "this version cannot log in")
}

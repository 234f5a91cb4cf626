// Command stuck does not come back: Open when its settings say so, Send when the text does.
package main

import (
	"context"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

type config struct {
	Open string `sdk:"open" en:"Open" ru:"Открытие"` // "works" or "hangs"; otherwise it panics
}

type account struct{}

// name is set by the linker where another one is wanted.
var name = "console"

func main() {
	sdk.Main(sdk.Plugin[config, account]{
		Name: name, Title: sdk.Text{EN: "Stuck", RU: "Застрявший"}, Version: "1.0.0", MaxInFlight: 2,
		Open: func(_ context.Context, c config, _ sdk.Env) (account, error) {
			switch c.Open {
			case "works":
				return account{}, nil
			case "hangs":
				select {}
			}
			panic("nothing says that it shall not")
		},
	})
}

// Send does not come back for a text that says so, whatever becomes of its context.
func (account) Send(_ context.Context, m sdk.Message) (sdk.Accepted, error) {
	if strings.HasPrefix(m.Text, "hang") {
		select {}
	}
	return sdk.Accepted{ID: "s-" + m.ID}, nil
}

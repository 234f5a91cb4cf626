// Command sloppy has the faults that an examination must find: a number without bounds, a label in one
// language, a secret printed, a panic with a secret in it.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/orderbell/orderbell/sdk"
)

type config struct {
	Key   sdk.Secret `sdk:"key,required" en:"Key" ru:"Ключ"`
	Parts int        `sdk:"parts" en:"Parts" ru:"Частей" en_help:"How many."`
}

type account struct{ key string }

func main() {
	sdk.Main(sdk.Plugin[config, account]{
		Name: "sloppy", Title: sdk.Text{EN: "Sloppy", RU: "Небрежный"}, Version: "dev",
		Open: func(_ context.Context, c config, _ sdk.Env) (account, error) {
			fmt.Fprintln(os.Stderr, "opened with", string(c.Key))
			return account{string(c.Key)}, nil
		},
	})
}

func (a account) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	if m.Text == "crash" {
		go func() { panic("lost the way with " + a.key + " to " + m.To) }()
		<-ctx.Done()
	}
	return sdk.Accepted{}, sdk.Fail(sdk.Unavailable, "nobody is there")
}

// Command orderbell-provider-console plays an operator without a network: it prints and remembers
// each text instead of sending it. It is for the demonstration, for a first run and for trying out
// what Orderbell does when an operator fails.
package main

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// version is set by the linker.
var version = "dev"

type config struct {
	File  string        `sdk:"file" en:"File" ru:"Файл" placeholder:"texts.jsonl" en_help:"Each text is appended to it as a line of JSON, with the whole number. Empty: no file, and after a restart nobody can tell whether a text went out whose answer was lost." ru_help:"Каждый текст дописывается строкой JSON, с полным номером. Пусто: без файла, и после перезапуска никто не знает, ушёл ли текст, ответ о котором потерян."`
	Delay time.Duration `sdk:"delay,advanced" default:"0s" min:"0s" max:"10m" en:"Delay" ru:"Задержка" en_help:"How long the operator takes for one call." ru_help:"Сколько оператор занят одним вызовом."`
	Fail  string        `sdk:"fail,advanced" default:"none" choices:"none|unavailable|unknown|hang" en:"Fail" ru:"Сбой" en_choices:"works|out of order|text goes out, answer is lost|never answers" ru_choices:"работает|не работает|текст ушёл, ответ потерян|никогда не отвечает"`
	Quiet bool          `sdk:"quiet,advanced" en:"Quiet" ru:"Тихо" en_help:"Accept without printing, writing or remembering; for measurements." ru_help:"Принимать, ничего не печатая, не записывая и не запоминая; для измерений."`
}

func main() { sdk.Main(provider(newOperator())) }

// provider is one operator with any number of accounts. All accounts of the process share its memory.
func provider(o *operator) sdk.Plugin[config, *account] {
	return sdk.Plugin[config, *account]{
		Name:    "console",
		Title:   sdk.Text{EN: "Console (prints instead of sending)", RU: "Консоль (печатает вместо отправки)"},
		Version: version,
		// A claim is of the whole provider, and only an account with a file knows after a restart what it
		// has printed before.
		Resend:      sdk.ResendNone,
		MaxBatch:    100,
		MaxInFlight: 16,
		Open: func(_ context.Context, c config, env sdk.Env) (*account, error) {
			return open(o, c, env)
		},
	}
}

package cli

import (
	"context"
	"fmt"
	"math"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/simulator"
)

type simulateCommand struct {
	Provider string `arg:"" name:"provider" help:"${sim_provider}"`
	Listen   string `default:"${sim_address}" help:"${sim_listen}" placeholder:"HOST:PORT"`
	Callback string `help:"${sim_callback}" placeholder:"URL"`
	Balance  string `help:"${sim_balance}" placeholder:"12.50"`
	Fail     string `help:"${sim_fail}" placeholder:"FAULT"`
	Phones   bool   `name:"show-phones" help:"${sim_phones}"`
	Calls    bool   `name:"show-calls" help:"${sim_calls}"`
	JSON     bool   `name:"json" help:"${json}"`
}

// noMoney is the fault that is a balance of nothing.
const noMoney = "no-money"

// Run plays the operator until it is asked to stop, which is its proper end.
func (c *simulateCommand) Run(ctx context.Context, s *session) error {
	operator, ok := simulator.Find(c.Provider)
	if !ok {
		var names []string
		for _, o := range simulator.Operators() {
			names = append(names, o.Provider)
		}
		return c.wrong(s, word{"симулятора %q нет; есть: %s", "there is no simulator %q; there are: %s"}, c.Provider, strings.Join(names, ", "))
	}
	options, err := c.options(s, operator)
	if err != nil {
		return err
	}
	if _, port, err := net.SplitHostPort(c.Listen); err != nil || !isPort(port) {
		return c.wrong(s, word{"--listen: %q — не адрес вида узел:порт; пример: %s", "--listen: %q is not an address of the form host:port; write it as %s"}, oneLine(c.Listen, 100), simulator.Address)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return &app.AddressError{Address: c.Listen, Setting: "--listen", Err: err}
	}
	board := &board{session: s, command: c, operator: operator, address: listener.Addr().String()}
	options.Received = board.text
	if c.Calls {
		options.Log = board.call
	}
	if err := board.welcome(); err != nil {
		_ = listener.Close()
		return err
	}
	if err := operator.Serve(ctx, listener, options); err != nil {
		return err
	}
	return board.farewell()
}

func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

// options are what the flags ask for, as far as this operator can do it.
func (c *simulateCommand) options(s *session, operator simulator.Operator) (o simulator.Options, err error) {
	o.Now, o.CallbackURL = s.Now, c.Callback
	if c.Callback != "" {
		to, err := url.Parse(c.Callback)
		if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
			return o, c.wrong(s, word{"--callback: нужен веб-адрес, который показывает orderbell account check", "--callback: give the web address that orderbell account check shows"})
		}
		if !operator.TakesCallback() {
			return o, c.wrong(s, word{"--callback: %s не шлёт отчётов по веб-адресу", "--callback: %s posts no reports to a web address"}, c.Provider)
		}
	}
	if err := c.money(s, operator, &o); err != nil {
		return o, err
	}
	if c.Fail == "" || c.Fail == noMoney {
		return o, nil
	}
	if o.Fault = simulator.Fault(c.Fail); !slices.Contains(operator.Faults, o.Fault) {
		return o, c.wrong(s, word{"--fail: %s не умеет %q; умеет: %s", "--fail: %s cannot do %q; it can: %s"}, c.Provider, c.Fail, c.faults(operator))
	}
	return o, nil
}

func (c *simulateCommand) faults(operator simulator.Operator) string {
	var names []string
	if operator.Balance {
		names = append(names, noMoney)
	}
	for _, f := range operator.Faults {
		names = append(names, string(f))
	}
	if len(names) == 0 {
		return "—"
	}
	return strings.Join(names, ", ")
}

// money reads the balance; a fault of "no-money" is one of nothing.
func (c *simulateCommand) money(s *session, operator simulator.Operator, o *simulator.Options) error {
	amount := c.Balance
	if c.Fail == noMoney {
		amount = "0"
	}
	if amount == "" {
		return nil
	}
	if !operator.Balance {
		return c.wrong(s, word{"у %s нет баланса", "%s has no balance"}, c.Provider)
	}
	const most = 1e9
	value, err := strconv.ParseFloat(amount, 64)
	if err != nil || math.IsNaN(value) || math.Abs(value) > most {
		return c.wrong(s, word{"--balance: %q — не сумма; пример: 12.50", "--balance: %q is no amount; write it as 12.50"}, amount)
	}
	hundredths := int(math.Round(value * 100))
	o.Balance = &hundredths
	return nil
}

func (*simulateCommand) wrong(s *session, w word, args ...any) error {
	return usageError{fmt.Errorf(w.pick(s.lang), args...)}
}

// board shows what the simulator does. Texts come from several goroutines.
type board struct {
	*session
	command  *simulateCommand
	operator simulator.Operator
	address  string

	mu    sync.Mutex
	texts int
}

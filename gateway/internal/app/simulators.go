package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/simulator"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// simulatorsKey is the state key under which the simulators are kept that a person started: an account
// that uses one must find it after a restart at the same address.
const simulatorsKey = "simulators"

// simulatedTexts is how many texts a simulator shows.
const simulatedTexts = 10

// simulators run operators' simulators inside the gateway, on loopback, so that everything can be tried
// without an account. Safe for concurrent use.
type simulators struct {
	app *App

	mu      sync.Mutex
	ctx     context.Context // of the gateway's run; nil: it does not run
	running map[string]*simulated
}

// simulated is one simulator that runs.
type simulated struct {
	operator simulator.Operator
	address  string

	mu    sync.Mutex
	texts []adminapi.SimulatedText // the newest first
}

// open starts what a person started before, and ends all when ctx does.
func (s *simulators) open(ctx context.Context) {
	s.mu.Lock()
	s.ctx, s.running = ctx, map[string]*simulated{}
	s.mu.Unlock()
	for provider, address := range s.kept(ctx) {
		if _, err := s.serve(provider, address); err != nil {
			s.app.opts.Log.Error("a simulator cannot be started again; texts of its accounts fail", "provider", provider, "address", address, "error", err)
		}
	}
}

func (s *simulators) kept(ctx context.Context) map[string]string {
	kept, err := keptSimulators(ctx, s.app.db)
	if err != nil {
		s.app.opts.Log.Error("the list of simulators cannot be read", "error", err)
	}
	return kept
}

// keptSimulators gives the addresses, by provider, of the simulators that a person had a gateway start.
func keptSimulators(ctx context.Context, db interface {
	State(ctx context.Context, key string) (string, error)
}) (map[string]string, error) {
	kept := map[string]string{}
	text, err := db.State(ctx, simulatorsKey)
	if err != nil || text == "" {
		return kept, err
	}
	return kept, json.Unmarshal([]byte(text), &kept)
}

// atSimulator tells whether what an account sends reaches a simulator and nobody else. One that could not
// be started again counts: its place is still not the operator's.
func atSimulator(account config.Account, kept map[string]string) bool {
	operator, ok := simulator.Find(account.Provider)
	if !ok {
		return false
	}
	values := map[string]string{}
	for key, value := range account.Settings {
		values[key] = value.Reveal()
	}
	return operator.LeadsTo(values, kept[account.Provider])
}

// Simulated names the accounts of the configuration that talk to a simulator, beside a gateway that may be
// running. Options are those that Effective gives.
func Simulated(ctx context.Context, opts Options) map[string]bool {
	kept := map[string]string{}
	if db, err := store.Open(ctx, store.Options{Folder: opts.Config.Data, ReadOnly: true, Log: opts.Log, Now: opts.Now}); err == nil {
		kept, _ = keptSimulators(ctx, db) // Check says what is wrong with a database
		_ = db.Close()
	}
	at := map[string]bool{}
	for _, account := range opts.Config.Accounts {
		if atSimulator(account, kept) {
			at[account.Name] = true
		}
	}
	return at
}

// start runs the provider's simulator unless it runs, and gives what an account needs to use it.
func (s *simulators) start(ctx context.Context, provider string) (adminapi.SimulatorRun, error) {
	if _, ok := simulator.Find(provider); !ok {
		return adminapi.SimulatorRun{}, problem.Refuse(problem.NoSuchThing)
	}
	one, err := s.serve(provider, "127.0.0.1:0")
	if err != nil {
		return adminapi.SimulatorRun{}, err
	}
	kept := s.kept(ctx)
	kept[provider] = one.address
	text, err := json.Marshal(kept)
	if err != nil {
		return adminapi.SimulatorRun{}, err
	}
	if err := s.app.db.SetState(ctx, simulatorsKey, string(text)); err != nil {
		return adminapi.SimulatorRun{}, err
	}
	return one.show(), nil
}

// serve listens on loopback and lets plugins connect there.
func (s *simulators) serve(provider, address string) (*simulated, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil || s.ctx.Err() != nil {
		return nil, problem.Refuse(problem.NotNow)
	}
	if one := s.running[provider]; one != nil {
		return one, nil
	}
	operator, ok := simulator.Find(provider)
	if !ok {
		return nil, fmt.Errorf("there is no simulator of %q", provider)
	}
	listener, err := new(net.ListenConfig).Listen(s.ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	one := &simulated{operator: operator, address: listener.Addr().String()}
	s.app.providers.AllowEgress(one.address)
	var options simulator.Options
	options.Now = s.app.opts.Now
	options.Received = func(t simulator.Text) { one.took(t, s.app.opts.Now()) }
	go func() {
		if err := operator.Serve(s.ctx, listener, options); err != nil {
			s.app.opts.Log.Error("a simulator has ended", "provider", provider, "error", err)
		}
	}()
	s.running[provider] = one
	return one, nil
}

func (o *simulated) took(t simulator.Text, at time.Time) {
	to := "•••"
	if phone, err := contact.ParsePhone(t.To, ""); err == nil {
		to = phone.String()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.texts = append([]adminapi.SimulatedText{{At: at, To: to, Text: t.Body}}, o.texts...)
	o.texts = o.texts[:min(len(o.texts), simulatedTexts)]
}

func (o *simulated) show() adminapi.SimulatorRun {
	run := adminapi.SimulatorRun{Provider: o.operator.Provider, Running: true, Settings: map[string]string{}}
	for _, setting := range o.operator.SettingsAt(o.address, "") {
		run.Settings[setting.Key] = setting.Value
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	run.Texts = append([]adminapi.SimulatedText{}, o.texts...)
	return run
}

// list shows every simulator, running or not.
func (s *simulators) list() []adminapi.SimulatorRun {
	s.mu.Lock()
	defer s.mu.Unlock()
	runs := []adminapi.SimulatorRun{}
	for _, operator := range simulator.Operators() {
		if one := s.running[operator.Provider]; one != nil {
			runs = append(runs, one.show())
			continue
		}
		runs = append(runs, adminapi.SimulatorRun{Provider: operator.Provider, Settings: map[string]string{}, Texts: []adminapi.SimulatedText{}})
	}
	return runs
}

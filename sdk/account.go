package sdk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// accounts is the accounts that one plugin process has open.
type accounts struct {
	engine  *engine
	scrub   *scrubber
	log     hclog.Logger
	now     func() time.Time
	overdue *overdue // nil: see there

	mu   sync.Mutex
	open map[accountKey]*account
}

type accountKey struct {
	name     string
	revision uint64
}

func newAccounts(e *engine, scrub *scrubber, log hclog.Logger, now func() time.Time) *accounts {
	return &accounts{engine: e, scrub: scrub, log: log, now: now, open: map[accountKey]*account{}}
}

// account is one revision of an account, with its calls counted.
type account struct {
	sender   Sender
	log      hclog.Logger
	now      func() time.Time
	overdue  *overdue
	slots    chan struct{} // bounds the calls of the author's Send
	maxBatch int
	release  func()            // closes idle connections
	settings map[string]string // as opened, to recognise a repeated Open
	allow    []string

	mu    sync.Mutex
	calls int
	idle  chan struct{} // made by close; closed when calls is 0
}

// add builds an account. It is open unless a diagnostic says otherwise.
func (as *accounts) add(ctx context.Context, key accountKey, settings map[string]string, allow []string) ([]Diagnostic, error) {
	if old := as.find(key); old != nil {
		if maps.Equal(old.settings, settings) && slices.Equal(old.allow, allow) {
			return nil, nil // the answer to the first Open was lost
		}
		return []Diagnostic{refused("", Text{
			EN: "This revision is open with other settings.", RU: "Эта ревизия уже открыта с другими настройками.",
		})}, nil
	}
	guard, err := newEgress(allow)
	if err != nil {
		return []Diagnostic{refused("", Text{EN: err.Error(), RU: "egress_allow: " + err.Error()})}, nil
	}
	as.scrub.learn(as.engine.settings.Secrets(settings))
	inFlight := as.engine.manifest.Capabilities.MaxInFlight
	client := guard.client(inFlight)
	log := as.log.With("account", key.name)
	returned := as.overdue.watch(ctx, log, "Open")
	sender, diagnostics, err := openSafely(ctx, as.engine, settings, Env{
		Account: key.name, Log: log, HTTP: client, Dial: guard.dialTCP, Now: as.now,
	})
	returned()
	if err != nil {
		diagnostics = append(diagnostics, as.refusal(err))
	}
	if slices.ContainsFunc(diagnostics, func(d Diagnostic) bool { return d.Severity == SeverityError }) {
		client.CloseIdleConnections()
		return diagnostics, nil
	}
	a := &account{
		sender: sender, log: log, now: as.now, overdue: as.overdue,
		slots: make(chan struct{}, inFlight), maxBatch: as.engine.manifest.Capabilities.MaxBatch,
		release: client.CloseIdleConnections, settings: maps.Clone(settings), allow: slices.Clone(allow),
	}
	as.mu.Lock()
	defer as.mu.Unlock()
	as.open[key] = a
	return diagnostics, nil
}

// openPanic is a panic of the author's Open.
type openPanic struct{ value any }

// Error says it in English.
func (p *openPanic) Error() string { return wire.OpenPanicked + fmt.Sprint(p.value) }

// openSafely turns a panic of the author's Open into an error.
func openSafely(ctx context.Context, e *engine, settings map[string]string, env Env) (s Sender, d []Diagnostic, err error) {
	defer func() {
		if r := recover(); r != nil {
			env.Log.Error("Open panicked", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = &openPanic{r}
		}
	}()
	return e.open(ctx, settings, env)
}

// refusal says on which field Open's error belongs.
func (as *accounts) refusal(err error) Diagnostic {
	var setting *SettingError
	if errors.As(err, &setting) {
		return refused(setting.Field, Text{EN: as.scrub.clean(setting.Text.EN), RU: as.scrub.clean(setting.Text.RU)})
	}
	if panicked, ok := errors.AsType[*openPanic](err); ok {
		d := refused("", Text{
			EN: as.scrub.clean(panicked.Error()),
			RU: "Программа провайдера дала сбой при открытии учётной записи: panic: " + as.scrub.clean(fmt.Sprint(panicked.value)),
		})
		d.Cure = Text{EN: "Update the provider program; its author finds the place in the log.", RU: "Обновите программу провайдера; её автор найдёт место сбоя в журнале."}
		return d
	}
	f := AsFailure(err, Internal)
	detail := as.scrub.clean(f.Detail)
	d := refused("", Text{EN: f.Reason.Sentence().EN + " " + detail, RU: f.Reason.Sentence().RU + " " + detail})
	d.Cure = f.Reason.Cure()
	return d
}

func refused(field string, summary Text) Diagnostic {
	return Diagnostic{Severity: SeverityError, Field: field, Summary: summary}
}

func (as *accounts) find(key accountKey) *account {
	as.mu.Lock()
	defer as.mu.Unlock()
	return as.open[key]
}

// use counts a call in; the account is nil when it is not open. Call done when the call has ended.
func (as *accounts) use(key accountKey) (a *account, done func()) {
	as.mu.Lock()
	defer as.mu.Unlock()
	a = as.open[key]
	if a == nil {
		return nil, nil
	}
	return a, a.begin()
}

// remove takes no more calls, waits for the running ones and closes the account. When ctx ends first
// the account is closed later, as soon as its last call returns.
func (as *accounts) remove(ctx context.Context, key accountKey) error {
	as.mu.Lock()
	a := as.open[key]
	delete(as.open, key)
	as.mu.Unlock()
	if a == nil {
		return nil
	}
	closed := make(chan error, 1)
	go func() {
		<-a.drained()
		closed <- a.close()
	}()
	select {
	case err := <-closed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// removeAll closes everything, for a process that ends.
func (as *accounts) removeAll(ctx context.Context) {
	as.mu.Lock()
	keys := slices.Collect(maps.Keys(as.open))
	as.mu.Unlock()
	for _, key := range keys {
		if err := as.remove(ctx, key); err != nil {
			as.log.Warn("an account did not close", "account", key.name, "error", err)
		}
	}
}

func (a *account) begin() (done func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls++
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.calls--
		if a.calls == 0 && a.idle != nil {
			close(a.idle)
		}
	}
}

// drained is closed when no call runs any more. It is asked for once, after the account left the map.
func (a *account) drained() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.idle = make(chan struct{})
	if a.calls == 0 {
		close(a.idle)
	}
	return a.idle
}

func (a *account) close() (err error) {
	defer a.release()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("Close panicked: %v", r)
		}
	}()
	if closer, ok := a.sender.(Closer); ok {
		return closer.Close()
	}
	return nil
}

package app

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/orderbell/orderbell/gateway/internal/httpapi"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/script"
)

// front is one address and what is served on it.
type front struct {
	listener net.Listener
	server   *httpapi.Server
	parts    httpapi.Part
}

// bind takes the addresses before any plugin can. The API shares the intake's address only while that
// one is loopback; else it has its own.
func (a *App) bind(ctx context.Context) error {
	cfg := a.opts.Config
	if cfg.SharesListener() {
		return a.listen(ctx, cfg.Listen, httpapi.Intake|httpapi.API, "--listen")
	}
	if err := a.listen(ctx, cfg.Listen, httpapi.Intake, "--listen"); err != nil {
		return err
	}
	return a.listen(ctx, cfg.AdminListen, httpapi.API, "--admin-listen")
}

func (a *App) listen(ctx context.Context, address string, parts httpapi.Part, setting string) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return &AddressError{Address: address, Setting: setting, Err: err}
	}
	a.fronts = append(a.fronts, &front{listener: listener, parts: parts})
	return nil
}

// AddressError says that an address cannot be had.
type AddressError struct {
	Address string
	Setting string // the flag that names another one
	Err     error
}

// Error tells it in English.
func (e *AddressError) Error() string { return e.Sentence("en") }

// Unwrap gives what the system said.
func (e *AddressError) Unwrap() error { return e.Err }

// Sentence tells what is wrong and what to do.
func (e *AddressError) Sentence(lang string) string {
	text := Text{
		RU: "адрес %s занят или недоступен: %v. Остановите программу, которая его держит (возможно, модуль поставщика или второй Orderbell), или задайте другой: %s",
		EN: "address %s is taken or not to be had: %v. Stop the program that holds it (the vendor's module, a second Orderbell?) or choose another one: %s",
	}
	return fmt.Sprintf(text.In(lang), e.Address, e.Err, e.Setting)
}

// open makes the servers, once everything that they call is there.
func (a *App) open() {
	services := a.services()
	for _, f := range a.fronts {
		f.server = httpapi.New(httpapi.Options{
			Guard: doorkeeper{a.guard}, Admin: services,
			Events: intakeStore(a.db), Contacts: a.db, Keys: a.guard, Ready: a.db, Parts: f.parts,
			Declared: a.opts.Config.AccessKeys(a.opts.Now()), IntakeKey: func(key string) (string, bool) { return a.config().IntakeRestaurant(key) },
			OnlyRestaurant: a.onlyRestaurant, Check: a.understand, Callbacks: a.reconcile, PublicURL: a.opts.Config.PublicURL,
			Now: a.opts.Now, Log: a.opts.Log.Named("http"), Version: a.opts.Version,
		})
	}
}

// understand looks at a posted body; the error is in the configured language, since it is kept as a note
// for people.
func (a *App) understand(body []byte) error {
	err := a.recent.check(body)
	if odd, ok := errors.AsType[*kds.Error](err); ok {
		return errors.New(odd.Sentence(a.opts.Config.Language))
	}
	return err
}

// serve answers on all addresses until ctx ends or one of them is lost, then lets the requests under
// way end.
func (a *App) serve(ctx context.Context) error {
	served := make(chan error, len(a.fronts))
	for _, f := range a.fronts {
		go func() { served <- f.server.Serve(f.listener) }()
	}
	var err error
	select {
	case <-ctx.Done():
		a.opts.Log.Info("stopping")
	case err = <-served:
	}
	a.feed.Close() // streams would keep the servers waiting
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	for _, f := range a.fronts {
		stopped := f.server.Shutdown(limited)
		if errors.Is(stopped, context.DeadlineExceeded) {
			a.opts.Log.Warn("requests that did not end were cut; whoever sent them got no answer and sends again", "address", f.listener.Addr().String())
			stopped = nil
		}
		err = errors.Join(err, stopped)
	}
	return err
}

// newPool makes the script workers.
func newPool(opts Options) *script.Pool {
	return script.New(script.Options{Program: opts.Program, Args: opts.Args, Log: opts.Log.Named("rules")})
}

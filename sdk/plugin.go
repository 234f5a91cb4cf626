// Package sdk is what the author of a provider imports. A provider is one type with one method,
// Send; every other ability is an extra method (see BatchSender and its neighbours), and what the
// type has is what the gateway's manifest says. Main turns it into a program.
//
// The SDK takes care of settings forms, time-outs, bounded concurrency, panics, secrets in logs,
// process life and the wire; see Plugin, Env, Fail, PostForm and Secret.
package sdk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/sdk/internal/schema"
	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// SDKVersion is the version of this package; it is part of every manifest.
const SDKVersion = "0.1.0"

// Plugin describes a provider: C is the struct of its settings, A its account type. A must be a
// concrete type (usually a pointer to a struct), so that its abilities are known before any account
// exists.
type Plugin[C any, A Sender] struct {
	Name     string // [a-z][a-z0-9-]{0,31}; the program is called orderbell-provider-NAME
	Title    Text
	Version  string
	Homepage string

	// Open builds an account from settings that passed their checks. Refuse with a SettingError to
	// point at one of them. It should not call the operator: that is Check's task.
	Open func(ctx context.Context, settings C, env Env) (A, error)

	// Facts that no method can show.

	Resend       Resend        // what sending twice does; empty: ResendNone
	ResendWindow time.Duration // how long that holds; 0: for ever
	MaxBatch     int           // messages in one SendBatch; needed with that ability, otherwise leave 0
	MaxInFlight  int           // calls at the same time; 0: 8
	MaxPerSecond float64       // messages the operator takes; 0: not known
	Channels     []Channel     // empty: SMS
	SenderNames  bool          // Send honours Message.Sender
	Validity     bool          // Send tells the operator about NotAfter
	Scheduled    bool
	Callback     CallbackInfo // for a CallbackParser
}

// Env is what an account lives on. Embed it or keep it; it is safe for use by several goroutines.
type Env struct {
	Account string           // the account's name in the gateway
	Log     hclog.Logger     // secrets and phone numbers are masked on the way out
	HTTP    *http.Client     // bounded in time, keeps connections, refuses private addresses
	Dial    Dialer           // for protocols other than HTTP; refuses private addresses as HTTP does
	Now     func() time.Time // the clock
}

// defaultInFlight is the bound of Plugin.MaxInFlight when nothing is said.
const defaultInFlight = 8

// engine is a plugin without its type parameters.
type engine struct {
	manifest Manifest
	settings *schema.Schema
	open     func(ctx context.Context, values map[string]string, env Env) (Sender, []Diagnostic, error)
}

// newEngine checks what the author wrote; the error lists every mistake.
func newEngine[C any, A Sender](p Plugin[C, A]) (*engine, error) {
	settings, err := schema.For[C, Secret]()
	faults := []error{err}
	if !wire.ValidName(p.Name) {
		faults = append(faults, fmt.Errorf("Plugin.Name %q is not of the form [a-z][a-z0-9-]{0,31}", p.Name))
	}
	if p.Title.EN == "" || p.Title.RU == "" {
		faults = append(faults, errors.New("Plugin.Title needs both languages"))
	}
	if p.Open == nil {
		faults = append(faults, errors.New("Plugin.Open is missing"))
	}
	if p.Version == "" {
		faults = append(faults, errors.New("Plugin.Version is missing"))
	}
	var zero A
	if any(zero) == nil {
		faults = append(faults, errors.New("the account type must be concrete, not an interface"))
	}
	capabilities := p.capabilities(zero)
	if _, batches := any(zero).(BatchSender); batches && p.MaxBatch < 2 {
		faults = append(faults, errors.New("an account with SendBatch needs Plugin.MaxBatch of 2 or more"))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("this provider cannot run:\n%w", err)
	}
	e := &engine{settings: settings, manifest: Manifest{
		Name: p.Name, Version: p.Version, SDKVersion: SDKVersion, Title: p.Title, Homepage: p.Homepage,
		Capabilities: capabilities, Settings: fieldsOf(settings), Callback: p.Callback,
	}}
	e.open = func(ctx context.Context, values map[string]string, env Env) (Sender, []Diagnostic, error) {
		var c C
		if problems := settings.Decode(values, &c); len(problems) > 0 {
			return nil, diagnosticsOf(problems), nil
		}
		account, err := p.Open(ctx, c, env)
		return account, nil, err
	}
	return e, nil
}

// capabilities reads the abilities off the account type: a nil pointer has its methods, too.
func (p Plugin[C, A]) capabilities(zero A) Capabilities {
	c := Capabilities{
		MaxBatch: 1, Resend: p.Resend, ResendWindow: p.ResendWindow, MaxInFlight: p.MaxInFlight,
		MaxPerSecond: p.MaxPerSecond, Channels: p.Channels, SenderNames: p.SenderNames, Validity: p.Validity, Scheduled: p.Scheduled,
	}
	if c.Resend == "" {
		c.Resend = ResendNone
	}
	if c.MaxInFlight <= 0 {
		c.MaxInFlight = defaultInFlight
	}
	if len(c.Channels) == 0 {
		c.Channels = []Channel{SMS}
	}
	if _, batches := any(zero).(BatchSender); batches {
		c.MaxBatch = p.MaxBatch
	}
	_, c.Check = any(zero).(Checker)
	_, c.Lookup = any(zero).(Lookuper)
	_, c.Callbacks = any(zero).(CallbackParser)
	_, c.Balance = any(zero).(Balancer)
	_, c.Estimate = any(zero).(Estimator)
	return c
}

func fieldsOf(s *schema.Schema) []Field {
	var fields []Field
	for _, f := range s.Fields() {
		field := Field{
			Key: f.Key, Kind: Kind(f.Kind), Label: Text(f.Label), Help: Text(f.Help), Placeholder: Text(f.Placeholder),
			Group: Text(f.Group), Required: f.Required, Advanced: f.Advanced, Default: f.Default,
			Pattern: f.Pattern, Min: f.Min, Max: f.Max,
		}
		for _, c := range f.Choices {
			field.Choices = append(field.Choices, Choice{Value: c.Value, Label: Text(c.Label)})
		}
		if f.WhenKey != "" {
			field.ShownWhen = &Condition{Key: f.WhenKey, Value: f.WhenValue}
		}
		fields = append(fields, field)
	}
	return fields
}

func diagnosticsOf(problems []schema.Problem) []Diagnostic {
	var out []Diagnostic
	for _, p := range problems {
		out = append(out, Diagnostic{Severity: SeverityError, Field: p.Field, Summary: Text(p.Summary), Cure: Text(p.Cure)})
	}
	return out
}

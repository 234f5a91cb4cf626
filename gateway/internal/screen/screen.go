// Package screen answers what the admin's screen asks about what happened: messages, orders, events,
// contacts, the state of things, charts and the live feed. It reads the store and puts what it finds into
// the words of adminapi; decisions stay where they are made.
package screen

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// Place is what the screen knows of a restaurant.
type Place struct {
	Code string
	Name string
	Zone *time.Location
}

// Options are what a Screen is made of.
type Options struct {
	Store *store.DB
	// Place tells of a restaurant by its code, also of one that nobody configured.
	Place func(code string) Place
	// Home is the first restaurant: its midnight begins the day.
	Home func() Place
	// Accounts tells what is known of the accounts; nil: nothing.
	Accounts func(ctx context.Context, lang string) ([]adminapi.Account, error)
	// States tells how the accounts are and no more, without asking anybody; nil: nobody knows.
	States func(lang string) []adminapi.Account
	// Duty tells what has to be on for texts to go out; nil: nobody knows.
	Duty func() Duty
	// Audit tells what is known of whether the audit log is as it was written; nil: nobody knows.
	Audit func() access.Verdict
	// Try puts an event or an order to the rules without a trace; nil: nobody can.
	Try func(ctx context.Context, test adminapi.RuleTest, lang string) ([]adminapi.Trial, error)
	Now func() time.Time
	Log hclog.Logger // nil: none
}

// Screen implements Messages, Orders, Events and Contacts of adminapi, and Today, Chart and Live of its
// Overview. It may be used from any goroutine.
type Screen struct {
	opt  Options
	db   *store.DB
	feed *Feed
	seat chan struct{} // one for each live feed
}

// New makes a Screen. The feed is told of what commits change (store.Options.Told).
func New(opt Options, feed *Feed) *Screen {
	if opt.Log == nil {
		opt.Log = hclog.NewNullLogger()
	}
	return &Screen{opt: opt, db: opt.Store, feed: feed, seat: make(chan struct{}, feedsMost)}
}

// refuse turns what the store says into what a caller is told.
func refuse(err error) error {
	code := problem.Code("")
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrNotFound):
		code = problem.NoSuchThing
	case errors.Is(err, store.ErrNotAllowed):
		code = problem.NotNow
	case errors.Is(err, store.ErrBusy), errors.Is(err, store.ErrFull), errors.Is(err, store.ErrIO), errors.Is(err, store.ErrDenied), errors.Is(err, store.ErrClosed):
		code = problem.StoreUnavailable
	default:
		return err
	}
	return &problem.Refusal{Code: code, Cause: err}
}

func (s *Screen) placeName(code string) string { return s.opt.Place(code).Name }

func (s *Screen) zone(code string) *time.Location {
	if zone := s.opt.Place(code).Zone; zone != nil {
		return zone
	}
	return time.UTC
}

// phoneOf tells a whole number from its last four digits; anything else is no phone.
func phoneOf(text string) (whole contact.Phone, last4 string, err error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return contact.Phone{}, "", nil
	}
	if len(text) == 4 && strings.Trim(text, "0123456789") == "" {
		return contact.Phone{}, text, nil
	}
	if whole, err = contact.ParsePhone(text, ""); err != nil {
		return contact.Phone{}, "", problem.RefuseField("phone", problem.PhoneInvalid)
	}
	return whole, "", nil
}

func money(m *message.Money) *adminapi.Money {
	if m == nil || m.Currency == "" {
		return nil
	}
	return &adminapi.Money{Units: m.Units, Nanos: m.Nanos, Currency: m.Currency}
}

func pick(lang, ru, en string) string {
	if lang == "en" {
		return en
	}
	return ru
}

// listOf makes an empty list of none, for JSON.
func listOf[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

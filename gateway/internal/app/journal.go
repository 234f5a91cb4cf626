package app

import (
	"context"
	"errors"
	"slices"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/screen"
)

// Commands tell of events in the words of the screen and the HTTP interface.
type (
	// Event is a stored event with what it said, in words.
	Event = adminapi.Event
	// EventDetail is an event with the decisions that it led to.
	EventDetail = adminapi.EventDetail
	// EventFilter picks events.
	EventFilter = adminapi.EventFilter
	// RawEvent is an event's body as it came.
	RawEvent = adminapi.RawEvent
)

// EventReader tells of stored events.
type EventReader interface {
	EventPage(ctx context.Context, f EventFilter, lang string) (page []Event, next string, err error)
	EventDetail(ctx context.Context, id, lang string) (EventDetail, error)
	Said(ctx context.Context, events []kds.Event, lang string) (words map[string]string, err error)
}

// EventPage lists events, newest first, with what each said in words.
func (r *reader) EventPage(ctx context.Context, f EventFilter, lang string) ([]Event, string, error) {
	page, next, err := r.screen().Events(ctx, f, lang)
	return page, next, plain(err)
}

// EventDetail gives an event with the decisions that it led to.
func (r *reader) EventDetail(ctx context.Context, id, lang string) (EventDetail, error) {
	d, err := r.screen().Event(ctx, id, lang)
	return d, plain(err)
}

// Said tells in words what events that were read already said, by their IDs. It reads only their bodies.
func (r *reader) Said(ctx context.Context, events []kds.Event, lang string) (map[string]string, error) {
	events = slices.Clone(events)
	if err := r.ReadBodies(ctx, events); err != nil {
		return nil, err
	}
	words := make(map[string]string, len(events))
	for _, e := range events {
		words[e.ID] = screen.Saying(e.Body, lang)
	}
	return words, nil
}

func (r *reader) screen() *screen.Screen {
	return screen.New(screen.Options{Store: r.DB}, nil)
}

func (k *Keeper) screen() *screen.Screen {
	return screen.New(screen.Options{Store: k.db}, nil)
}

// plain gives the cause of a refusal where it has one: it says more than the refusal, whose words are for
// who sees a page.
func plain(err error) error {
	if refusal, refused := errors.AsType[*problem.Refusal](err); refused && refusal.Cause != nil {
		return refusal.Cause
	}
	return err
}

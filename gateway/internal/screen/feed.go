package screen

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/live"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

const (
	feedKeeps = 8192 // happenings for who comes back
	feedsMost = 64   // streams at once
	feedBatch = 100  // happenings that are read from the store together
	feedPause = 200 * time.Millisecond
)

// toldAccount is the kind of a happening about an account, whose state is in no row.
const toldAccount store.ToldKind = "account"

// Feed takes what happens. It is made before the store is opened, and told by it.
type Feed struct {
	hub  *live.Hub[store.Told]
	once sync.Once
	done chan struct{}
}

// NewFeed makes a feed.
func NewFeed(now func() time.Time) *Feed {
	return &Feed{hub: live.New[store.Told](feedKeeps, now), done: make(chan struct{})}
}

// Tell takes what a commit changed; it never waits (store.Options.Told).
func (f *Feed) Tell(told []store.Told) { f.hub.Publish(told...) }

// TellAccount says that an account is not as it was.
func (f *Feed) TellAccount(name string) { f.hub.Publish(store.Told{Kind: toldAccount, ID: name}) }

// Close ends all streams, so that a server can stop.
func (f *Feed) Close() { f.once.Do(func() { close(f.done) }) }

// Live implements adminapi.Overview. What a row says is read when it is sent, and of several happenings to
// one row that wait together only the last is sent; so a busy hour costs a watcher a few reads a second.
func (s *Screen) Live(ctx context.Context, after int64, lang string) <-chan adminapi.LiveNews {
	out := make(chan adminapi.LiveNews)
	if after == 0 {
		after = s.feed.hub.Last()
	}
	go func() {
		defer close(out)
		select {
		case s.seat <- struct{}{}:
			defer func() { <-s.seat }()
			s.stream(ctx, after, lang, out)
		default: // too many watch; who comes later may get a seat
		}
	}()
	return out
}

func (s *Screen) stream(ctx context.Context, after int64, lang string, out chan<- adminapi.LiveNews) {
	pause := time.NewTicker(feedPause)
	defer pause.Stop()
	for {
		items, gap, more := s.feed.hub.After(after, feedBatch)
		if gap {
			after, items = s.feed.hub.Last(), nil
			if !s.hand(ctx, out, adminapi.LiveNews{Gap: true, Item: adminapi.LiveItem{ID: after, At: s.opt.Now()}}) {
				return
			}
		}
		for _, item := range s.retell(ctx, items, lang) {
			if !s.hand(ctx, out, adminapi.LiveNews{Item: item}) {
				return
			}
		}
		if len(items) > 0 {
			after = items[len(items)-1].ID
		}
		if !wait(ctx, s.feed.done, more) || !wait(ctx, s.feed.done, pause.C) {
			return
		}
	}
}

func (s *Screen) hand(ctx context.Context, out chan<- adminapi.LiveNews, news adminapi.LiveNews) bool {
	select {
	case out <- news:
		return true
	case <-ctx.Done():
	case <-s.feed.done:
	}
	return false
}

// wait returns false when the stream is over.
func wait[T any](ctx context.Context, done <-chan struct{}, signal <-chan T) bool {
	select {
	case <-signal:
		return true
	case <-ctx.Done():
	case <-done:
	}
	return false
}

// retell puts happenings into words, in their order. A row that is gone says nothing.
func (s *Screen) retell(ctx context.Context, items []live.Item[store.Told], lang string) []adminapi.LiveItem {
	last := map[store.Told]int{}
	for i, item := range items {
		last[item.What] = i
	}
	var told []store.Told
	for one := range last {
		told = append(told, one)
	}
	if len(told) == 0 {
		return nil
	}
	rows, err := s.db.Retell(ctx, told)
	if err != nil {
		if ctx.Err() == nil {
			s.opt.Log.Warn("the live feed could not read what happened", "error", err)
		}
		return nil
	}
	words := s.words(rows, told, lang)
	var all []adminapi.LiveItem
	for i, item := range items {
		line, known := words[item.What]
		if known && last[item.What] == i {
			line.ID, line.At, line.Kind, line.Ref = item.ID, item.At, string(item.What.Kind), item.What.ID
			all = append(all, line)
		}
	}
	return all
}

func (s *Screen) words(rows store.Retold, told []store.Told, lang string) map[store.Told]adminapi.LiveItem {
	words := map[store.Told]adminapi.LiveItem{}
	for _, e := range rows.Events {
		words[store.Told{Kind: store.ToldEvent, ID: e.ID}] = eventLine(e, lang)
	}
	for _, d := range rows.Decisions {
		words[store.Told{Kind: store.ToldDecision, ID: d.ID}] = decisionLine(d, lang)
	}
	for _, m := range rows.Messages {
		words[store.Told{Kind: store.ToldMessage, ID: m.ID}] = messageLine(m, lang)
	}
	for _, one := range told {
		if one.Kind == toldAccount {
			words[one] = s.accountLine(one.ID, lang)
		}
	}
	return words
}

func eventLine(e store.ListedEvent, lang string) adminapi.LiveItem {
	shown := event(e, lang)
	line := adminapi.LiveItem{Status: shown.Status, Restaurant: shown.RestaurantCode, Summary: pick(lang, "Касса: ", "Cash server: ") + shown.Summary}
	if len(e.OrderIDs) > 0 {
		line.OrderID = e.OrderIDs[0]
	}
	if shown.Summary == "" {
		line.Summary = pick(lang, "Касса прислала событие, которое не понято", "The cash server posted what is not understood")
	}
	return line
}

func decisionLine(d store.ListedDecision, lang string) adminapi.LiveItem {
	said := rule.ChangeSentence(d.Change, lang)
	switch d.Outcome {
	case rule.Sends:
		said += pick(lang, " Гостю нужно SMS.", " The guest is to be texted.")
	case rule.Waiting:
		said += pick(lang, " SMS ждёт телефон гостя.", " The text waits for a phone.")
	case rule.Skipped, rule.Errored:
		said += " " + decision(d, lang).Why
	}
	return adminapi.LiveItem{
		OrderID: d.OrderID, Number: d.Number, Restaurant: d.Restaurant, Stage: stageOf(d.Change), Status: string(d.Outcome), Reason: string(d.Reason),
		Summary: numbered(lang, d.Number, strings.TrimSpace(said)),
	}
}

func stageOf(c order.Change) string {
	if c.Stage == order.None {
		return ""
	}
	return c.Stage.String()
}

func messageLine(m message.Listed, lang string) adminapi.LiveItem {
	line := adminapi.LiveItem{
		OrderID: m.OrderID, Number: m.OrderNumber, Restaurant: m.Restaurant, Stage: m.Stage, Status: string(m.Status), Reason: string(m.Reason), To: m.To.String(),
		Summary: numbered(lang, m.OrderNumber, fmt.Sprintf("SMS %s — %s", m.To, rule.StatusWord(m.Status, lang))),
	}
	if m.Reason != "" {
		line.Summary += ". " + message.Sentence(m.Reason, lang)
	}
	switch m.Status {
	case message.Accepted, message.Delivered:
		line.Millis = m.UpdatedAt.Sub(m.CreatedAt).Milliseconds()
	case message.Queued, message.Sending, message.Undelivered, message.Rejected, message.Expired, message.Cancelled, message.Unknown, message.Absent:
	}
	return line
}

func numbered(lang, number, said string) string {
	if number == "" {
		return said
	}
	return numberSign(lang) + number + ": " + said
}

func (s *Screen) accountLine(name, lang string) adminapi.LiveItem {
	line := adminapi.LiveItem{Summary: name}
	if s.opt.States == nil {
		return line
	}
	for _, a := range s.opt.States(lang) {
		if a.Name != name {
			continue
		}
		line.Status = a.State
		line.Summary = name + ": " + stateWord(a.State, lang)
		if a.LastError != nil && a.State != "ready" {
			line.Reason, line.Summary = a.LastError.Reason, line.Summary+". "+a.LastError.Why
		}
	}
	return line
}

func stateWord(state, lang string) string {
	switch state {
	case "ready":
		return pick(lang, "работает", "works")
	case "starting":
		return pick(lang, "запускается", "is starting")
	case "stopped":
		return pick(lang, "остановлена", "is stopped")
	case "failing":
		return pick(lang, "не работает", "does not work")
	case "missing":
		return pick(lang, "нет программы провайдера", "its provider's program is missing")
	}
	return state
}

// accounts tells how the accounts are; nil when nobody knows.
func (s *Screen) accounts(ctx context.Context, lang string) []adminapi.Account {
	if s.opt.Accounts == nil {
		return nil
	}
	all, err := s.opt.Accounts(ctx, lang)
	if err != nil && ctx.Err() == nil {
		s.opt.Log.Warn("how the accounts are is not known", "error", err)
	}
	if err != nil {
		return nil
	}
	return listOf(all)
}

// accountsEvery is how often the accounts are looked at for the feed.
const accountsEvery = 2 * time.Second

// WatchAccounts tells the feed when an account is not as it was, until ctx ends.
func (s *Screen) WatchAccounts(ctx context.Context) {
	if s.opt.States == nil {
		return
	}
	ticker := time.NewTicker(accountsEvery)
	defer ticker.Stop()
	var was map[string]string
	for {
		is := map[string]string{}
		for _, a := range s.opt.States("en") {
			is[a.Name] = a.State
			if a.LastError != nil {
				is[a.Name] += " " + a.LastError.Reason
			}
			if was != nil && was[a.Name] != is[a.Name] {
				s.feed.TellAccount(a.Name)
			}
		}
		was = is
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

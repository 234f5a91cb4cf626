package screen_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/message"
)

// watch collects what a feed says.
func watch(t *testing.T, s *stage, after int64, enough func([]adminapi.LiveNews) bool) []adminapi.LiveNews {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	var all []adminapi.LiveNews
	for news := range s.Live(ctx, after, "ru") {
		if all = append(all, news); enough(all) {
			return all
		}
	}
	t.Fatalf("the feed ended after %s", lines(all))
	return nil
}

func lines(all []adminapi.LiveNews) string {
	var b strings.Builder
	for _, n := range all {
		fmt.Fprintf(&b, "%s %s %q gap %v\n", n.Item.Kind, n.Item.Status, n.Item.Summary, n.Gap)
	}
	return b.String()
}

func last(kind, status string) func([]adminapi.LiveNews) bool {
	return func(all []adminapi.LiveNews) bool {
		n := all[len(all)-1].Item
		return n.Kind == kind && n.Status == status
	}
}

func TestTheFeedTellsInOrderWhatCommitsChanged(t *testing.T) {
	t.Parallel()
	s := setup(t)
	before := s.now().UnixMicro() - 1 // as of the start
	m := s.told(t, "12.1")
	all := watch(t, s, before, last("message", "queued"))
	if len(all) != 3 || all[0].Item.Kind != "event" || all[1].Item.Kind != "decision" {
		t.Errorf("the feed said\n%s", lines(all))
	}
	after := all[len(all)-1].Item.ID
	s.accept(t, 4*time.Second)
	all = watch(t, s, after, last("message", "accepted"))
	if n := all[0].Item; len(all) != 1 || n.Ref != m.ID || n.Number != "12.1" || n.To != "+7999•••0001" || n.Millis != 4000 || n.Summary != "№ 12.1: SMS +7999•••0001 — принято оператором" {
		t.Errorf("two moves that wait together are one line: got\n%s", lines(all))
	}
	s.feed.TellAccount("main")
	all = watch(t, s, all[0].Item.ID, last("account", "ready"))
	if all[0].Item.Summary != "main: работает" {
		t.Errorf("the feed said\n%s", lines(all))
	}
}

func TestWhoComesBackToANewRunOrTooLateIsToldOnce(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.told(t, "12.1")
	gone := watch(t, s, 5, func(all []adminapi.LiveNews) bool { return len(all) == 1 }) // of an earlier run
	if !gone[0].Gap || gone[0].Item.ID == 0 {
		t.Fatalf("the feed said\n%s", lines(gone))
	}
	s.feed.TellAccount("main")
	all := watch(t, s, gone[0].Item.ID, last("account", "ready"))
	if all[0].Gap || len(all) != 1 {
		t.Errorf("after the gap the feed said\n%s", lines(all))
	}
}

func TestAWatcherWhoSleepsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	asleep := s.Live(ctx, 0, "ru") // nobody reads it
	for i := range 20 {
		s.told(t, fmt.Sprint(i, ".1"))
	}
	for range 20_000 {
		s.feed.TellAccount("main")
	}
	var all []adminapi.LiveNews
	for news := range asleep {
		if all = append(all, news); news.Gap {
			break
		}
	}
	if len(all) > 101 {
		t.Errorf("%d lines before the gap: they were kept for him", len(all))
	}
	s.ends(t, time.Second, message.Outcome{Failure: &message.Failure{Reason: message.NoMoney}}, message.Move{Status: message.Rejected, Reason: message.NoMoney})
	for news := range asleep {
		if news.Item.Kind == "message" && news.Item.Status == "rejected" {
			return
		}
	}
	t.Error("after the gap nothing new came")
}

func TestStreamsEndWhenTheGatewayStopsAndAreBounded(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var open []<-chan adminapi.LiveNews
	for range 80 {
		open = append(open, s.Live(ctx, 0, "en"))
	}
	time.AfterFunc(300*time.Millisecond, s.feed.Close)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for _, one := range open {
			for range one {
			}
		}
	}()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Error("streams are still open after the feed was closed")
	}
}

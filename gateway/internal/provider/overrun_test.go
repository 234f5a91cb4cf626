package provider_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/provider"
)

// mutely asks a program that was not made with the SDK.
type mutely struct {
	*testing.T
	host *provider.Host
}

// send sends a text through the account; an empty reason: it is accepted.
func (m mutely) send(text string, want message.Reason) {
	m.Helper()
	got := m.host.Send(m.Context(), "main", saying(text, 1))
	if want != "" {
		wantAll(m.T, batch(1), got, want, "")
	} else if got[0].Accepted == nil {
		m.Errorf("%q: got %+v, want it accepted", text, got[0].Failure)
	}
}

func TestAProgramWhoseCallsDoNotComeBackIsStartedAnew(t *testing.T) {
	t.Parallel()
	const given = "calls do not come back"
	tests := []struct {
		name   string
		within time.Duration
		ask    func(mutely)
		anew   string // the kind of call that had no answer; empty: the program stays
	}{
		{"three in a row", time.Second, func(m mutely) {
			for range 3 {
				m.send("hang", message.UnknownOutcome)
			}
		}, "Send"},
		{"three of one kind, with answers to another one between them", time.Second, func(m mutely) {
			for range 3 {
				m.send("fine", "")
				if _, err := m.host.Lookup(m.Context(), "main", []message.Query{{MessageID: "m1", ProviderID: "hang"}}); err == nil {
					m.Error("a lookup that hangs had an answer")
				}
			}
		}, "Lookup"},
		{"an answer between them", time.Second, func(m mutely) {
			for range 2 {
				m.send("hang", message.UnknownOutcome)
				m.send("hang", message.UnknownOutcome)
				m.send("fine", "")
			}
		}, ""},
		{"three at the same time", time.Second, func(m mutely) {
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() { m.send("hang", message.UnknownOutcome) })
			}
			all.Wait()
		}, ""},
		{"an operator that takes its time and refuses", 4 * time.Second, func(m mutely) {
			for range 4 {
				m.send("slow", message.Unavailable)
			}
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, log := setupHurried(t, mute, tt.within, console("main", nil))
			m := mutely{t, h}
			m.send("fine", "")
			first := h.Status()["console"].PID
			tt.ask(m)
			if tt.anew == "" {
				if status := h.Status()["console"]; strings.Contains(log.String(), given) || status.PID != first {
					t.Errorf("got process %d after %d; the log:\n%s", status.PID, first, log)
				}
				return
			}
			until(t, "another process", func() bool {
				status := h.Status()["console"]
				return status.State == child.Serving && status.PID != first
			})
			status := h.Status()["console"]
			fault, ok := errors.AsType[*child.Fault](status.LastError)
			if !ok || fault.Kind != child.GivenUp || status.Deaths != 1 || status.Kills != 0 {
				t.Errorf("status: got %+v, want one death, and why", status)
			} else if says := fault.Sentence("ru"); !strings.Contains(says, "не возвращались") || !strings.Contains(says, tt.anew+" for the account main: 3 calls") {
				t.Errorf("the sentence is %q", says)
			}
			if said := log.String(); !strings.Contains(said, given) || !strings.Contains(said, "account=main call="+tt.anew) || !strings.Contains(said, "again_in=") {
				t.Errorf("the log does not say which calls they were, and what follows:\n%s", said)
			}
			m.send("fine", "")
		})
	}
}

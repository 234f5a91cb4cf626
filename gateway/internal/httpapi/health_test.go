package httpapi

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestPing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	w := s.ask(t, "GET", "/api/v4/ping", lan, "")
	if want := `{"service":"orderbell","version":"1.2.3","ready":true}`; w.Code != 200 || w.Body.String() != want {
		t.Errorf("ping = %d %s, want 200 %s", w.Code, w.Body, want)
	}
	s = setup(t)
	s.store.unready = errors.New("full")
	if w := s.ask(t, "GET", "/api/v4/ping", lan, ""); w.Code != 200 || !strings.Contains(w.Body.String(), `"ready":false`) {
		t.Errorf("ping of one that is not ready = %d %s, want 200 and ready false", w.Code, w.Body)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	down := errors.Join(errors.New("the disk is full"), errors.New("the folder is read-only"))
	tests := []struct {
		name, target, remote string
		unready              error
		want                 int
		body                 string
	}{
		{"alive", "/livez", lan, nil, 200, `{"live":true}`},
		{"alive though nothing can be stored", "/livez", lan, down, 200, `{"live":true}`},
		{"ready", "/readyz", lan, nil, 200, `{"ready":true}`},
		{"not ready, with reasons for this machine", "/readyz", home, down, 503, `{"ready":false,"reasons":["the disk is full","the folder is read-only"]}`},
		{"not ready, with one reason", "/readyz", home, errors.New("locked"), 503, `{"ready":false,"reasons":["locked"]}`},
		{"not ready, without details for others", "/readyz", lan, down, 503, `{"ready":false,"reasons":["store_unavailable"]}`},
	}
	for _, test := range tests {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			s := setup(t)
			s.store.unready = test.unready
			if w := s.ask(t, method, test.target, test.remote, ""); w.Code != test.want || w.Body.String() != test.body {
				t.Errorf("%s: %s = %d %s, want %d %s", test.name, method, w.Code, w.Body, test.want, test.body)
			}
		}
	}
}

func TestReadinessIsNotAskedForEveryRequest(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for range 50 {
		s.ask(t, "GET", "/readyz", lan, "")
	}
	if s.store.asked != 1 {
		t.Errorf("50 requests in a moment asked the store %d times, want 1", s.store.asked)
	}
	s.store.unready = errors.New("full")
	s.clock.advance(readyFor)
	if w := s.ask(t, "GET", "/readyz", lan, ""); w.Code != 503 {
		t.Errorf("readyz a second later = %d, want 503", w.Code)
	}
	if s.ask(t, "GET", "/livez", lan, ""); s.store.asked != 2 {
		t.Errorf("the store was asked %d times, want 2", s.store.asked)
	}
	s.clock.advance(-time.Hour) // a clock set back must not freeze the answer
	s.store.unready = nil
	s.ask(t, "GET", "/readyz", lan, "")
}

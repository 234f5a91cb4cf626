//go:build !no_ui

package httpapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestThePageIsServedWhereNothingElseIs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, method, target, accept string
		want                         int
		kind                         string
	}{
		{"the page", "GET", "/", "text/html", 200, "text/html"},
		{"a view of it", "GET", "/orders/12", "text/html,*/*", 200, "text/html"},
		{"a head of it", "HEAD", "/orders", "text/html", 200, "text/html"},
		{"a script asks for no view", "GET", "/orders", "*/*", 404, "problem+json"},
		{"nothing is changed there", "POST", "/orders", "text/html", 404, "problem+json"},
		{"a wrong call is no view", "GET", "/api/v1/nothing", "text/html", 404, "problem+json"},
		{"a wrong intake address is no view", "GET", "/k/abc", "text/html", 404, "problem+json"},
		{"a wrong callback is no view", "GET", "/callbacks/a", "text/html", 404, "problem+json"},
		{"a lost asset is no view", "GET", "/assets/gone.js", "text/html", 404, "problem+json"},
		{"the intake still says which method it takes", "GET", eventsV, "text/html", 405, "problem+json"},
		{"health is not the page's", "GET", "/livez", "text/html", 200, "application/json"},
	}
	for _, test := range tests {
		s := setup(t)
		r := httptest.NewRequestWithContext(t.Context(), test.method, test.target, nil)
		r.RemoteAddr = home
		r.Header.Set("Accept", test.accept)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != test.want || !strings.Contains(w.Header().Get("Content-Type"), test.kind) {
			t.Errorf("%s: %s %s = %d %s, want %d %s", test.name, test.method, test.target,
				w.Code, w.Header().Get("Content-Type"), test.want, test.kind)
		}
	}
}

func TestTheIntakeAloneServesNoPage(t *testing.T) {
	t.Parallel()
	s := setup(t)
	opt := s.opt
	opt.Parts = Intake
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	New(opt).ServeHTTP(w, r)
	if w.Code != http.StatusNotFound {
		t.Errorf("GET / of an intake that is open to the network = %d, want 404", w.Code)
	}
}

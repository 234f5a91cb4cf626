package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
)

func TestATokenIsFetchedOnceAndUsedForAll(t *testing.T) {
	t.Parallel()
	c, l, _ := server(t, with("auth", "jwt"))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			m := message()
			m.ID = fmt.Sprintf("01JDCANARY000000000000000%d", i)
			if o := send(t, c, m); o.Accepted == nil {
				t.Errorf("got %v", o.Failure)
			}
		})
	}
	all.Wait()
	calls, bodies := l.took()
	logins := 0
	for i, call := range calls {
		if call == "POST /3rdparty/v1/auth/token" {
			logins++
			if bodies[i] != `{"ttl":86400,"scopes":["messages:send","messages:read","devices:list"]}` {
				t.Errorf("log-in: %s", bodies[i])
			}
		}
	}
	if logins != 1 || len(calls) != 9 {
		t.Errorf("got %d log-ins in %v", logins, calls)
	}
}

func TestATokenThatNoLongerHoldsIsFetchedAnew(t *testing.T) {
	t.Parallel()
	c, l, s := server(t, with("auth", "jwt", "password", "expires-"+password))
	for i := range 3 {
		m := message()
		m.ID = fmt.Sprintf("01JDCANARY000000000000000%d", i)
		if o := send(t, c, m); o.Accepted == nil || s.Sent(m.ID) != 1 {
			t.Errorf("message %d: got %v, sent %d times", i, o.Failure, s.Sent(m.ID))
		}
	}
	calls, _ := l.took()
	const login, post = "POST /3rdparty/v1/auth/token", "POST /3rdparty/v1/messages"
	if diff := cmp.Diff([]string{login, post, post, login, post, post, login, post}, calls); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestALogInThatFailsSendsNothing(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]string{"bad-key": "UNAUTHORIZED 401", "basic": "UNAUTHORIZED 404", "broken": "UNAVAILABLE 500", "repair": "UNAVAILABLE", "no-right": "UNAUTHORIZED 403"} {
		c, l, _ := server(t, with("auth", "jwt", "password", secret))
		o := send(t, c, message())
		if shape(o) != want {
			t.Errorf("%s: got %s: %v, want %s", secret, shape(o), o.Failure, want)
		}
		if calls, _ := l.took(); slices.ContainsFunc(calls, func(call string) bool { return strings.HasSuffix(call, "/messages") }) {
			t.Errorf("%s: got %v, want no sending", secret, calls)
		}
	}
	for _, answer := range []string{`{}`, `{"access_token":"t","expires_at":"soon"}`, `[]`, ``} {
		c, _ := ring(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) }), "", with("auth", "jwt"))
		if o := send(t, c, message()); o.Failure == nil || o.Failure.Reason != sdk.Unavailable {
			t.Errorf("%s: got %s", answer, shape(o))
		}
	}
}

func TestATokenThatTheServerRepeatsIsMasked(t *testing.T) {
	t.Parallel()
	c, _ := ring(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/auth/token") {
			_, _ = w.Write([]byte(`{"access_token":"simulated-token-1","expires_at":"2027-01-01T00:00:00Z"}`))
			return
		}
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(`{"message":"Authorization was ` + r.Header.Get("Authorization") + `"}`))
	}), "", with("auth", "jwt"))
	if o := send(t, c, message()); shape(o) != "UNKNOWN_OUTCOME 500" || !strings.Contains(o.Failure.Raw, "Bearer •••") {
		t.Errorf("got %s: %v, %s", shape(o), o.Failure, o.Failure.Raw)
	}
}

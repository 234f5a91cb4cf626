package app

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/httpapi"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// hall is a gateway with all its calls and a database, but without children: nothing runs.
type hall struct {
	*App
	t     *testing.T
	users map[access.Role]access.User
	keys  map[access.Scope]string // secrets
	told  strings.Builder         // every answer, to look for secrets in
	log   *strings.Builder
}

const hallPassword = "copper violin under grass"

func openHall(t *testing.T) *hall {
	t.Helper()
	data := t.TempDir()
	cfg, err := config.Load(config.Sources{Flags: config.Flags{Data: data, Listen: "127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	h := &hall{t: t, users: map[access.Role]access.User{}, keys: map[access.Scope]string{}, log: &strings.Builder{}}
	h.App, err = New(t.Context(), Options{
		Config: cfg, Version: "test", Now: time.Now,
		Log: hclog.New(&hclog.LoggerOptions{Output: h.log, Level: hclog.Trace}),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	console := access.Call{Principal: access.Principal{Kind: access.KindConsole, Name: "console"}}
	for _, role := range access.Roles() {
		h.users[role], err = h.guard.AddUser(t.Context(), console, access.UserForm{Name: "the " + string(role), Role: role, Language: "en", Password: hallPassword})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, scope := range access.Scopes() {
		_, h.keys[scope], err = h.guard.CreateKey(t.Context(), console, access.KeyForm{Name: strings.ReplaceAll(string(scope), ":", "-"), Scopes: []access.Scope{scope}})
		if err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// session makes one of the user's, whose password was given so long ago, and gives its cookie.
func (h *hall) session(role access.Role, ago time.Duration) string {
	h.t.Helper()
	secret, now := access.NewToken(), time.Now()
	u := h.users[role]
	call := access.Call{Principal: access.Principal{Kind: access.KindUser, ID: u.ID, Name: u.Name}}
	_, err := h.db.AddSession(h.t.Context(), access.SignIn{
		Session:  access.Session{Hash: access.HashSecret(secret), UserID: u.ID, CreatedAt: now.Add(-ago), SeenAt: now, ConfirmedAt: now.Add(-ago)},
		Password: u.Password, Record: call.Record("session.login", u.Name),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return "orderbell_session=" + secret
}

// ask makes one call with a body that fits none of them, and gives the status and the code of a refusal.
// A stream is left as soon as somebody is let in to it.
func (h *hall) ask(method, path string, headers ...string) (int, problem.Code) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	defer cancel()
	sent := "{}"
	if method == http.MethodGet {
		sent = ""
	}
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(sent))
	r.RemoteAddr = "127.0.0.1:50000"
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := &leaver{ResponseRecorder: httptest.NewRecorder(), leave: func() {}}
	if strings.HasSuffix(path, "/live") {
		w.leave = cancel
	}
	h.fronts[0].server.ServeHTTP(w, r)
	h.told.WriteString(w.Body.String() + "\n")
	var p problem.Problem
	if w.Code >= http.StatusBadRequest {
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != w.Code {
			h.t.Errorf("%s %s: the answer %d %q is no problem: %v", method, path, w.Code, w.Body, err)
		}
	}
	return w.Code, p.Code
}

// leaver goes away when it is flushed, as only a stream does before its end.
type leaver struct {
	*httptest.ResponseRecorder
	leave func()
}

// Flush implements http.Flusher.
func (l *leaver) Flush() {
	l.ResponseRecorder.Flush()
	l.leave()
}

// adminRoutes are the calls under /api/v1, from the router's own table.
func (h *hall) adminRoutes() []httpapi.Route {
	h.t.Helper()
	var routes []httpapi.Route
	for _, r := range h.fronts[0].server.Routes() {
		if strings.HasPrefix(r.Path, "/api/v1/") {
			routes = append(routes, r)
		}
	}
	if len(routes) < 70 {
		h.t.Fatalf("only %d calls: the table is not whole", len(routes))
	}
	return routes
}

// segment is a variable part of a path.
var segment = regexp.MustCompile(`\{[^}]+\}|:[a-z]+`)

func pathOf(r httpapi.Route) string { return segment.ReplaceAllString(r.Path, "x") }

// turnedAway knows the codes by which somebody is not let in.
func turnedAway(code problem.Code) bool {
	return slices.Contains([]problem.Code{
		problem.LoginRequired, problem.NotAllowed, problem.ConfirmRequired, problem.TokenRequired, problem.TokenWrong, problem.ScopeMissing,
	}, code)
}

// TestEveryRouteForEverybody asks every call as nobody, as each role and with a key of each scope. What
// each may do is the matrix of package access; that the router keeps to it is what this test says.
func TestEveryRouteForEverybody(t *testing.T) {
	t.Parallel()
	h := openHall(t)
	asked := 0
	for _, r := range h.adminRoutes() {
		public := r.Access == httpapi.Public
		needs := access.Permission(r.Access)
		if !public && !slices.Contains(access.Permissions(), needs) {
			t.Errorf("%s %s needs %q, which is no permission", r.Method, r.Path, needs)
			continue
		}
		check := func(who string, may bool, headers ...string) {
			t.Helper()
			asked++
			status, code := h.ask(r.Method, pathOf(r), headers...)
			if may == turnedAway(code) {
				t.Errorf("%s %s, which needs %s, as %s: %d %s", r.Method, r.Path, r.Access, who, status, code)
			}
			if !may && status != http.StatusUnauthorized && status != http.StatusForbidden {
				t.Errorf("%s %s as %s: %d, want 401 or 403", r.Method, r.Path, who, status)
			}
		}
		check("nobody", public)
		check("somebody with a made-up session", public, "Cookie", "orderbell_session="+access.NewToken())
		if !public {
			check("somebody with a made-up key", false, "Authorization", "Bearer "+access.NewSecret())
		}
		for _, role := range access.Roles() {
			check(string(role), public || role.May(needs), "Cookie", h.session(role, 0))
		}
		for _, scope := range access.Scopes() {
			check("a key with "+string(scope), public || scope.May(needs), "Authorization", "Bearer "+h.keys[scope])
		}
	}
	t.Logf("%d questions", asked)

	// Nothing that was said in all those answers, nor in the log, is a secret.
	told := h.told.String() + h.log.String()
	for _, secret := range []string{hallPassword, "argon2id", "orderbell_session", access.HashSecret(h.keys[access.ScopeAdmin])} {
		if strings.Contains(told, secret) {
			at := strings.Index(told, secret)
			t.Errorf("%q is told: …%s", secret, told[max(0, at-200):at+len(secret)])
		}
	}
	for _, key := range h.keys {
		if strings.Contains(told, key) {
			t.Error("a key's secret is told")
		}
	}
	if strings.Contains(h.log.String(), "panicked") {
		t.Errorf("a handler panicked: %s", h.log.String())
	}
}

// TestDangerousActsWantThePasswordAgain asks every call as the owner whose password was given long ago.
func TestDangerousActsWantThePasswordAgain(t *testing.T) {
	t.Parallel()
	h := openHall(t)
	var dangerous []string
	for _, r := range h.adminRoutes() {
		if r.Access == httpapi.Public || r.Path == "/api/v1/contacts" && r.Method == http.MethodPost {
			continue
		}
		if _, code := h.ask(r.Method, pathOf(r), "Cookie", h.session(access.Owner, access.FreshFor)); code == problem.ConfirmRequired {
			dangerous = append(dangerous, r.Method+" "+strings.TrimPrefix(r.Path, "/api/v1"))
		}
	}
	for _, want := range []string{
		"POST /users", "PUT /users/{id}", "DELETE /users/{id}", "POST /users/{id}/password", "POST /users/{id}/lock", "POST /users/{id}/unlock", "POST /totp", "POST /totp/confirm", "POST /keys",
		"DELETE /contacts/{id}", "POST /contacts/{id}/export", "DELETE /accounts/{name}", "DELETE /rules/{name}",
	} {
		if !slices.Contains(dangerous, want) {
			t.Errorf("%s does not want the password again; those that do: %v", want, dangerous)
		}
	}
}

// TestNoOtherSiteCanMakeABrowserAct sends every changing call with the owner's fresh session, as a page of
// another site would make the owner's browser send it.
func TestNoOtherSiteCanMakeABrowserAct(t *testing.T) {
	t.Parallel()
	h := openHall(t)
	cookie := h.session(access.Owner, 0)
	before := h.lines()
	foreign := [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Sec-Fetch-Site", "cross-site", "Origin", "http://example.com"},
		{"Origin", "http://evil.example"},
		{"Origin", "null"},
		{"Origin", "http://example.com:81"},
		{"Origin", "http://example.com.evil.example"},
	}
	count := 0
	for _, r := range h.adminRoutes() {
		if r.Method == http.MethodGet {
			continue
		}
		for _, headers := range foreign {
			count++
			if status, code := h.ask(r.Method, pathOf(r), append(headers, "Cookie", cookie)...); status != http.StatusForbidden || code != problem.CrossSite {
				t.Errorf("%s %s with %v: %d %s", r.Method, r.Path, headers, status, code)
			}
		}
		// What no header gives away, the form of the body does: a page can send only forms without asking.
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""} {
			count++
			if status, code := h.ask(r.Method, pathOf(r), "Cookie", cookie, "Content-Type", kind); code != problem.TypeUnsupported {
				t.Errorf("%s %s with a body of %q: %d %s", r.Method, r.Path, kind, status, code)
			}
		}
	}
	if count < 300 {
		t.Errorf("only %d requests", count)
	}
	if got := h.lines(); got != before {
		t.Errorf("the audit log grew from %d to %d lines", before, got)
	}
	for _, headers := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}, {"Origin", "http://example.com"}, {}} {
		if status, code := h.ask(http.MethodDelete, "/api/v1/sessions", append(headers, "Cookie", cookie)...); status != http.StatusNoContent {
			t.Errorf("our own page with %v: %d %s", headers, status, code)
		}
	}
}

// lines counts the audit log.
func (h *hall) lines() int64 {
	h.t.Helper()
	v, err := h.guard.Verify(h.t.Context())
	if err != nil || !v.Sound() {
		h.t.Fatalf("the audit log: %+v, %v", v, err)
	}
	return v.Records
}

// TestReadingChangesNothing asks everything that is read and looks whether anything was noted.
func TestReadingChangesNothing(t *testing.T) {
	t.Parallel()
	h := openHall(t)
	cookie := h.session(access.Owner, 0)
	before := h.lines()
	for _, r := range h.adminRoutes() {
		if r.Method == http.MethodGet && r.Path != "/api/v1/events/{id}/raw" { // that one reveals, and is noted
			h.ask(r.Method, pathOf(r), "Cookie", cookie)
		}
	}
	if got := h.lines(); got != before {
		t.Errorf("the audit log grew from %d to %d lines", before, got)
	}
	if _, code := h.ask(http.MethodGet, "/api/v1/events/x/raw", "Cookie", cookie); code != problem.NoSuchThing {
		t.Errorf("a posting that is not there: %s", code)
	}
	if got := h.lines(); got != before+1 {
		t.Errorf("a look at a posting as it came: %d new lines, want one that it was refused", got-before)
	}
}

// TestWhatCannotBeWrittenDownIsNotDone closes the store under a change.
func TestWhatCannotBeWrittenDownIsNotDone(t *testing.T) {
	t.Parallel()
	h := openHall(t)
	id := func() access.Record {
		return access.Call{Principal: access.Principal{Kind: access.KindUser, Name: "olga"}}.Record("x", "y")
	}
	if err := h.guard.Note(t.Context(), id()); err != nil {
		t.Fatal(err)
	}
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	err := h.guard.Note(t.Context(), id())
	var refusal *problem.Refusal
	if err == nil {
		t.Fatal("a line was written into a store that is closed")
	}
	if refusal, _ = err.(*problem.Refusal); refusal == nil || refusal.Code != problem.AuditUnavailable { //nolint:errorlint // it is the outermost
		t.Errorf("the refusal is %v", err)
	}
}

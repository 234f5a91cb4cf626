package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"github.com/orderbell/orderbell/gateway/internal/problem"
)

func readProblem(t *testing.T, w *httptest.ResponseRecorder) problem.Problem {
	t.Helper()
	var p problem.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("answer %d %q is no problem: %v", w.Code, w.Body, err)
	}
	return p
}

func TestProblemsAreWhole(t *testing.T) {
	t.Parallel()
	s := setup(t)
	w := s.post(t, "/nowhere", home, "", "Accept-Language", "en")
	got := readProblem(t, w)
	want := problem.Problem{
		Type: "urn:orderbell:problem:not_found", Title: "No such address", Status: 404,
		Detail: "Events of the cash server are taken at /api/v4/kds/events.", Code: problem.NotFound,
		RequestID: w.Header().Get("X-Request-Id"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problem (-want +got):\n%s", diff)
	}
	headers := map[string]string{
		"Content-Type": "application/problem+json", "Content-Language": "en", "Vary": "Accept-Language",
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Server": "",
	}
	for name, want := range headers {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got.RequestID == "" || got.RequestID == s.post(t, "/nowhere", home, "").Header().Get("X-Request-Id") {
		t.Errorf("request id %q is empty or not unique", got.RequestID)
	}
}

func TestOtherMethodsAndAddresses(t *testing.T) {
	t.Parallel()
	s := setup(t)
	tests := []struct {
		method, target string
		want           int
		allow          string
	}{
		{"GET", eventsV, 405, "POST"},
		{"PUT", eventsV, 405, "POST"},
		{"DELETE", eventsV, 405, "POST"},
		{"PATCH", eventsV, 405, "POST"},
		{"HEAD", eventsV, 405, "POST"},
		{"TRACE", eventsV, 405, "POST"},
		{"BREW", eventsV, 405, "POST"},
		{"GET", "/k/" + goodKey + eventsV, 405, "POST"},
		{"GET", "/api/v1/contacts", 405, "POST"},
		{"POST", "/api/v4/ping", 405, "GET"},
		{"DELETE", "/livez", 405, "GET"},
		{"GET", "/nothing", 404, ""},
		{"POST", "/", 404, ""},
		{"GET", "/k/" + goodKey, 404, ""},
		{"POST", "/api/v4/kds", 404, ""},
		{"POST", "//api/v4/kds/events", 404, ""},
		{"POST", "/api/v4/kds//events", 404, ""},
		{"POST", "/api/v4/kds/events/", 404, ""},
		{"POST", "/api/v4/kds/%65vents", 404, ""},
		{"POST", "/api/v4/kds%2fevents", 404, ""},
		{"POST", "/api/v4/kds/events;a=b", 404, ""},
		{"POST", "/API/V4/KDS/EVENTS", 404, ""},
		{"POST", "/api/v4/./kds/events", 404, ""},
		{"POST", "/x/../api/v4/kds/events", 404, ""},
		{"POST", "/api/v4/kds/events%00", 404, ""},
	}
	for _, test := range tests {
		w := s.ask(t, test.method, test.target, home, someXML)
		if w.Code != test.want || !strings.Contains(w.Header().Get("Allow"), test.allow) || w.Header().Get("Location") != "" {
			t.Errorf("%s %s = %d, Allow %q, Location %q; want %d, %q and no redirect", test.method, test.target,
				w.Code, w.Header().Get("Allow"), w.Header().Get("Location"), test.want, test.allow)
		}
		if w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s answers with %s", test.method, test.target, w.Header().Get("Content-Type"))
		}
	}
	if n := len(s.store.stored()); n != 0 {
		t.Errorf("%d events were stored by calls that are none", n)
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	lines := func(parts Part) []string {
		var got []string
		for _, r := range setup(t, func(o *Options) { o.Parts = parts }).Routes() {
			got = append(got, r.Method+" "+r.Path+" "+string(r.Access))
		}
		slices.Sort(got)
		return got
	}
	health := []string{
		"GET /api/v4/ping public", "GET /livez public", "GET /readyz public",
		"HEAD /api/v4/ping public", "HEAD /livez public", "HEAD /readyz public",
	}
	intake := []string{"POST /api/v4/kds/events intake", "POST /k/:key/api/v4/kds/events intake"}
	api := []string{"POST /api/v1/contacts contacts:write"}
	for parts, want := range map[Part][]string{
		0:      slices.Concat(health, api, intake),
		Intake: slices.Concat(health, intake),
		API:    slices.Concat(health, api),
	} {
		slices.Sort(want)
		if diff := cmp.Diff(want, lines(parts)); diff != "" {
			t.Errorf("routes of parts %d (-want +got):\n%s", parts, diff)
		}
	}
}

func TestPartsThatAreNotServedAreNotThere(t *testing.T) {
	t.Parallel()
	s := setup(t, func(o *Options) { o.Parts = API })
	if w := s.post(t, eventsV, home, someXML); w.Code != http.StatusNotFound {
		t.Errorf("the intake on a server without it = %d, want 404", w.Code)
	}
	s = setup(t, func(o *Options) { o.Parts = Intake })
	for target, want := range map[string]problem.Code{
		"/api/v1/contacts": problem.APIElsewhere, "/api/v1/messages": problem.APIElsewhere, "/api/v2": problem.NotFound, "/": problem.NotFound,
	} {
		if w := s.post(t, target, home, "{}"); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), string(want)) {
			t.Errorf("%s on the intake's own address = %d %s, want 404 %s", target, w.Code, w.Body, want)
		}
	}
}

func TestAPanicIsAProblemAndALine(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.echo.POST("/boom", func(echo.Context) error { panic("the phone is " + phone) })
	s.echo.POST("/bug", func(c echo.Context) error {
		return errors.New(strings.Fields("no such word")[len(c.Path())])
	})
	s.echo.POST("/half", func(c echo.Context) error {
		c.Response().WriteHeader(http.StatusOK)
		panic("too late")
	})
	for _, target := range []string{"/boom", "/bug"} {
		w := s.post(t, target, home, "")
		if p := readProblem(t, w); w.Code != 500 || p.Code != problem.InternalFault {
			t.Errorf("%s = %d %+v, want 500 internal", target, w.Code, p)
		}
	}
	func() {
		defer func() {
			if err, ok := recover().(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				t.Errorf("a panic after half an answer did not cut it")
			}
		}()
		s.post(t, "/half", home, "")
	}()
	log := s.log.String()
	if strings.Contains(log, phone) || strings.Count(log, "a request handler panicked") != 3 || !strings.Contains(log, "index out of range") {
		t.Errorf("the log tells too much or too little: %s", log)
	}
	if w := s.post(t, eventsV, home, someXML); w.Code != 200 {
		t.Errorf("the next event = %d, want 200", w.Code)
	}
}

func TestTooManyHeaders(t *testing.T) {
	t.Parallel()
	s := setup(t)
	var headers []string
	for range maxHeaderFields + 1 {
		headers = append(headers, "X-A", "1")
	}
	if w := s.post(t, eventsV, home, someXML, headers...); w.Code != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%d headers = %d, want 431", len(headers)/2, w.Code)
	}
	if w := s.post(t, eventsV, home, someXML, headers[:100]...); w.Code != http.StatusOK {
		t.Errorf("50 headers = %d, want 200", w.Code)
	}
}

// TestNoSecretIsLoggedOrAnswered sends every secret in every place and looks for them afterwards.
func TestNoSecretIsLoggedOrAnswered(t *testing.T) {
	t.Parallel()
	s := setup(t)
	var answers strings.Builder
	keys := []string{goodKey, anyKey, wrongKey}
	tokens := []string{menuToken, allToken, readToken, goneToken, oldToken, declared, badToken}
	for _, key := range slices.Concat(keys, tokens) {
		for _, target := range []string{
			"/k/" + key + eventsV, "/k/" + key, "/K/" + key + eventsV, "/k/" + key + "/typo", "/" + key, "//k/" + key + eventsV,
			"/k//" + key + eventsV, "/k/" + key + "/", "/x/" + key + "/y", eventsV + "?key=" + key, eventsV + "?token=" + key, eventsV + ";key=" + key,
			eventsV + "&key=" + key, "/%6b/" + key + eventsV, "/k/" + key + eventsV + "?key=" + key, "/api/v1/contacts?access=" + key,
			"/api/v1/contacts/" + key, "/k/" + key[:8] + eventsV,
		} {
			for _, remote := range []string{home, lan} {
				for _, method := range []string{"POST", "GET"} {
					w := s.ask(t, method, target, remote, someXML, "Authorization", "Bearer "+key)
					answers.WriteString(w.Body.String())
					for name, values := range w.Header() {
						answers.WriteString(name + strings.Join(values, " "))
					}
				}
			}
		}
	}
	for _, token := range tokens {
		for _, body := range []string{sample79(t), `{"phone":"` + phone + `","` + phone + `":1}`, `{"phone":"8 999 000 00 01 ` + token + `"}`, phone} {
			answers.WriteString(s.bind(t, token, body).Body.String())
		}
	}
	told := s.log.String() + answers.String()
	for _, secret := range append(slices.Concat(keys, tokens), phone, "9990000001", "000 00 01", goodKey[:8], wrongKey[:8]) {
		if strings.Contains(told, secret) {
			at := strings.Index(told, secret)
			t.Errorf("%q is told: …%s", secret, told[max(0, at-200):at+len(secret)])
		}
	}
	if n := strings.Count(s.log.String(), "request_id="); n < 500 {
		t.Errorf("the log has %d requests only: the test looks at nothing", n)
	}
}

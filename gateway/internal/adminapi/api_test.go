package adminapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// badge lets in who shows a role in the Authorization header: "owner", "viewer fresh".
type badge struct{}

func (badge) Identify(_ context.Context, c adminapi.Credentials) (access.Principal, error) {
	role, fresh, _ := strings.Cut(c.Authorization, " ")
	if role == "" {
		return access.Principal{}, problem.Refuse(problem.LoginRequired)
	}
	return access.Principal{Kind: access.KindUser, ID: "u", Name: "u", Role: access.Role(role), Fresh: fresh != ""}, nil
}

func setup(t *testing.T, services adminapi.Services) (*adminapi.API, http.Handler) {
	t.Helper()
	mux := http.NewServeMux()
	return adminapi.New(humago.New(mux, adminapi.Config("test")), adminapi.Options{Services: services, Guard: badge{}}), mux
}

func ask(t *testing.T, handler http.Handler, method, path, who, lang, sent string) (int, problem.Problem, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(sent))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Language", lang)
	if who != "" {
		r.Header.Set("Authorization", who)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	var p problem.Problem
	if w.Code >= 400 {
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatalf("%s %s: answer %d %q is no problem: %v", method, path, w.Code, w.Body, err)
		}
		if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s %s: content type %q", method, path, got)
		}
	}
	return w.Code, p, w.Body.String()
}

// TestWhoMayNotIsRefusedBeforeAnythingIsDone asks every call as everybody who may not make it. There are
// no services behind the calls but the audit log, so that one that was reached would panic.
func TestWhoMayNotIsRefusedBeforeAnythingIsDone(t *testing.T) {
	t.Parallel()
	api, handler := setup(t, adminapi.Services{Audit: &notebook{}})
	if len(api.Calls()) < 50 {
		t.Fatalf("%d calls", len(api.Calls()))
	}
	for _, call := range api.Calls() {
		if call.May == "" {
			continue
		}
		path := strings.NewReplacer("{id}", "x", "{ref}", "x", "{name}", "x", "{code}", "x", "{version}", "x").Replace(call.Path)
		if _, p, _ := ask(t, handler, call.Method, path, "", "en", "{}"); p.Code != problem.LoginRequired {
			t.Errorf("%s %s without credentials: %q", call.Method, call.Path, p.Code)
		}
		for _, role := range access.Roles() {
			switch {
			case !role.May(call.May):
				if _, p, _ := ask(t, handler, call.Method, path, string(role)+" fresh", "en", "{}"); p.Code != problem.NotAllowed {
					t.Errorf("%s %s as %s: %q", call.Method, call.Path, role, p.Code)
				}
			case call.Fresh:
				if _, p, _ := ask(t, handler, call.Method, path, string(role), "en", "{}"); p.Code != problem.ConfirmRequired {
					t.Errorf("%s %s as %s without the password: %q", call.Method, call.Path, role, p.Code)
				}
			}
		}
	}
}

// TestARefusedValueIsNotRepeated sends what does not fit and looks for it in the answer.
func TestARefusedValueIsNotRepeated(t *testing.T) {
	t.Parallel()
	_, handler := setup(t, adminapi.Services{})
	const secret = 73571379571375
	tests := []struct {
		name, method, path, sent string
		field                    string
		code                     problem.Code
	}{
		{"a number for a text", "POST", "/api/v1/accounts", `{"name":73571379571375}`, "name", problem.FieldInvalid},
		{"an unknown field", "POST", "/api/v1/settings/import", `{"text":"a","73571379571375":1}`, "", problem.FieldUnknown},
		{"a missing field", "POST", "/api/v1/settings/import", `{}`, "text", problem.FieldRequired},
		{"a text that is too long", "POST", "/api/v1/settings/import", `{"text":"` + strings.Repeat("73571379571375", 2000) + `"}`, "text", problem.FieldTooLong},
		{"a word that is none of the choices", "POST", "/api/v1/messages/x/settle", `{"as":"73571379571375"}`, "as", problem.FieldInvalid},
		{"a query that is no number", "GET", "/api/v1/messages?limit=x73571379571375", ``, "limit", problem.FieldInvalid},
	}
	for _, test := range tests {
		for _, lang := range []string{"ru", "en"} {
			status, p, answer := ask(t, handler, test.method, test.path, "owner fresh", lang, test.sent)
			if status != http.StatusUnprocessableEntity || len(p.Errors) == 0 {
				t.Errorf("%s: %d %s", test.name, status, answer)
				continue
			}
			var found bool
			for _, e := range p.Errors {
				found = found || e.Code == test.code && (test.field == "" || e.Field == test.field) && e.Detail != ""
			}
			if !found {
				t.Errorf("%s: want %s on %q, got %s", test.name, test.code, test.field, answer)
			}
			if test.code != problem.FieldUnknown && strings.Contains(answer, "73571379571375") {
				t.Errorf("%s: the value %d is in the answer %s", test.name, secret, answer)
			}
		}
	}
}

// TestTheDocumentIsWhole holds that every operation says who may make it, and that two makings are equal.
func TestTheDocumentIsWhole(t *testing.T) {
	t.Parallel()
	api, _ := setup(t, adminapi.Services{})
	first, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	again, _ := setup(t, adminapi.Services{})
	if second, _ := again.Document(); string(first) != string(second) {
		t.Error("two documents differ")
	}
	var document huma.OpenAPI
	if err := json.Unmarshal(first, &struct {
		Version *string `json:"openapi"`
	}{&document.OpenAPI}); err != nil || !strings.HasPrefix(document.OpenAPI, "3.1") {
		t.Errorf("openapi %q, %v", document.OpenAPI, err)
	}
	if strings.Contains(string(first), "$schema") {
		t.Error("the document speaks of $schema")
	}
}

// TestEveryVariableOfAPathIsRead holds that huma knows each variable segment, and that lists can be walked:
// what a question embeds must be exported, or its fields are silently left out.
func TestEveryVariableOfAPathIsRead(t *testing.T) {
	t.Parallel()
	api, _ := setup(t, adminapi.Services{})
	document, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Paths map[string]map[string]struct {
			Parameters []struct{ Name, In string }
		}
	}
	if err := json.Unmarshal(document, &read); err != nil {
		t.Fatal(err)
	}
	for path, methods := range read.Paths {
		for method, call := range methods {
			has := map[string]bool{}
			for _, p := range call.Parameters {
				has[p.In+" "+p.Name] = true
			}
			for _, segment := range strings.Split(path, "/") {
				name, variable := strings.CutPrefix(segment, "{")
				if name = strings.TrimSuffix(name, "}"); variable && !has["path "+name] {
					t.Errorf("%s %s does not read {%s}", method, path, name)
				}
			}
			if strings.Contains(path, "/messages") && method == "get" && has["query q"] && (!has["query after"] || !has["query limit"] || !has["query from"]) {
				t.Errorf("%s %s cannot be walked: %v", method, path, has)
			}
		}
	}
}

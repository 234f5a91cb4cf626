package httpapi

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// sample79 is the binding of the documentation.
func sample79(t testing.TB) string {
	t.Helper()
	body, err := os.ReadFile("testdata/contact-binding.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func (s *stand) bind(t testing.TB, token, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	headers = append(headers, "Content-Type", "application/json")
	if token != "" {
		headers = append(headers, "Authorization", "Bearer "+token)
	}
	return s.post(t, "/api/v1/contacts", lan, body, headers...)
}

func TestTheDocumentedBindingIsKept(t *testing.T) {
	t.Parallel()
	s := setup(t)
	w := s.bind(t, menuToken, sample79(t))
	if w.Code != http.StatusCreated || w.Body.String() != `{"contact_id":"CONTACT1"}` {
		t.Fatalf("POST sample 79 = %d %s, want 201 and the contact's id", w.Code, w.Body)
	}
	got := s.store.bound[0]
	if got.Phone.Reveal() != phone {
		t.Errorf("the phone bound is not the one sent: %v", got.Phone)
	}
	got.Phone = contact.Phone{}
	want := contact.Binding{
		Restaurant: "199990777", GUID: "A1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A01", Visit: "640419540", Ident: "256", At: noon,
		Consent: contact.Consent{
			Category: contact.Transactional, Given: true, Purpose: "order_status_sms", PolicyVersion: "2026-05-01",
			GivenAt: time.Date(2026, 5, 20, 15, 42, 5, 0, time.UTC), Source: "qr_menu", RecordedAt: noon,
		},
	}
	equalTimes := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
	if diff := cmp.Diff(want, got, equalTimes, cmp.Comparer(func(a, b contact.Phone) bool { return a == b })); diff != "" {
		t.Errorf("binding (-want +got):\n%s", diff)
	}
}

// consentGiven is the least consent that is one.
const consentGiven = `"consent":{"given":true,"purpose":"sms"}`

func TestBindingsThatAreTaken(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		check      func(contact.Binding) bool
	}{
		{
			"by GUID, in braces and small letters", `{"order":{"guid":"{a1d3e9b0-6c1f-4e2e-8b61-3f0c5d7e9a01}"},"phone":"8 999 000-00-01",` + consentGiven + `}`,
			func(b contact.Binding) bool {
				return b.GUID == "A1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A01" && b.Phone.Reveal() == phone
			},
		},
		{
			"by visit and ident as numbers", `{"order":{"visit":640419540,"order_ident":256},"phone":"` + phone + `",` + consentGiven + `}`,
			func(b contact.Binding) bool { return b.Visit == "640419540" && b.Ident == "256" && b.GUID == "" },
		},
		{
			"by number within a restaurant", `{"restaurant_code":"199990777","order":{"number":"12.1"},"phone":"` + phone + `",` + consentGiven + `}`,
			func(b contact.Binding) bool { return b.Number == "12.1" && b.Restaurant == "199990777" },
		},
		{
			"with the restaurant inside order, as a number", `{"order":{"number":12.1,"restaurant_code":199990777},"phone":"` + phone + `",` + consentGiven + `}`,
			func(b contact.Binding) bool { return b.Number == "12.1" && b.Restaurant == "199990777" },
		},
		{
			"with the restaurant at both places", `{"restaurant_code":"1","order":{"number":"2","restaurant_code":"1"},"phone":"` + phone + `",` + consentGiven + `}`,
			func(b contact.Binding) bool { return b.Number == "2" && b.Restaurant == "1" },
		},
		{
			"a number without its restaurant does not count beside a GUID", `{"order":{"guid":"A1","number":"12"},"phone":"` + phone + `",` + consentGiven + `}`,
			func(b contact.Binding) bool { return b.GUID == "A1" && b.Number == "" },
		},
		{
			"half a pair does not count beside a GUID", `{"order":{"guid":"A1","visit":"7","order_ident":"0"},"phone":"` + phone + `",` + consentGiven + `}`,
			func(b contact.Binding) bool { return b.GUID == "A1" && b.Visit == "" && b.Ident == "" },
		},
		{
			"nulls are absent", `{"order":{"guid":"A1","visit":null},"restaurant_code":null,"language":null,"phone":"` + phone + `","consent":{"given":true,"purpose":"sms","given_at":null,"source":null}}`,
			func(b contact.Binding) bool {
				return b.GUID == "A1" && b.Consent.GivenAt.Equal(noon) && b.Consent.Source == "menu"
			},
		},
		{
			"a language", `{"order":{"guid":"A1"},"language":"en","phone":"` + phone + `",` + consentGiven + `}`,
			func(b contact.Binding) bool { return b.Language == "en" },
		},
		{
			"a withdrawal", `{"order":{"guid":"A1"},"phone":"` + phone + `","consent":{"given":false}}`,
			func(b contact.Binding) bool { return !b.Consent.Given && b.Consent.RecordedAt.Equal(noon) },
		},
		{
			"escapes in names and texts", `{"\u006frder":{"guid":"\u0041\u0031"},"phone":"\u002b79990000001",` + consentGiven + `}`,
			func(b contact.Binding) bool { return b.GUID == "A1" },
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			if w := s.bind(t, menuToken, test.body); w.Code != http.StatusCreated {
				t.Fatalf("POST %s = %d %s, want 201", test.body, w.Code, w.Body)
			}
			if got := s.store.bound[0]; !test.check(got) {
				t.Errorf("POST %s bound %+v", test.body, got)
			}
		})
	}
}

func TestBindingsThatAreRefused(t *testing.T) {
	t.Parallel()
	const order, tel = `"order":{"guid":"A1"}`, `"phone":"` + phone + `"`
	tests := []struct {
		name, body string
		status     int
		code       problem.Code
		fields     string // "field code" joined by ", "
	}{
		{"nothing", ``, 400, problem.JSONMalformed, ""},
		{"not JSON", `phone=1`, 400, problem.JSONMalformed, ""},
		{"cut off", `{"order":{"guid":"A1"`, 400, problem.JSONMalformed, ""},
		{"a list", `[]`, 400, problem.JSONMalformed, ""},
		{"null", `null`, 400, problem.JSONMalformed, ""},
		{"two objects", `{} {}`, 400, problem.JSONMalformed, ""},
		{"a trailing comma", `{"phone":"1",}`, 400, problem.JSONMalformed, ""},
		{"a comment", "{} // x", 400, problem.JSONMalformed, ""},
		{"broken UTF-8", "{\"phone\":\"\xff\"}", 400, problem.JSONMalformed, ""},
		{"a byte order mark", "\ufeff{}", 400, problem.JSONMalformed, ""},
		{"deep nesting", strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000), 400, problem.JSONMalformed, ""},
		{"an empty object", `{}`, 422, problem.FieldsInvalid, "order order_missing, phone phone_missing, consent consent_missing"},
		{"no consent", `{` + order + `,` + tel + `}`, 422, problem.ConsentMissing, "consent consent_missing"},
		{"consent without given", `{` + order + `,` + tel + `,"consent":{"purpose":"sms"}}`, 422, problem.ConsentMissing, "consent.given consent_missing"},
		{"consent given as a text", `{` + order + `,` + tel + `,"consent":{"given":"true","purpose":"sms"}}`, 422, problem.FieldInvalid, "consent.given field_invalid"},
		{"consent that is a truth", `{` + order + `,` + tel + `,"consent":true}`, 422, problem.FieldInvalid, "consent field_invalid"},
		{"consent without a purpose", `{` + order + `,` + tel + `,"consent":{"given":true}}`, 422, problem.ConsentIncomplete, "consent.purpose consent_incomplete"},
		{"consent with a blank purpose", `{` + order + `,` + tel + `,"consent":{"given":true,"purpose":"  "}}`, 422, problem.ConsentIncomplete, "consent.purpose consent_incomplete"},
		{"consent at no time", `{` + order + `,` + tel + `,"consent":{"given":true,"purpose":"sms","given_at":"yesterday"}}`, 422, problem.FieldInvalid, "consent.given_at field_invalid"},
		{"consent at a time without a zone", `{` + order + `,` + tel + `,"consent":{"given":true,"purpose":"sms","given_at":"2026-05-20T18:42:05"}}`, 422, problem.FieldInvalid, "consent.given_at field_invalid"},
		{"consent from the future", `{` + order + `,` + tel + `,"consent":{"given":true,"purpose":"sms","given_at":"2036-05-20T18:42:05Z"}}`, 422, problem.FieldInvalid, "consent.given_at field_invalid"},
		{"consent from 1970", `{` + order + `,` + tel + `,"consent":{"given":true,"purpose":"sms","given_at":"1970-01-01T00:00:00Z"}}`, 422, problem.FieldInvalid, "consent.given_at field_invalid"},
		{"a short phone", `{` + order + `,"phone":"123",` + consentGiven + `}`, 422, problem.PhoneInvalid, "phone phone_invalid"},
		{"a landline", `{` + order + `,"phone":"+7 495 123-45-67",` + consentGiven + `}`, 422, problem.PhoneInvalid, "phone phone_invalid"},
		{"a phone of words", `{` + order + `,"phone":"нет",` + consentGiven + `}`, 422, problem.PhoneInvalid, "phone phone_invalid"},
		{"an empty phone", `{` + order + `,"phone":"",` + consentGiven + `}`, 422, problem.PhoneInvalid, "phone phone_invalid"},
		{"a phone as a number", `{` + order + `,"phone":79990000001,` + consentGiven + `}`, 422, problem.FieldInvalid, "phone field_invalid"},
		{"a phone of a kilobyte", `{` + order + `,"phone":"` + strings.Repeat("9", 1024) + `",` + consentGiven + `}`, 422, problem.FieldTooLong, "phone field_too_long"},
		{"a phone with a zero byte", `{` + order + `,"phone":"+7999\u00000000001",` + consentGiven + `}`, 422, problem.FieldInvalid, "phone field_invalid"},
		{"half a surrogate", `{` + order + `,"phone":"\ud800",` + consentGiven + `}`, 422, problem.FieldInvalid, "phone field_invalid"},
		{"no phone", `{` + order + `,` + consentGiven + `}`, 422, problem.PhoneMissing, "phone phone_missing"},
		{"an unknown field", `{` + order + `,` + tel + `,` + consentGiven + `,"name":"Анна"}`, 422, problem.FieldUnknown, "name field_unknown"},
		{"a field in other letters", `{` + order + `,"Phone":"` + phone + `",` + consentGiven + `}`, 422, problem.FieldsInvalid, "Phone field_unknown, phone phone_missing"},
		{"a field whose name is a phone", `{` + order + `,` + tel + `,` + consentGiven + `,"` + phone + `":1}`, 422, problem.FieldUnknown, "? field_unknown"},
		{"an unknown field of order", `{"order":{"guid":"A1","table":"5"},` + tel + `,` + consentGiven + `}`, 422, problem.FieldUnknown, "order.table field_unknown"},
		{"a field twice", `{` + order + `,` + tel + `,` + tel + `,` + consentGiven + `}`, 422, problem.FieldTwice, "phone field_twice"},
		{"a field twice by an escape", `{` + order + `,` + tel + `,"\u0070hone":"1",` + consentGiven + `}`, 422, problem.FieldTwice, "phone field_twice"},
		{"an order of nothing", `{"order":{},` + tel + `,` + consentGiven + `}`, 422, problem.OrderMissing, "order order_missing"},
		{"an order of zeros", `{"order":{"guid":"{00000000-0000-0000-0000-000000000000}","visit":"0","order_ident":0},` + tel + `,` + consentGiven + `}`, 422, problem.OrderMissing, "order order_missing"},
		{"a number without a restaurant", `{"order":{"number":"12.1"},` + tel + `,` + consentGiven + `}`, 422, problem.OrderMissing, "order order_missing"},
		{"a visit without an ident", `{"order":{"visit":"12"},` + tel + `,` + consentGiven + `}`, 422, problem.OrderMissing, "order order_missing"},
		{"an order that is a text", `{"order":"A1",` + tel + `,` + consentGiven + `}`, 422, problem.FieldInvalid, "order field_invalid"},
		{"an order in the null", `{"order":null,` + tel + `,` + consentGiven + `}`, 422, problem.OrderMissing, "order order_missing"},
		{"a visit in exponents", `{"order":{"visit":1e3,"order_ident":1},` + tel + `,` + consentGiven + `}`, 422, problem.FieldInvalid, "order.visit field_invalid"},
		{"a negative ident", `{"order":{"visit":1,"order_ident":-1},` + tel + `,` + consentGiven + `}`, 422, problem.FieldInvalid, "order.order_ident field_invalid"},
		{"a long GUID", `{"order":{"guid":"` + strings.Repeat("A", 65) + `"},` + tel + `,` + consentGiven + `}`, 422, problem.FieldTooLong, "order.guid field_too_long"},
		{"restaurants that differ", `{"restaurant_code":"1","order":{"number":"1","restaurant_code":"2"},` + tel + `,` + consentGiven + `}`, 422, problem.OrderContradicts, "order.restaurant_code order_contradicts"},
		{"a language that we do not speak", `{` + order + `,` + tel + `,` + consentGiven + `,"language":"de"}`, 422, problem.FieldInvalid, "language field_invalid"},
		{"several faults at once", `{"order":{},"phone":"123","x":1}`, 422, problem.FieldsInvalid, "x field_unknown, order order_missing, phone phone_invalid, consent consent_missing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			w := s.bind(t, menuToken, test.body, "Accept-Language", "en")
			p := readProblem(t, w)
			var fields []string
			for _, f := range p.Errors {
				if f.Detail == "" {
					t.Errorf("field %s has no detail", f.Field)
				}
				fields = append(fields, f.Field+" "+string(f.Code))
			}
			if w.Code != test.status || p.Code != test.code || strings.Join(fields, ", ") != test.fields {
				t.Errorf("POST %.200s\n got %d %s %q\nwant %d %s %q", test.body, w.Code, p.Code, strings.Join(fields, ", "), test.status, test.code, test.fields)
			}
			if len(s.store.bound) != 0 {
				t.Error("something was bound")
			}
		})
	}
}

func TestAWrongPhoneIsExplainedInBothLanguages(t *testing.T) {
	t.Parallel()
	s := setup(t)
	body := `{"order":{"guid":"A1"},"phone":"+7 495 123-45-67",` + consentGiven + `}`
	for lang, want := range map[string]string{"ru": "городской", "en": "landline"} {
		w := s.bind(t, menuToken, body, "Accept-Language", lang)
		if p := readProblem(t, w); len(p.Errors) != 1 || !strings.Contains(p.Errors[0].Detail, want) {
			t.Errorf("%s: %+v, want a detail with %q", lang, p.Errors, want)
		}
		if strings.Contains(w.Body.String(), "495") {
			t.Errorf("the answer holds the phone: %s", w.Body)
		}
	}
}

func TestManyFaultsAreNotAllTold(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	body.WriteString("{")
	for i := range 2000 {
		body.WriteString(`"` + strings.Repeat("a", 1+i%20) + string(rune('a'+i%26)) + `":1,`)
	}
	body.WriteString(`"z":1}`)
	s := setup(t)
	if p := readProblem(t, s.bind(t, menuToken, body.String())); len(p.Errors) != mostFaults {
		t.Errorf("%d faults told, want %d", len(p.Errors), mostFaults)
	}
}

func TestWhoMayBind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		authorization []string
		want          int
		code          problem.Code
	}{
		{"a key with the scope", []string{"Bearer " + menuToken}, 201, ""},
		{"an admin", []string{"Bearer " + allToken}, 201, ""},
		{"a declared key", []string{"Bearer " + declared}, 201, ""},
		{"the scheme in small letters", []string{"bearer " + menuToken}, 201, ""},
		{"another scope", []string{"Bearer " + readToken}, 403, problem.ScopeMissing},
		{"a revoked key", []string{"Bearer " + goneToken}, 401, problem.TokenWrong},
		{"an expired key", []string{"Bearer " + oldToken}, 401, problem.TokenWrong},
		{"an unknown key", []string{"Bearer " + badToken}, 401, problem.TokenWrong},
		{"nothing", nil, 401, problem.TokenRequired},
		{"an empty header", []string{""}, 401, problem.TokenRequired},
		{"only the scheme", []string{"Bearer"}, 401, problem.TokenRequired},
		{"an empty key", []string{"Bearer  "}, 401, problem.TokenRequired},
		{"another scheme", []string{"Basic " + menuToken}, 401, problem.TokenRequired},
		{"the key alone", []string{menuToken}, 401, problem.TokenRequired},
		{"two headers", []string{"Bearer " + menuToken, "Bearer " + menuToken}, 401, problem.TokenRequired},
		{"two keys", []string{"Bearer " + menuToken + " " + menuToken}, 401, problem.TokenRequired},
		{"an endless key", []string{"Bearer " + strings.Repeat("x", 5000)}, 401, problem.TokenRequired},
		{"an intake key", []string{"Bearer " + goodKey}, 401, problem.TokenWrong},
	}
	for _, remote := range []string{home, lan} {
		for _, test := range tests {
			s := setup(t)
			headers := []string{"Content-Type", "application/json"}
			for _, a := range test.authorization {
				headers = append(headers, "Authorization", a)
			}
			w := s.post(t, "/api/v1/contacts", remote, sample79(t), headers...)
			if w.Code != test.want {
				t.Errorf("%s from %s: %d %s, want %d", test.name, remote, w.Code, w.Body, test.want)
				continue
			}
			if test.want != 201 && readProblem(t, w).Code != test.code {
				t.Errorf("%s from %s: code %s, want %s", test.name, remote, readProblem(t, w).Code, test.code)
			}
			if (w.Code == 401) != (w.Header().Get("WWW-Authenticate") != "") {
				t.Errorf("%s: %d with challenge %q", test.name, w.Code, w.Header().Get("WWW-Authenticate"))
			}
		}
	}
}

func TestContactKeysAreThrottled(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for range failuresAtOnce {
		s.bind(t, badToken, sample79(t))
	}
	if w := s.bind(t, menuToken, sample79(t)); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("after %d wrong keys: %d, want 429 with Retry-After", failuresAtOnce, w.Code)
	}
}

func TestWhatTheStoreSaysOfABinding(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  error
		want int
		code problem.Code
	}{
		{"a number that fits several orders", ambiguous{}, 409, problem.OrderAmbiguous},
		{"the same, wrapped", errors.Join(errors.New("bind"), ambiguous{}), 409, problem.OrderAmbiguous},
		{"anything else", errors.New("disk of " + phone), 503, problem.StoreUnavailable},
	}
	for _, test := range tests {
		s := setup(t)
		s.store.binding = test.err
		w := s.bind(t, menuToken, sample79(t))
		if p := readProblem(t, w); w.Code != test.want || p.Code != test.code {
			t.Errorf("%s: %d %s, want %d %s", test.name, w.Code, p.Code, test.want, test.code)
		}
		if (w.Code == 503) != (w.Header().Get("Retry-After") == "5") {
			t.Errorf("%s: %d with Retry-After %q", test.name, w.Code, w.Header().Get("Retry-After"))
		}
	}
	s := setup(t)
	s.store.failing = errors.New("locked")
	if w := s.bind(t, badToken, sample79(t)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("a key that cannot be looked up = %d, want 503", w.Code)
	}
}

func TestContactContentTypes(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]int{
		"application/json": 201, "application/json; charset=utf-8": 201, "Application/JSON;charset=UTF-8": 201,
		"text/plain": 415, "application/x-www-form-urlencoded": 415, "application/json; charset=windows-1251": 415,
		"": 415, "multipart/form-data; boundary=x": 415, "application/problem+json": 415,
	} {
		s := setup(t)
		w := s.post(t, "/api/v1/contacts", lan, sample79(t), "Authorization", "Bearer "+menuToken, "Content-Type", kind)
		if w.Code != want {
			t.Errorf("Content-Type %q = %d, want %d", kind, w.Code, want)
		}
	}
	s := setup(t)
	if w := s.post(t, "/api/v1/contacts", lan, sample79(t), "Authorization", "Bearer "+menuToken); w.Code != 415 {
		t.Errorf("no Content-Type = %d, want 415", w.Code)
	}
	if w := s.bind(t, menuToken, strings.Repeat(" ", maxContactBody+1)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a body over 64 KiB = %d, want 413", w.Code)
	}
	if w := s.bind(t, menuToken, sample79(t), "Content-Encoding", "gzip"); w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("a compressed body = %d, want 415", w.Code)
	}
}

// FuzzContactBody holds that no body panics, that what is taken is whole, and that no refusal holds a
// piece of what was sent.
func FuzzContactBody(f *testing.F) {
	f.Add(sample79(f))
	f.Add(`{"order":{"number":12.1,"restaurant_code":1},"phone":"8(999)000-00-01","consent":{"given":false}}`)
	f.Add(`{"order":{"guid":"{}"},"phone":null,"phone":[],"consent":{"given":1,"given_at":"2026-01-01T00:00:00Z"}}`)
	f.Add(`{"\ud800":{"a":[[[[[[[[[1]]]]]]]]]}}`)
	f.Add(`{"order":{"visit":-0,"order_ident":1e400}}`)
	f.Fuzz(func(t *testing.T, body string) {
		binding, err := readBinding([]byte(body), "menu", noon)
		if err == nil {
			named := binding.GUID != "" || binding.Visit != "" && binding.Ident != "" || binding.Number != "" && binding.Restaurant != ""
			if !named || binding.Phone.IsZero() || binding.Consent.RecordedAt.IsZero() || binding.Consent.Source == "" {
				t.Fatalf("%q was taken as %+v, which lacks something", body, binding)
			}
			if binding.Consent.Given && binding.Consent.Purpose == "" {
				t.Fatalf("%q was taken with consent for nothing", body)
			}
			return
		}
		var refused *problem.Refusal
		if !errors.As(err, &refused) || refused.Code == "" || len(refused.Fields) > mostFaults {
			t.Fatalf("%q gave %v, want a refusal", body, err)
		}
		for _, lang := range []string{"ru", "en"} {
			for _, field := range refused.In(lang, "").Errors {
				if strings.ContainsAny(field.Field, "0123456789+ ") || field.Detail == "" {
					t.Fatalf("%q gave the fault %+v", body, field)
				}
			}
		}
	})
}

// roles lets in a session whose secret is the name of a role.
type roles struct{}

func (roles) Identify(_ context.Context, c adminapi.Credentials) (access.Principal, error) {
	if c.Session == "over" {
		return access.Principal{}, problem.Refuse(problem.LoginRequired)
	}
	return access.Principal{Kind: access.KindUser, ID: "U1", Name: "desk", Role: access.Role(c.Session)}, nil
}

func TestAPersonAtTheScreenBindsAPhone(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, cookie, site string
		want               int
	}{
		{"an owner", "owner", "same-origin", 201},
		{"a viewer may not", "viewer", "same-origin", 403},
		{"a session that is over", "over", "same-origin", 401},
		{"nobody", "", "same-origin", 401},
		{"an owner whose browser another site uses", "owner", "cross-site", 403},
	}
	for _, test := range tests {
		book := &notebook{}
		s := setup(t, withAdmin, func(o *Options) { o.Guard, o.Admin.Audit = roles{}, book })
		headers := []string{"Content-Type", "application/json", "Sec-Fetch-Site", test.site}
		if test.cookie != "" {
			headers = append(headers, "Cookie", adminapi.SessionCookie+"="+test.cookie)
		}
		w := s.post(t, "/api/v1/contacts", home, sample79(t), headers...)
		if bound := len(s.store.bound); w.Code != test.want || (bound == 1) != (test.want == 201) {
			t.Errorf("%s: POST = %d and %d bindings, want %d: %s", test.name, w.Code, bound, test.want, w.Body)
		}
		var noted []string
		if test.want == 201 {
			noted = []string{"desk 127.0.0.1 contacts.bind-contact A1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A01 done"}
		}
		if !slices.Equal(book.lines, noted) {
			t.Errorf("%s: noted %q, want %q", test.name, book.lines, noted)
		}
	}
}

// notebook is an audit log that keeps lines in memory, or refuses them.
type notebook struct {
	adminapi.AuditLog
	lines []string
	full  error
}

func (n *notebook) Note(_ context.Context, r access.Record) error {
	if n.full != nil {
		return n.full
	}
	n.lines = append(n.lines, r.Actor+" "+r.From+" "+r.Action+" "+r.Object+" "+r.Outcome)
	return nil
}

// Begin keeps the line open; only End writes it.
func (n *notebook) Begin(context.Context, access.Record) (string, error) { return "1", n.full }

func (n *notebook) End(ctx context.Context, _ string, r access.Record) error { return n.Note(ctx, r) }

func TestABindingAtTheScreenIsNotedAndOneOfAKeyIsNot(t *testing.T) {
	t.Parallel()
	book := &notebook{}
	s := setup(t, withAdmin, func(o *Options) { o.Guard, o.Admin.Audit = roles{}, book })
	if w := s.bind(t, menuToken, sample79(t)); w.Code != http.StatusCreated || len(book.lines) != 0 {
		t.Errorf("by a key: %d, noted %q", w.Code, book.lines)
	}
	desk := func(cookie string, headers ...string) *httptest.ResponseRecorder {
		headers = append(headers, "Content-Type", "application/json", "Cookie", cookie)
		return s.post(t, "/api/v1/contacts", home, sample79(t), headers...)
	}
	s.store.binding = errors.New("disk full")
	if w := desk(adminapi.SessionCookie + "=owner"); w.Code != http.StatusServiceUnavailable || len(book.lines) != 1 || !strings.HasSuffix(book.lines[0], "refused: store_unavailable") {
		t.Errorf("what was not kept: %d, noted %q", w.Code, book.lines)
	}
	s.store.binding = nil
	if w := desk("__Host-"+adminapi.SessionCookie+"=owner", "X-Forwarded-Proto", "https"); w.Code != http.StatusCreated {
		t.Errorf("behind a proxy that ends TLS: %d %s", w.Code, w.Body)
	}
	book.full = &problem.Refusal{Code: problem.AuditUnavailable, Cause: errors.New("disk full")}
	before := len(s.store.bound)
	if w := desk(adminapi.SessionCookie + "=owner"); w.Code != http.StatusServiceUnavailable || len(s.store.bound) != before {
		t.Errorf("what cannot be noted: %d %s and %d bindings, want none", w.Code, w.Body, len(s.store.bound)-before)
	}
}

package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/problem"
)

func TestAPairWithoutItsRestaurant(t *testing.T) {
	t.Parallel()
	const pair = `"visit":"640419540","order_ident":"256"`
	given, withdrawn := `"phone":"`+phone+`",`+consentGiven, `"phone":"`+phone+`","consent":{"given":false}`
	tests := []struct {
		name, body string
		known      []string
		want       string // restaurant, visit and GUID that are bound, or the fault
	}{
		{"belongs to the only restaurant", `{"order":{` + pair + `},` + given + `}`, []string{"7"}, "7/640419540/"},
		{"belongs to the only one even if that has no code", `{"order":{` + pair + `},` + given + `}`, []string{""}, "/640419540/"},
		{"is refused where there are several", `{"order":{` + pair + `},` + given + `}`, []string{"7", "8"}, "restaurant_code restaurant_missing"},
		{"is refused where none is known", `{"order":{` + pair + `},` + given + `}`, nil, "restaurant_code restaurant_missing"},
		{"is taken with its restaurant", `{"restaurant_code":"8","order":{` + pair + `},` + given + `}`, []string{"7"}, "8/640419540/"},
		{"does not count beside a GUID", `{"order":{"guid":"A1",` + pair + `},` + given + `}`, []string{"7", "8"}, "//A1"},
		{"is no matter for a withdrawal", `{"order":{` + pair + `},` + withdrawn + `}`, []string{"7", "8"}, "/640419540/"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := setup(t, func(o *Options) {
				o.OnlyRestaurant = func(context.Context) (string, bool, error) {
					if len(test.known) == 1 {
						return test.known[0], true, nil
					}
					return "", false, nil
				}
			})
			got := ""
			if w := s.bind(t, menuToken, test.body, "Accept-Language", "en"); w.Code == http.StatusCreated {
				b := s.store.bound[0]
				got = b.Restaurant + "/" + b.Visit + "/" + b.GUID
			} else if p := readProblem(t, w); w.Code == http.StatusUnprocessableEntity && p.Code == problem.RestaurantMissing && len(p.Errors) == 1 {
				got = p.Errors[0].Field + " " + string(p.Errors[0].Code)
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	s := setup(t, func(o *Options) {
		o.OnlyRestaurant = func(context.Context) (string, bool, error) { return "", false, errors.New("locked") }
	})
	if w := s.bind(t, menuToken, `{"order":{`+pair+`},`+given+`}`); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("a store that cannot tell: %d, want 503 with Retry-After", w.Code)
	}
}

func TestATimeOfConsentThatCannotBeIsExplained(t *testing.T) {
	t.Parallel()
	tests := []struct{ at, ru, en string }{
		{"2099-01-01T00:00:00Z", "в будущем", "in the future"},
		{"1970-01-01T00:00:00Z", "в прошлом", "in the past"},
		{"yesterday", "не того вида", "not of the form"},
	}
	for _, test := range tests {
		s := setup(t)
		body := `{"order":{"guid":"A1"},"phone":"` + phone + `","consent":{"given":true,"purpose":"sms","given_at":"` + test.at + `"}}`
		for lang, want := range map[string]string{"ru": test.ru, "en": test.en} {
			p := readProblem(t, s.bind(t, menuToken, body, "Accept-Language", lang))
			if len(p.Errors) != 1 || p.Errors[0].Field != "consent.given_at" || p.Errors[0].Code != problem.FieldInvalid || !strings.Contains(p.Errors[0].Detail, want) {
				t.Errorf("%s in %s: got %+v, want a detail with %q", test.at, lang, p.Errors, want)
			}
		}
	}
}

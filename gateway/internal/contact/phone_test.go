package contact_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/contact"
)

// canary is a number whose middle no output may show, in any of the spellings that hide tells.
const canary = "+79991357913"

// hidden are the traces of canary: its middle digits in clear, in hexadecimal, quoted, in base 64.
var hidden = []string{"999135", "1357913", "393133353739", `\x39\x31\x33`, "U+0039", "OTkxMzU3OTEz", "OTEzNTc5MT", "5MTM1NzkxM"}

func leaks(output string) (string, bool) {
	for _, trace := range hidden {
		if strings.Contains(strings.ToUpper(output), strings.ToUpper(trace)) {
			return trace, true
		}
	}
	return "", false
}

type exported struct{ Phone contact.Phone }

// unexported is the trap: fmt calls no methods on unexported fields.
type unexported struct {
	phone contact.Phone
	list  []contact.Phone
	table map[contact.Phone]contact.Phone
	any   any
}

func holders() []any {
	p := contact.StoredPhone(canary)
	inside := unexported{phone: p, list: []contact.Phone{p}, table: map[contact.Phone]contact.Phone{p: p}, any: p}
	return []any{
		p, &p, exported{p}, &exported{p}, inside, &inside, []contact.Phone{p}, [1]contact.Phone{p},
		map[contact.Phone]int{p: 1}, map[string]contact.Phone{"phone": p}, struct{ any }{p}, []any{p, inside},
		fmt.Errorf("cannot text %v", p), errors.Join(fmt.Errorf("%+v", inside)),
		contact.Contact{Phone: p}, contact.Binding{Phone: p}, reflect.ValueOf(p), reflect.ValueOf(inside),
	}
}

func TestNoVerbOfFmtShowsADigitOfThePhone(t *testing.T) {
	t.Parallel()
	flags := []string{"", "+", "#", "-", " ", "0", "30", "+30.20", "#+", ".3"}
	for i, holder := range holders() {
		for _, verb := range "vTtbcdoOqxXUeEfFgGsp!" {
			for _, flag := range flags {
				format := "%" + flag + string(verb)
				if trace, leak := leaks(fmt.Sprintf(format, holder)); leak {
					t.Errorf("holder %d under %s shows %q", i, format, trace)
				}
			}
		}
		if trace, leak := leaks(fmt.Sprint(holder) + fmt.Sprintln(holder) + fmt.Sprintf("%[2]*[1]v", holder, 40)); leak {
			t.Errorf("holder %d printed shows %q", i, trace)
		}
	}
}

func TestNoEncoderShowsADigitOfThePhone(t *testing.T) {
	t.Parallel()
	for i, holder := range holders() {
		plain, err := json.Marshal(holder)
		if err == nil {
			if trace, leak := leaks(string(plain)); leak {
				t.Errorf("holder %d as JSON shows %q", i, trace)
			}
		}
		if marked, err := xml.Marshal(holder); err == nil {
			if trace, leak := leaks(string(marked)); leak {
				t.Errorf("holder %d as XML shows %q", i, trace)
			}
		}
	}
	got, err := json.Marshal(contact.Contact{Phone: contact.StoredPhone(canary)})
	if want := `"phone":"+7999•••7913"`; err != nil || !strings.Contains(string(got), want) {
		t.Errorf("a contact as JSON: got %s, %v, want it to hold %s", got, err, want)
	}
}

func TestNoLoggerShowsADigitOfThePhone(t *testing.T) {
	t.Parallel()
	for i, holder := range holders() {
		var out bytes.Buffer
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "phone", holder, slog.Group("g", "p", holder))
		slog.New(slog.NewJSONHandler(&out, nil)).Info("text", "phone", holder, slog.Group("g", "p", holder))
		for _, asJSON := range []bool{false, true} {
			logger := hclog.New(&hclog.LoggerOptions{Output: &out, JSONFormat: asJSON})
			logger.With("with", holder).Error("text", "phone", holder, "formatted", hclog.Fmt("%v %s", holder, holder))
		}
		log.New(&out, "", 0).Println(holder)
		if out.Len() == 0 {
			t.Fatal("nothing was logged")
		}
		if trace, leak := leaks(out.String()); leak {
			t.Errorf("holder %d logged shows %q: %s", i, trace, out.String())
		}
	}
}

func TestAComparisonInATestShowsNoDigit(t *testing.T) {
	t.Parallel()
	got := cmp.Diff(exported{contact.StoredPhone(canary)}, exported{contact.StoredPhone("+79990000001")})
	if trace, leak := leaks(got); leak || got == "" {
		t.Errorf("the difference of two phones: got %q (trace %q), want one without digits", got, trace)
	}
}

func TestThePhoneItself(t *testing.T) {
	t.Parallel()
	p, same, other := contact.StoredPhone("+79990000001"), contact.StoredPhone("+7999000"+"0001"), contact.StoredPhone("+79990000002")
	none := contact.Phone{}
	if p != same || !p.Equal(same) || p.Equal(other) || p == none || !none.Equal(contact.StoredPhone("")) {
		t.Error("phones are equal when their numbers are, and only then")
	}
	if got := p.Reveal(); got != "+79990000001" {
		t.Errorf("Reveal: got %q", got)
	}
	if p.Last4() != "0001" || p.String() != "+7999•••0001" {
		t.Errorf("what people see: got %q and %q, want 0001 and +7999•••0001", p.Last4(), p)
	}
	if !none.IsZero() || none.Reveal() != "" || none.String() != "" || none.Last4() != "" || fmt.Sprintf("%#v", none) != "" {
		t.Error("no phone prints as nothing")
	}
	if short := contact.StoredPhone("+7999"); short.String() != "+•••" {
		t.Errorf("a number too short to mask: got %q, want +•••", short)
	}
}

func TestHideMasksTheSpellingsOfMachines(t *testing.T) {
	t.Parallel()
	p := contact.StoredPhone("+79990000001")
	tests := map[string]string{
		"to +79990000001 failed":      "to +7999•••0001 failed",
		"phone=79990000001&x":         "phone=+7999•••0001&x",
		"89990000001 is blocked":      "+7999•••0001 is blocked",
		"9990000001":                  "+7999•••0001",
		"order 79990000002, no match": "order 79990000002, no match",
		"":                            "",
	}
	for text, want := range tests {
		if got := p.Hide(text); got != want {
			t.Errorf("Hide(%q): got %q, want %q", text, got, want)
		}
	}
	if got := (contact.Phone{}).Hide("text"); got != "text" {
		t.Errorf("no phone hides nothing: got %q", got)
	}
}

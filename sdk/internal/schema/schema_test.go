package schema

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

type hidden string

type base struct {
	URL string `sdk:"base_url,url,advanced" default:"https://acme.example" en:"Address" ru:"Адрес"`
}

type config struct {
	base
	Key    hidden        `sdk:"api_key,required" min:"4" en:"Key" ru:"Ключ"`
	Sender string        `sdk:"sender" max:"11" pattern:"[A-Za-z0-9]+" en:"Sender" ru:"Отправитель" en_help:"Latin letters." ru_help:"Латиница."`
	Count  int8          `sdk:"count" min:"1" max:"200" default:"5" en:"Count" ru:"Число"`
	On     bool          `sdk:"on" en:"On" ru:"Вкл"`
	Mode   string        `sdk:"mode" choices:"fast|cheap" ru_choices:"Быстро|Дёшево" default:"fast" en:"Mode" ru:"Режим"`
	Wait   time.Duration `sdk:"wait" min:"1s" max:"10m" en:"Wait" ru:"Ждать"`
	Phone  string        `sdk:"phone,phone" en:"Phone" ru:"Телефон"`
	Hosts  []string      `sdk:"hosts" max:"2" pattern:"[a-z.]+" en:"Hosts" ru:"Узлы"`
	Proxy  string        `sdk:"proxy,required" when:"mode=cheap" en:"Proxy" ru:"Прокси"`
	Note   string        `sdk:"-"`
	inner  int
}

func setup(t *testing.T) *Schema {
	t.Helper()
	s, err := For[config, hidden]()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func number(n float64) *float64 { return &n }

func TestTagsBecomeFields(t *testing.T) {
	t.Parallel()
	want := []Field{
		{Key: "base_url", Kind: URL, Label: Text{"Address", "Адрес"}, Advanced: true, Default: "https://acme.example"},
		{Key: "api_key", Kind: Secret, Label: Text{"Key", "Ключ"}, Required: true, Min: number(4)},
		{Key: "sender", Kind: String, Label: Text{"Sender", "Отправитель"}, Help: Text{"Latin letters.", "Латиница."}, Pattern: "[A-Za-z0-9]+", Max: number(11)},
		{Key: "count", Kind: Int, Label: Text{"Count", "Число"}, Default: "5", Min: number(1), Max: number(200)},
		{Key: "on", Kind: Bool, Label: Text{"On", "Вкл"}},
		{Key: "mode", Kind: Enum, Label: Text{"Mode", "Режим"}, Default: "fast", Choices: []Choice{{"fast", Text{"fast", "Быстро"}}, {"cheap", Text{"cheap", "Дёшево"}}}},
		{Key: "wait", Kind: Duration, Label: Text{"Wait", "Ждать"}, Min: number(1), Max: number(600)},
		{Key: "phone", Kind: Phone, Label: Text{"Phone", "Телефон"}},
		{Key: "hosts", Kind: List, Label: Text{"Hosts", "Узлы"}, Pattern: "[a-z.]+", Max: number(2)},
		{Key: "proxy", Kind: String, Label: Text{"Proxy", "Прокси"}, Required: true, WhenKey: "mode", WhenValue: "cheap"},
	}
	if diff := cmp.Diff(want, setup(t).Fields(), cmpopts.IgnoreUnexported(Field{})); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestGoodValuesFillTheStruct(t *testing.T) {
	t.Parallel()
	got := config{inner: 7}
	problems := setup(t).Decode(map[string]string{
		"api_key": "  k-123\n", "sender": "Cafe1", "count": "42", "on": "true", "wait": "1m30s",
		"phone": "+7 (999) 000-00-01", "hosts": " a.b \r\n\n c.d\n", "mode": "",
	}, &got)
	want := config{
		base: base{"https://acme.example"}, Key: "k-123", Sender: "Cafe1", Count: 42, On: true, Mode: "fast",
		Wait: 90 * time.Second, Phone: "+79990000001", Hosts: []string{"a.b", "c.d"}, inner: 7,
	}
	if !reflect.DeepEqual(got, want) || len(problems) > 0 {
		t.Errorf("got %+v, %v, want %+v", got, problems, want)
	}
}

func TestABadValueIsAProblemOfItsField(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, key, value, field string }{
		{"a missing secret", "api_key", " \t", "api_key"},
		{"a short secret", "api_key", "abc", "api_key"},
		{"a secret of two lines", "api_key", "abc\ndef", "api_key"},
		{"a long sender", "sender", "abcdefghijkl", "sender"},
		{"a sender of another form", "sender", "Кафе", "sender"},
		{"a sender that only begins well", "sender", "abc!", "sender"},
		{"text for a number", "count", "ten", "count"},
		{"a fraction for a number", "count", "1.5", "count"},
		{"zero where 1 is the least", "count", "0", "count"},
		{"a number that does not fit the type", "count", "150", "count"},
		{"a number below the type", "count", "-129", "count"},
		{"perhaps for true or false", "on", "perhaps", "on"},
		{"a choice that is not offered", "mode", "slow", "mode"},
		{"a duration without unit", "wait", "30", "wait"},
		{"a duration that is too short", "wait", "10ms", "wait"},
		{"a duration that is too long", "wait", "11m", "wait"},
		{"an address without scheme", "base_url", "acme.example", "base_url"},
		{"an address of another scheme", "base_url", "file:///etc/passwd", "base_url"},
		{"an address with a login", "base_url", "https://u:p@acme.example", "base_url"},
		{"a phone without plus", "phone", "89990000001", "phone"},
		{"a phone with letters", "phone", "+7999call", "phone"},
		{"a phone of 16 digits", "phone", "+7999000000100000", "phone"},
		{"three entries where 2 are the most", "hosts", "a\nb\nc", "hosts"},
		{"an entry of another form", "hosts", "a\nB2", "hosts"},
		{"a setting that is needed now", "mode", "cheap", "proxy"},
		{"a key that nobody knows", "colour", "red", "colour"},
		{"no text at all", "sender", "\xff\xfe", "sender"},
		{"a pasted file", "sender", strings.Repeat("x", maxValue+1), "sender"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			values := map[string]string{"api_key": "k-123", test.key: test.value}
			var c config
			problems := setup(t).Decode(values, &c)
			if len(problems) != 1 || problems[0].Field != test.field {
				t.Fatalf("%s=%.40q: got %v, want one problem of %s", test.key, test.value, problems, test.field)
			}
			p := problems[0]
			if p.Summary.EN == "" || p.Summary.RU == "" || p.Cure.EN == "" || p.Cure.RU == "" {
				t.Errorf("not in both languages: %+v", p)
			}
			all := p.Summary.EN + p.Summary.RU + p.Cure.EN + p.Cure.RU
			if value := strings.TrimSpace(test.value); len(value) > 2 && strings.Contains(all, value) {
				t.Errorf("the problem repeats the value: %s", all)
			}
		})
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	var c config
	problems := setup(t).Decode(map[string]string{"Api-Key": "k-123", "count": "x", "zebra": "1"}, &c)
	var fields []string
	for _, p := range problems {
		fields = append(fields, p.Field)
	}
	if diff := cmp.Diff([]string{"api_key", "count", "Api-Key", "zebra"}, fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if cure := problems[2].Cure.EN; !strings.Contains(cure, "api_key") {
		t.Errorf("cure for Api-Key: got %q, want the nearest known key", cure)
	}
}

func TestSecretsAreTheSecretFieldsAlone(t *testing.T) {
	t.Parallel()
	got := setup(t).Secrets(map[string]string{"api_key": " k-123 ", "sender": "Cafe", "other": "x"})
	if diff := cmp.Diff([]string{"k-123"}, got); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
}

func TestAnAuthorsMistakeIsNamed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  func() error
		want string
	}{
		{"no struct", mistake[int], "must be a struct"},
		{"no tag", mistake[struct{ A string }], `field A: an exported field needs a tag`},
		{"a bad key", mistake[struct {
			A string `sdk:"A-b" en:"a" ru:"а"`
		}], `the key "A-b"`},
		{"a taken key", mistake[struct {
			A string `sdk:"a" en:"a" ru:"а"`
			B string `sdk:"a" en:"a" ru:"а"`
		}], `field B: the key "a" is taken`},
		{"no Russian label", mistake[struct {
			A string `sdk:"a" en:"a"`
		}], "both languages"},
		{"a type that no form has", mistake[struct {
			A map[string]string `sdk:"a" en:"a" ru:"а"`
		}], "cannot be of type"},
		{"an unknown option", mistake[struct {
			A string `sdk:"a,reqired" en:"a" ru:"а"`
		}], `option "reqired"`},
		{"a required bool", mistake[struct {
			A bool `sdk:"a,required" en:"a" ru:"а"`
		}], "never empty"},
		{"a secret with a default", mistake[struct {
			A hidden `sdk:"a" default:"x" en:"a" ru:"а"`
		}], "must not have a default"},
		{"a default out of range", mistake[struct {
			A int `sdk:"a" default:"5" max:"4" en:"a" ru:"а"`
		}], "default: The value is out of range"},
		{"a bad pattern", mistake[struct {
			A string `sdk:"a" pattern:"(" en:"a" ru:"а"`
		}], "pattern"},
		{"choices with too few labels", mistake[struct {
			A string `sdk:"a" choices:"x|y" en_choices:"X" en:"a" ru:"а"`
		}], "2 choices have 1 English"},
		{"a bound that is no number", mistake[struct {
			A int `sdk:"a" min:"low" en:"a" ru:"а"`
		}], "min:"},
		{"an unexported setting", mistake[struct {
			a string `sdk:"a" en:"a" ru:"а"` //nolint:unused // that is the mistake
		}], "must be exported"},
		{"a condition on nothing", mistake[struct {
			A string `sdk:"a" when:"b=1" en:"a" ru:"а"`
		}], `unknown key "b"`},
		{"settings behind a pointer", mistake[struct{ *base }], "cannot be embedded by pointer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if err := test.err(); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func mistake[C any]() error {
	_, err := For[C, hidden]()
	return err
}

func FuzzDecode(f *testing.F) {
	for _, key := range []string{"api_key", "base_url", "count", "on", "mode", "wait", "phone", "hosts", "zebra"} {
		for _, value := range []string{"", "1", "-9223372036854775809", "https://[::1", "1h", "true", "+79990000001", "a\nb", "\x00", "é"} {
			f.Add(key, value)
		}
	}
	s, err := For[config, hidden]()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		var c config
		problems := s.Decode(map[string]string{key: value, "api_key": "k-123"}, &c)
		if len(problems) == 0 && (c.Count < 1 || c.Key == "" || c.Mode != "fast" && c.Mode != "cheap" || len(c.Hosts) > 2) {
			t.Errorf("%q=%q: a value out of bounds got through: %+v", key, value, c)
		}
	})
}

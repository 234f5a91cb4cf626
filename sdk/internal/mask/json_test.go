package mask

import (
	"encoding/json"
	"testing"
)

func TestJSONStaysJSON(t *testing.T) {
	t.Parallel()
	secrets := Secrets(Spellings([]string{"canary-4711", "87654321", "a<b\"c"})).Replace
	clean := func(text string) string { return Phones(secrets(text)) }
	tests := []struct{ name, text, want string }{
		{"nothing to hide", `{"b": 1,"a" :[true,null,-1.5e3]}` + "\n", `{"b": 1,"a" :[true,null,-1.5e3]}` + "\n"},
		{"a number becomes a string", `{"pid":24635123456,"x":1}`, `{"pid":"2463•••3456","x":1}`},
		{"a negative one, too", `{"n":-24635123456}`, `{"n":"-2463•••3456"}`},
		{"a number with an exponent", `{"to":7.9990000001E+10}`, `{"to":"7999•••0001"}`},
		{"a number with a point", `{"to":79990000001.0}`, `{"to":"7999•••0001"}`},
		{"a fraction stays", `{"took":12.345678901234}`, `{"took":12.345678901234}`},
		{"milliseconds since 1970 stay", `{"at":1764467863123}`, `{"at":1764467863123}`},
		{"a number that is a secret", `{"pin":87654321}`, `{"pin":"•••"}`},
		{"a string", `{"to":"+79990000001"}`, `{"to":"+7999•••0001"}`},
		{"a string with escapes", `{"to":"\u002b7\u00a0999 000-00-01\n"}`, `{"to":"+7999•••0001\n"}`},
		{"a number at the beginning of a line", `{"text":"a\n2129990001"}`, `{"text":"a\n212•••0001"}`},
		{"a secret that JSON escapes", `{"key":"x a\u003cb\"c y"}`, `{"key":"x ••• y"}`},
		{"a secret in JSON within JSON", `{"body":"{\"key\":\"a\\u003cb\\\"c\"}"}`, `{"body":"{\"key\":\"•••\"}"}`},
		{"the name of a field", `{"79990000001":1,"canary-4711":{"a":[79990000001]}}`, `{"7999•••0001":1,"•••":{"a":["7999•••0001"]}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := JSON(tt.text, secrets, clean)
			if !ok || got != tt.want || !json.Valid([]byte(got)) {
				t.Errorf("%s: got %s, %v, want %s", tt.text, got, ok, tt.want)
			}
		})
	}
	for name, text := range map[string]string{"words": "79990000001", "half an object": `{"a":`, "a list": "[1]", "nothing": ""} {
		if got, ok := JSON(text, secrets, clean); ok || got != text {
			t.Errorf("%s: got %q, %v, want it as it is", name, got, ok)
		}
	}
}

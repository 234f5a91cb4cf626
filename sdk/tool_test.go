package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/stats"
)

func begin() stats.ConnStats { return &stats.ConnBegin{} }
func end() stats.ConnStats   { return &stats.ConnEnd{} }

type toolSettings struct {
	Key   Secret   `sdk:"key,required" en:"Key" ru:"Ключ"`
	Count int      `sdk:"count" en:"Count" ru:"Число"`
	On    bool     `sdk:"on" en:"On" ru:"Вкл"`
	Hosts []string `sdk:"hosts" en:"Hosts" ru:"Узлы"`
}

type toolAccount struct {
	toolSettings
	Env
}

func (a *toolAccount) Send(_ context.Context, m Message) (Accepted, error) {
	if m.Text == "bad" {
		return Accepted{}, Fail(BadRecipient, "%s with %s", m.To, string(a.Key)).WithCode("202").WithRaw("raw " + string(a.Key))
	}
	return Accepted{ID: "p-1", Cost: &Money{1, 440_000_000, "RUB"}}, nil
}

func (a *toolAccount) Balance(context.Context) (Balance, error) {
	return Balance{Amount: Money{Units: int64(a.Count), Currency: "RUB"}}, nil
}

func (a *toolAccount) Check(context.Context) ([]Diagnostic, error) {
	if !a.On {
		return nil, Fail(Unauthorized, "not on")
	}
	return []Diagnostic{{Severity: SeverityInfo, Summary: Text{EN: fmt.Sprint("hosts ", a.Hosts), RU: fmt.Sprint("узлы ", a.Hosts)}}}, nil
}

// tried runs the program by hand.
func tried(t *testing.T, language string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(Plugin[toolSettings, *toolAccount]{
		Name: "acme", Title: Text{"Acme SMS", "Acme СМС"}, Version: "1.0",
		Open: func(_ context.Context, s toolSettings, env Env) (*toolAccount, error) {
			return &toolAccount{s, env}, nil
		},
	}, system{
		args: append([]string{"/opt/orderbell-provider-acme"}, args...), stdout: &out, stderr: &err,
		now: func() time.Time { return time.Unix(1_795_000_000, 0) },
		getenv: func(name string) string {
			if name == "LANG" {
				return language
			}
			return ""
		},
	})
	if strings.Contains(out.String()+err.String(), canary) {
		t.Errorf("%v leaks the key:\n%s%s", args, out.String(), err.String())
	}
	return code, out.String(), err.String()
}

func config(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestByHandItIsATool(t *testing.T) {
	t.Parallel()
	good := config(t, `{"key": "`+canary+`", "count": 42, "on": true, "hosts": ["a", "b"]}`)
	off := config(t, `{"key": "`+canary+`"}`)
	wrong := config(t, `{"key": "`+canary+`", "count": "x", "zebra": 1}`)
	tests := []struct {
		name           string
		language       string
		args           []string
		code           int
		stdout, stderr string // parts
	}{
		{"without arguments it explains itself", "C", nil, 0, `copy this file as orderbell-provider-acme to the folder "plugins"`, ""},
		{"in Russian, too", "ru_RU.UTF-8", nil, 0, `скопируйте этот файл под именем orderbell-provider-acme в папку`, ""},
		{"help is help", "C", []string{"--help"}, 0, "Exit codes", ""},
		{"an unknown command is wrong usage", "C", []string{"dance"}, 2, "", `no command "dance"`},
		{"version", "C", []string{"version"}, 0, "acme 1.0 (SDK " + SDKVersion + ")", ""},
		{"balance", "C", []string{"balance", "-config", good}, 0, "42.00 RUB", ""},
		{"check", "C", []string{"check", "-config", good}, 0, "hosts [a b]\nThe account works.", ""},
		{"check in Russian", "ru", []string{"check", "-config", good}, 0, "узлы [a b]\nУчётная запись работает.", ""},
		{"a refused login is a failure", "ru", []string{"check", "-config", off}, 1, "", "Проверьте ключ"},
		{"send", "C", []string{"send", "-config", good, "-to", "+79990000001", "-text", "hi"}, 0, "Accepted as p-1.\nCost: 1.44 RUB", ""},
		{"a refused text", "C", []string{"send", "-config", good, "-to", "+79990000001", "-text", "bad"}, 1, "", "BAD_RECIPIENT (202): +7999•••0001 with •••"},
		{"send without number is wrong usage", "C", []string{"send", "-config", good, "-text", "hi"}, 2, "", "-to and -text"},
		{"an unknown flag is wrong usage", "C", []string{"check", "-colour"}, 2, "", "-colour"},
		{"a stray word is wrong usage", "C", []string{"check", "now"}, 2, "", "Unexpected: now"},
		{"no settings are wrong settings", "C", []string{"balance"}, 2, "", "key: A value is required."},
		{"wrong settings are all named", "C", []string{"balance", "-config", wrong}, 2, "", "count: This is not a whole number. Enter digits only.\nzebra: The provider has no such setting."},
		{"a file that is not there", "C", []string{"balance", "-config", "nowhere.json"}, 2, "", "nowhere.json"},
		{"a file that is no JSON", "C", []string{"balance", "-config", config(t, "key: "+canary)}, 2, "", "not a JSON object"},
		{"a setting that is an object", "C", []string{"balance", "-config", config(t, `{"key": {}}`)}, 2, "", "key: a value must be"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := tried(t, test.language, test.args...)
			if code != test.code || !strings.Contains(stdout, test.stdout) || !strings.Contains(stderr, test.stderr) {
				t.Errorf("%v: got %d\nstdout: %s\nstderr: %s\nwant %d, %q, %q", test.args, code, stdout, stderr, test.code, test.stdout, test.stderr)
			}
			if test.code == 0 && stderr != "" {
				t.Errorf("stderr: got %q, want nothing", stderr)
			}
		})
	}
}

func TestDescribeIsTheManifestAsJSON(t *testing.T) {
	t.Parallel()
	code, stdout, _ := tried(t, "C", "describe")
	var m Manifest
	if err := json.Unmarshal([]byte(stdout), &m); err != nil || code != 0 {
		t.Fatalf("got %d, %v: %s", code, err, stdout)
	}
	if m.Name != "acme" || m.Title.RU != "Acme СМС" || len(m.Settings) != 4 || m.Settings[0].Kind != KindSecret || !m.Capabilities.Balance || m.Capabilities.Lookup {
		t.Errorf("got %+v", m)
	}
}

package sdktest

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/sdk"
)

// Exit codes of a provider run by hand.
const (
	handDone   = 0
	handFailed = 1
	handUsage  = 2
)

// byHand runs the provider as the tool that it is without a gateway: what an admin or an integrator types.
func (s *suite) byHand(t *testing.T) {
	r := &rig{suite: s, journal: &journal{}, number: s.rigs.Add(1)}
	r.fill(t)
	good := append([]string{"-config", settingsFile(t, r.settings)}, allowed(r.allow)...)
	wrong := maps.Clone(r.settings)
	wrong["no_such_setting"] = marker
	bad := append([]string{"-config", settingsFile(t, wrong)}, allowed(r.allow)...)
	m := r.message()
	c := s.manifest.Capabilities
	for _, test := range []struct {
		name      string
		arguments []string
		language  string
		can       bool // it has the ability, and the settings may use it
		want      int
		says      string
	}{
		{"without arguments", nil, "en", true, handDone, "copy this file as orderbell-provider-" + s.manifest.Name},
		{"without arguments, in Russian", nil, "ru", true, handDone, "скопируйте этот файл под именем orderbell-provider-" + s.manifest.Name},
		{"version", []string{"version"}, "en", true, handDone, s.manifest.Name + " " + s.manifest.Version},
		{"a command that there is not", []string{"dance"}, "en", true, handUsage, "dance"},
		{"send without a number", []string{"send", "-text", "x"}, "en", true, handUsage, "-to"},
		{"check with a setting that there is not", append([]string{"check"}, bad...), "en", true, handUsage, "no_such_setting"},
		{"check", append([]string{"check"}, good...), "en", c.Check, handDone, ""},
		{"balance", append([]string{"balance"}, good...), "en", c.Balance, handDone, ""},
		{"send", append([]string{"send", "-to", m.To, "-text", m.Text}, good...), "en", true, handDone, ""},
	} {
		code, stdout, stderr := s.hand(t, test.language, test.arguments...)
		unable := code == handFailed && strings.Contains(stderr, string(sdk.Unsupported))
		if code != test.want && (test.can && test.name != "balance" || !unable) || !strings.Contains(stdout+stderr, test.says) {
			t.Errorf("%s: exit code %d, want %d and %q\n%s%s", test.name, code, test.want, test.says, stdout, stderr)
		}
		if leaks(stdout+stderr, s.secrets) || strings.Contains(stdout+stderr, marker) {
			t.Errorf("%s: a secret or a refused value is printed:\n%s%s", test.name, stdout, stderr)
		}
		s.card.did("by hand", 1)
	}
	s.describesItself(t)
}

func (s *suite) describesItself(t *testing.T) {
	t.Helper()
	code, stdout, stderr := s.hand(t, "en", "describe")
	var m sdk.Manifest
	decoder := json.NewDecoder(strings.NewReader(stdout))
	if err := decoder.Decode(&m); err != nil || code != handDone || m.Name != s.manifest.Name || !slices.EqualFunc(m.Settings, s.manifest.Settings, func(a, b sdk.Field) bool { return a.Key == b.Key }) {
		t.Errorf("describe: exit code %d, %v; want the manifest, got %.500s%s", code, err, stdout, stderr)
	}
}

// hand runs one command in a process of its own.
func (s *suite) hand(t *testing.T, language string, arguments ...string) (code int, stdout, stderr string) {
	t.Helper()
	encoded, err := json.Marshal(append([]string{}, arguments...))
	if err != nil {
		t.Fatal(err)
	}
	tool := command(t.Context(), "tool", s.manifest.Name)
	tool.Env = append(tool.Env, argumentsVariable+"="+string(encoded), "LANG="+language)
	var out, complaints bytes.Buffer
	tool.Stdout, tool.Stderr = &out, &complaints
	err = tool.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("run by hand: %v", err)
	}
	return tool.ProcessState.ExitCode(), out.String(), complaints.String()
}

func allowed(addresses []string) []string {
	var arguments []string
	for _, address := range addresses {
		arguments = append(arguments, "-allow", address)
	}
	return arguments
}

// settingsFile writes the settings as an admin would for the tool.
func settingsFile(t *testing.T, settings map[string]string) string {
	t.Helper()
	encoded, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(path, encoded, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

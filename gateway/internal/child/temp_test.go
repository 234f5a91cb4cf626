package child

import (
	"os"
	"strings"
	"testing"
)

func TestShortTempDir(t *testing.T) {
	t.Parallel()
	if info, err := os.Stat("/tmp"); err != nil || !info.IsDir() {
		t.Skip("no /tmp here")
	}
	long := "/" + strings.Repeat("x", longestTempDir)
	for name, c := range map[string]struct{ wanted, system, want string }{
		"a short wish is granted, whether it exists or not":  {"/run/ob", "/tmp", "/run/ob"},
		"no wish takes the system's folder":                  {"", "/tmp", "/tmp"},
		"a long wish takes the system's folder":              {long, "/tmp", "/tmp"},
		"a long system's folder takes /tmp":                  {"", long, "/tmp"},
		"a system's folder that is not there is passed over": {"", "/nosuch", "/tmp"},
	} {
		if got := shortTempDir(c.wanted, c.system); got != c.want {
			t.Errorf("%s: shortTempDir(%q, %q) = %q, want %q", name, c.wanted, c.system, got, c.want)
		}
	}
}

package main

import (
	"strings"
	"testing"
)

// fake builds a graph from lines "package: import import", relative to the module where they name
// one of its packages, and with "test:" lines for test files.
func fake(t *testing.T, text string) graph {
	t.Helper()
	full := func(name string) string {
		name = long(name)
		switch first, _, _ := strings.Cut(name, "/"); first {
		case "gateway", "sdk", "plugins", "examples", "scripts":
			return module + "/" + name
		}
		return name
	}
	g := graph{}
	get := func(path string) *node {
		if g[path] == nil {
			first, _, _ := strings.Cut(path, "/")
			g[path] = &node{Path: path, Standard: !strings.Contains(first, ".")}
		}
		return g[path]
	}
	for _, line := range lines(text) {
		head, tail, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("no colon in %q", line)
		}
		name, test := strings.CutPrefix(head, "test ")
		n := get(full(name))
		for imp := range strings.FieldsSeq(tail) {
			get(full(imp))
			if test {
				n.Tests = append(n.Tests, full(imp))
			} else {
				n.Imports = append(n.Imports, full(imp))
			}
		}
	}
	return g
}

// sound is a graph that keeps to the table and uses most of it.
const sound = `
internal/order: fmt time
internal/contact: errors github.com/nyaruka/phonenumbers
github.com/nyaruka/phonenumbers: google.golang.org/protobuf/proto
internal/message: time internal/contact
internal/kds: internal/order golang.org/x/text/encoding/charmap
internal/rule: internal/message internal/contact internal/order internal/kds
internal/access: crypto/rand
internal/store: internal/kds database/sql modernc.org/sqlite github.com/pressly/goose/v3
internal/store/storetest: testing internal/store
test internal/store: testing os internal/store internal/store/storetest
internal/script: internal/rule internal/child github.com/dop251/goja
github.com/dop251/goja: github.com/dlclark/regexp2/v2
internal/child: github.com/hashicorp/go-plugin google.golang.org/grpc os/exec
github.com/hashicorp/go-plugin: google.golang.org/grpc
google.golang.org/grpc: google.golang.org/protobuf/proto net/http
internal/provider: internal/child sdk/host internal/message
internal/pipeline: internal/rule golang.org/x/sync/errgroup
internal/httpapi: github.com/labstack/echo/v4 internal/access
internal/app: internal/httpapi internal/pipeline internal/provider internal/script internal/store scripts/rules
internal/cli: internal/app github.com/alecthomas/kong
gateway/cmd/orderbell: internal/cli os
sdk: sdk/internal/wire net/http
sdk/host: sdk sdk/internal/wire
sdk/sdktest: sdk sdk/host testing
sdk/internal/wire: google.golang.org/protobuf/proto google.golang.org/grpc
plugins/smsru: sdk net/url
test plugins/smsru: sdk/sdktest github.com/google/go-cmp/cmp
scripts/rules: embed
`

func setup(t *testing.T) rules {
	t.Helper()
	r, err := parse(packages, guards, never)
	if err != nil {
		t.Fatalf("the table does not parse: %v", err)
	}
	return r
}

func TestASoundGraphHasNoViolation(t *testing.T) {
	t.Parallel()
	for _, v := range check(fake(t, sound), setup(t)) {
		t.Errorf("unexpected violation: %s", v)
	}
}

func TestEveryKindOfViolationIsFound(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		plant string // lines added to the sound graph
		want  string // part of one violation
		rule  string // part of the line of the table that it names
	}{
		"a package without a line": {
			"internal/helper: fmt", "gateway/internal/helper: the package has no line", "add a line"},
		"the pure core reads the disk": {
			"internal/order: os", "gateway/internal/order imports os", "internal/order |"},
		"the pure core opens a connection": {
			"internal/kds: net/http", "gateway/internal/kds imports net/http", "internal/kds |"},
		"the pure core takes a library that is not on its line": {
			"internal/message: github.com/oklog/ulid/v2", "imports github.com/oklog/ulid/v2", "internal/message |"},
		"a pure package imports one above it": {
			"internal/contact: internal/message", "gateway/internal/contact imports gateway/internal/message", "internal/contact |"},
		"the intake calls the store itself": {
			"internal/httpapi: internal/store", "imports gateway/internal/store", "internal/httpapi |"},
		"the intake reaches the store through the web package": {
			"internal/httpapi: internal/web\ninternal/web: internal/store",
			"gateway/internal/httpapi → gateway/internal/web → gateway/internal/store", "internal/httpapi | internal/pipeline"},
		"the store knows rules' engine": {
			"internal/store: internal/script", "imports gateway/internal/script", "internal/store |"},
		"the pipeline runs JavaScript itself": {
			"internal/pipeline: github.com/dop251/goja", "gateway/internal/pipeline → github.com/dop251/goja", "github.com/dop251/goja |"},
		"echo outside of the HTTP packages": {
			"internal/app: github.com/labstack/echo/v4/middleware", "→ github.com/labstack/echo/v4/middleware", "github.com/labstack/echo |"},
		"a library brings a guarded one along": {
			"internal/pipeline: example.org/kit\nexample.org/kit: database/sql",
			"gateway/internal/pipeline → example.org/kit → database/sql", "database/sql |"},
		"go-plugin in the pipeline": {
			"internal/pipeline: github.com/hashicorp/go-plugin", "→ github.com/hashicorp/go-plugin", "go-plugin |"},
		"protobuf types in the provider host": {
			"internal/provider: google.golang.org/protobuf/types/known/timestamppb", "→ google.golang.org/protobuf/types", "protobuf |"},
		"a driver beside the store": {
			"internal/app: modernc.org/sqlite", "→ modernc.org/sqlite", "modernc.org/sqlite |"},
		"goose beside the store": {
			"internal/app: github.com/pressly/goose/v3", "→ github.com/pressly/goose/v3", "goose |"},
		"the testing package in production code": {
			"internal/app: testing", "gateway/internal/app → testing", "testing |"},
		"the SDK knows the gateway": {
			"sdk: internal/message", "sdk imports gateway/internal/message", "sdk |"},
		"the SDK's tests know the gateway": {
			"test sdk: internal/message", "sdk its tests import gateway/internal/message", "sdk |"},
		"a plugin knows another plugin": {
			"plugins/smsc: plugins/smsru", "plugins/smsc imports plugins/smsru", "plugins/* |"},
		"a plugin's tests know another plugin": {
			"test plugins/smsc: plugins/smsru", "its tests import plugins/smsru", "plugins/* | gateway/..."},
		"a plugin knows the gateway": {
			"plugins/smsc: internal/message", "plugins/smsc imports gateway/internal/message", "plugins/* |"},
		"a plugin brings a library": {
			"plugins/smsc: example.org/kit", "plugins/smsc imports example.org/kit", "plugins/* |"},
		"the gateway knows a plugin": {
			"internal/app: plugins/smsru", "gateway/internal/app → plugins/smsru", "gateway/... | plugins/..."},
		"a test kit in production code": {
			"internal/app: internal/store/storetest", "→ gateway/internal/store/storetest", "... | KITS"},
		"the provider's kit in a plugin": {
			"plugins/smsc: sdk/sdktest", "plugins/smsc imports sdk/sdktest", "plugins/* |"},
		"a plugin plays the host": {
			"plugins/smsc: sdk/host", "plugins/smsc imports sdk/host", "plugins/* |"},
		"main goes past the commands": {
			"gateway/cmd/orderbell: internal/app", "imports gateway/internal/app", "gateway/cmd/orderbell |"},
		"the tests of the pipeline use the real store": {
			"test internal/pipeline: internal/store", "its tests import gateway/internal/store", "internal/pipeline |"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := check(fake(t, sound+c.plant), setup(t))
			for _, v := range found {
				if strings.Contains(v.String(), c.want) && strings.Contains(v.rule, c.rule) {
					return
				}
			}
			t.Errorf("planted %q\n got %v\nwant one with %q that names the rule %q", c.plant, found, c.want, c.rule)
		})
	}
}

func TestAnExcuseIsNotAViolation(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"a pure package's tests read files":     "test internal/kds: os path/filepath pgregory.net/rapid",
		"a library names the driver interfaces": "internal/pipeline: github.com/oklog/ulid/v2\ngithub.com/oklog/ulid/v2: database/sql/driver",
		"the standard library's own insides":    "internal/order: encoding/json\nencoding/json: reflect os",
		"a test of its own package":             "test internal/order: internal/order testing",
		"a plugin's tests play the host":        "test plugins/smsru: sdk sdk/host",
	}
	for name, plant := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if found := check(fake(t, sound+plant), setup(t)); len(found) > 0 {
				t.Errorf("planted %q\n got %v\nwant nothing", plant, found)
			}
		})
	}
}

func TestABrokenTableIsRefused(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ packages, guards, never string }{
		"a package line with two columns":   {packages: "internal/order | -"},
		"a kind that does not exist":        {packages: "internal/order | - | clean"},
		"a fourth column that is not tests": {packages: "internal/order | - | pure | sdk"},
		"a guard without owners' column":    {guards: "database/sql"},
		"a guard with a misspelt via":       {guards: "database/sql | internal/store | by x"},
		"a never line without its far side": {never: "sdk/..."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := parse(c.packages, c.guards, c.never); err == nil {
				t.Errorf("parse(%q, %q, %q): got no error, want one", c.packages, c.guards, c.never)
			}
		})
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	cases := []struct {
		pattern, path string
		want          bool
	}{
		{"sdk", "sdk", true},
		{"sdk", "sdk/host", false},
		{"sdk/...", "sdk", true},
		{"sdk/...", "sdk/internal/wire", true},
		{"sdk/...", "sdkother", false},
		{"plugins/*", "plugins/smsru", true},
		{"plugins/*", "plugins/smsru/deeper", false},
		{"plugins/*", "plugins", false},
		{"examples/provider-*", "examples/provider-minimal", true},
		{"examples/provider-*", "examples/events", false},
		{"...", "anything/at/all", true},
	}
	for _, c := range cases {
		if got := match(c.pattern, c.path); got != c.want {
			t.Errorf("match(%q, %q) = %v, want %v", c.pattern, c.path, got, c.want)
		}
	}
}

//go:build !no_ui

package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// What may come over the wire before the home page is usable, and what the whole build may hold, in bytes of
// gzip. The page stays some way below: what nears these is to be split, not allowed.
const (
	firstView = 230_000
	whole     = 3_000_000
)

func built(t *testing.T) *Site {
	t.Helper()
	site, err := New()
	if err != nil || site == nil {
		t.Fatalf("the embedded page cannot be read: %v", err)
	}
	return site
}

func ask(t *testing.T, site *Site, method, target string, header ...string) (*httptest.ResponseRecorder, bool) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	return w, site.Serve(w, r)
}

// sources lists what the page is built from. Keep it in step with build/seal.mjs.
func sources(t *testing.T) []string {
	t.Helper()
	var names []string
	test := regexp.MustCompile(`\.test\.tsx?$`)
	for _, root := range []string{"index.html", "docs.html", "package.json", "package-lock.json", "vite.config.ts", "public", "src", "build"} {
		err := filepath.WalkDir(filepath.Join("ui", root), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			name, err := filepath.Rel("ui", path)
			name = filepath.ToSlash(name)
			if !test.MatchString(name) && !strings.HasPrefix(name, "src/testing/") {
				names = append(names, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(names)
	return names
}

func TestTheBuildIsOfTheseSources(t *testing.T) {
	t.Parallel()
	sum := sha256.New()
	for _, name := range sources(t) {
		content, err := os.ReadFile(filepath.Join("ui", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		sum.Write(slices.Concat([]byte(name), []byte{0}, bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")), []byte{0}))
	}
	sealed, err := os.ReadFile(filepath.Join("dist", hash))
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); strings.TrimSpace(string(sealed)) != got {
		t.Errorf("dist was built from other sources than ui holds now: run make ui and commit dist")
	}
}

func TestEveryFileOfTheBuildCanBeUnpacked(t *testing.T) {
	t.Parallel()
	for name, one := range built(t).assets {
		if len(unpack(one.packed)) == 0 {
			t.Errorf("%s is empty or no gzip", name)
		}
	}
}

// references finds what a file of the build fetches.
var references = regexp.MustCompile(`(?:/|\./|")((?:assets/)?[A-Za-z0-9_.-]+\.(?:js|css|svg|ttf|woff2))"`)

func TestThePageRefersOnlyToWhatIsThere(t *testing.T) {
	t.Parallel()
	site := built(t)
	for _, name := range []string{index, docs} {
		page := string(unpack(site.assets[name].packed))
		found := references.FindAllStringSubmatch(page, -1)
		if len(found) < 3 {
			t.Fatalf("only %d references in %s", len(found), page)
		}
		for _, reference := range found {
			if _, ok := site.assets[reference[1]]; !ok {
				t.Errorf("%s refers to %s, which is not in the build", name, reference[1])
			}
		}
		if inline := regexp.MustCompile(`<script(?:[^>]*)>[^<]`).FindString(page); inline != "" || strings.Contains(page, "http:") || strings.Contains(page, "https:") {
			t.Errorf("%s must hold no inline script and nothing from elsewhere: %s", name, page)
		}
	}
}

// imports finds the scripts that a script cannot start without.
var imports = regexp.MustCompile(`(?:from|import)\s*"\./([A-Za-z0-9_.-]+\.js)"`)

// TestTheFirstViewIsSmall adds up what the browser must fetch for the home page: what the page names,
// what that imports, the texts of one language, and the home page with its feed.
func TestTheFirstViewIsSmall(t *testing.T) {
	t.Parallel()
	site := built(t)
	wanted := map[string]bool{}
	var need func(name string)
	need = func(name string) {
		one, ok := site.assets[name]
		if !ok || wanted[name] {
			return
		}
		wanted[name] = true
		if !strings.HasSuffix(name, ".js") {
			return
		}
		for _, found := range imports.FindAllStringSubmatch(string(unpack(one.packed)), -1) {
			need(hashed + found[1])
		}
	}
	for _, reference := range references.FindAllStringSubmatch(string(unpack(site.assets[index].packed)), -1) {
		need(reference[1])
	}
	for name := range site.assets {
		if strings.HasPrefix(name, hashed+"ru-") || strings.HasPrefix(name, hashed+"TodayPage-") || strings.HasPrefix(name, hashed+"LiveFeed-") {
			need(name)
		}
	}
	total := 0
	for name := range wanted {
		total += len(site.assets[name].packed)
	}
	t.Logf("the first view is %d bytes in %d files", total, len(wanted))
	if total > firstView || total < 50<<10 {
		t.Errorf("the first view is %d bytes of gzip in %d files, want at most %d and more than nothing", total, len(wanted), firstView)
	}
}

func TestTheWholeBuildIsSmall(t *testing.T) {
	t.Parallel()
	total := 0
	for _, one := range built(t).assets {
		total += len(one.packed)
	}
	t.Logf("the whole build is %d bytes", total)
	if total > whole || total < 1_000_000 {
		t.Errorf("the whole build is %d bytes of gzip, want at most %d and more than nothing", total, whole)
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	site := built(t)
	tests := []struct {
		name, method, target string
		header               []string
		served               bool
		cache                string
	}{
		{"the page", "GET", "/", []string{"Accept", "text/html"}, true, "no-cache"},
		{"the page by its name", "GET", "/index.html", nil, true, "no-cache"},
		{"a view", "GET", "/messages?status=unknown", []string{"Accept", "text/html"}, true, "no-cache"},
		{"a view with dots in it", "GET", "/orders/12.1", []string{"Accept", "text/html"}, true, "no-cache"},
		{"a view asked for by a script", "GET", "/messages", []string{"Accept", "application/json"}, false, ""},
		{"a call", "GET", "/api/v1/x", []string{"Accept", "text/html"}, false, ""},
		{"a call by a crooked path", "GET", "/x/../api/v1/x", []string{"Accept", "text/html"}, false, ""},
		{"the description of the API", "GET", "/docs", []string{"Accept", "text/html"}, true, "no-cache"},
		{"below the description of the API", "GET", "/docs/x", []string{"Accept", "text/html"}, false, ""},
		{"a posting", "POST", "/", []string{"Accept", "text/html"}, false, ""},
		{"what the build is of", "GET", "/SOURCE_HASH", nil, false, ""},
		{"outside of the build", "GET", "/../web.go", nil, false, ""},
		{"the icon", "GET", "/favicon.svg", nil, true, "no-cache"},
	}
	for _, test := range tests {
		w, served := ask(t, site, test.method, test.target, test.header...)
		if served != test.served || w.Header().Get("Cache-Control") != test.cache {
			t.Errorf("%s: %s %s served %v with Cache-Control %q, want %v and %q", test.name, test.method, test.target,
				served, w.Header().Get("Cache-Control"), test.served, test.cache)
		}
	}
}

func TestScriptsAreKeptForEver(t *testing.T) {
	t.Parallel()
	site := built(t)
	for name := range site.assets {
		if !strings.HasPrefix(name, hashed) {
			continue
		}
		w, _ := ask(t, site, "GET", "/"+name)
		if got := w.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s has Cache-Control %q, want immutable", name, got)
		}
	}
}

func TestClientsGetWhatTheyCanRead(t *testing.T) {
	t.Parallel()
	site := built(t)
	plain := unpack(site.assets[index].packed)
	tests := []struct {
		name    string
		accepts []string
		packed  bool
	}{
		{"a browser", []string{"gzip, deflate"}, true},
		{"a browser over TLS", []string{"gzip, deflate, br, zstd"}, true},
		{"one that takes anything", []string{"*"}, true},
		{"one that weighs", []string{"br;q=1.0, gzip;q=0.8"}, true},
		{"two headers", []string{"br", "gzip"}, true},
		{"one that says nothing", nil, false},
		{"one that refuses", []string{"gzip;q=0"}, false},
		{"one that refuses precisely", []string{"gzip; q=0.000"}, false},
		{"one that knows another", []string{"br"}, false},
	}
	for _, test := range tests {
		var header []string
		for _, one := range test.accepts {
			header = append(header, "Accept-Encoding", one)
		}
		w, _ := ask(t, site, "GET", "/", header...)
		body := w.Body.Bytes()
		if packed := w.Header().Get("Content-Encoding") == "gzip"; packed != test.packed {
			t.Errorf("%s: packed is %v, want %v", test.name, packed, test.packed)
		} else if packed {
			reader, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			body, _ = io.ReadAll(reader)
		}
		if !bytes.Equal(body, plain) {
			t.Errorf("%s: got %d bytes of page, want %d", test.name, len(body), len(plain))
		}
		if w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: Vary is %q", test.name, w.Header().Get("Vary"))
		}
	}
}

func TestAKnownFileIsNotSentAgain(t *testing.T) {
	t.Parallel()
	site := built(t)
	first, _ := ask(t, site, "GET", "/", "Accept-Encoding", "gzip")
	tag := first.Header().Get("ETag")
	again, _ := ask(t, site, "GET", "/", "Accept-Encoding", "gzip", "If-None-Match", tag)
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("asked again with %s = %d and %d bytes, want 304 and none", tag, again.Code, again.Body.Len())
	}
	other, _ := ask(t, site, "GET", "/", "If-None-Match", tag)
	if other.Code != http.StatusOK || other.Header().Get("ETag") == tag {
		t.Errorf("the plain form has the tag of the packed one: %d %s", other.Code, other.Header().Get("ETag"))
	}
	head, _ := ask(t, site, "HEAD", "/", "Accept-Encoding", "gzip")
	if head.Body.Len() != 0 || head.Header().Get("Content-Length") != first.Header().Get("Content-Length") {
		t.Errorf("HEAD sent %d bytes and promised %s, want 0 and %s", head.Body.Len(), head.Header().Get("Content-Length"), first.Header().Get("Content-Length"))
	}
}

func TestThePageHasAStrictPolicy(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/", "/docs", "/docs.html"} {
		w, _ := ask(t, built(t), "GET", target, "Accept", "text/html")
		policy := w.Header().Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'self'", "script-src 'self';", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("the policy %q of %s lacks %q", policy, target, want)
			}
		}
		if strings.Contains(policy, "unsafe-eval") || w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("headers of %s = %v", target, w.Header())
		}
	}
}

func TestABrokenBuildIsToldAtStart(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]fstest.MapFS{
		"a file that is not compressed": {"index.html": {Data: []byte("x")}},
		"no page":                       {"assets/a.js.gz": {Data: []byte("x")}},
	} {
		if _, err := newSite(files); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestThePageAsksForNoPolicyThatTheBrowserCannotKeep(t *testing.T) {
	t.Parallel()
	site := built(t)
	tests := []struct {
		name, target, proto string
		want                string
	}{
		{"on this machine", "http://127.0.0.1:11010/", "", "same-origin"},
		{"on this machine, by IPv6", "http://[::1]:11010/", "", "same-origin"},
		{"by name, where a proxy may encrypt", "http://bell.example/", "", "same-origin"},
		{"in the restaurant's network", "http://192.168.1.7:11010/", "", ""},
		{"in the restaurant's network, behind a proxy that encrypts", "http://192.168.1.7/", "https", "same-origin"},
		{"in the restaurant's network, encrypted", "https://192.168.1.7/", "", "same-origin"},
	}
	for _, test := range tests {
		w, _ := ask(t, site, http.MethodGet, test.target, "Accept", "text/html", "X-Forwarded-Proto", test.proto)
		if got := w.Header().Get("Cross-Origin-Opener-Policy"); got != test.want {
			t.Errorf("%s: the opener policy is %q, want %q", test.name, got, test.want)
		}
	}
}

// Package web is the admin's screen: a single page, built from ui/ by `make ui` and embedded. The
// build is committed, so that the go command needs no Node; the tag no_ui leaves it out.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"path"
	"strconv"
	"strings"
)

// Policy is the Content-Security-Policy of the page. Styles may be inline, because the widgets set
// positions by style attributes; scripts may not. Workers are the script editor's.
const Policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"font-src 'self' data:; connect-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

const (
	packed = ".gz"         // files are kept only so
	index  = "index.html"  // the page
	docs   = "docs.html"   // the description of the API, at /docs
	hash   = "SOURCE_HASH" // of what was built; not served
	hashed = "assets/"     // files whose names change with their content
)

// asset is one file of the build.
type asset struct {
	packed []byte // gzip
	kind   string // Content-Type
	tag    string // ETag without quotes
	fixed  bool   // the name changes with the content: keep it for ever
}

// Site serves the embedded build. It never changes; safe for concurrent use.
type Site struct {
	assets map[string]asset
}

// New reads the embedded build; nil without an error when this program was built without one.
func New() (*Site, error) {
	files := build()
	if files == nil {
		return nil, nil //nolint:nilnil // no build is not a fault
	}
	return newSite(files)
}

func newSite(files fs.FS) (*Site, error) {
	site := &Site{assets: map[string]asset{}}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || name == hash {
			return err
		}
		plain, found := strings.CutSuffix(name, packed)
		if !found {
			return fmt.Errorf("%s is not compressed: build the page with make ui", name)
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		site.assets[plain] = asset{
			packed: content, kind: kindOf(plain), tag: hex.EncodeToString(sum[:8]), fixed: strings.HasPrefix(plain, hashed),
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the embedded page: %w", err)
	}
	if _, found := site.assets[index]; !found {
		return nil, fmt.Errorf("the embedded page: there is no %s: build it with make ui", index)
	}
	return site, nil
}

// kindOf gives the Content-Type. The machine's own table is asked last: on Windows the registry may
// call scripts text/plain, which nosniff then refuses to run.
func kindOf(name string) string {
	switch extension := path.Ext(name); extension {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json", ".map":
		return "application/json"
	case ".ttf":
		return "font/ttf"
	case ".woff2":
		return "font/woff2"
	default:
		if kind := mime.TypeByExtension(extension); kind != "" {
			return kind
		}
		return "application/octet-stream"
	}
}

// Serve answers a GET or HEAD for a file of the build, or for an address of the page, and tells
// whether it did. It is the page's address when the browser navigates (it accepts text/html) and no
// other part of the program owns it. Nothing was written when it gives false.
func (s *Site) Serve(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	switch name {
	case "":
		name = index
	case "docs":
		name = docs
	}
	found, ok := s.assets[name]
	if !ok {
		if !navigates(r) || owned(name) {
			return false
		}
		name = index
		found = s.assets[index]
	}
	s.write(w, r, name, found)
	return true
}

// navigates tells a person's browser that opens an address from a script that fetches one.
func navigates(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

// owned tells addresses that are never the page's: a wrong one there must be a plain error.
func owned(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	switch strings.ToLower(first) {
	case "api", "callbacks", "k", "docs", "assets", "metrics", "livez", "readyz", "openapi.json", "openapi.yaml":
		return true
	default:
		return false
	}
}

func (s *Site) write(w http.ResponseWriter, r *http.Request, name string, found asset) {
	header := w.Header()
	header.Set("Content-Type", found.kind)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Vary", "Accept-Encoding")
	header.Set("Cache-Control", "no-cache")
	if found.fixed {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if name == index || name == docs {
		header.Set("Content-Security-Policy", Policy)
		header.Set("X-Frame-Options", "DENY")
		if !overPlainAddress(r) {
			header.Set("Cross-Origin-Opener-Policy", "same-origin")
		}
	}
	body, tag := found.packed, `"`+found.tag+`-gz"`
	if acceptsGzip(r.Header.Values("Accept-Encoding")) {
		header.Set("Content-Encoding", "gzip")
	} else {
		body, tag = unpack(found.packed), `"`+found.tag+`"`
	}
	header.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		header.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // who is gone needs no answer
	}
}

// overPlainAddress tells whether the page is asked for at an address of a network without encryption.
// Browsers keep no opener policy there, and complain of it on each page.
func overPlainAddress(r *http.Request) bool {
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		return false
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && !address.IsLoopback()
}

// acceptsGzip tells whether the client takes gzip. A client that says nothing gets plain bytes.
func acceptsGzip(headers []string) bool {
	for part := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		coding, parameters, _ := strings.Cut(part, ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		if coding != "gzip" && coding != "*" {
			continue
		}
		weight := strings.ReplaceAll(strings.TrimSpace(parameters), " ", "")
		return strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != "" || !strings.HasPrefix(weight, "q=")
	}
	return false
}

// unpack decompresses a file of the build, all of which have been read once by the tests.
func unpack(content []byte) []byte {
	reader, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		return nil
	}
	return plain
}

package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// openPrefixes start the paths that are no admin's: the cash server, providers and monitoring call them.
// Everything else, also what does not exist, is behind the wall.
var openPrefixes = [...]string{"/api/v4/", "/k/", "/callbacks/", "/livez", "/readyz", "/metrics"}

// behindWall tells whether a path is the admin's.
func behindWall(r *http.Request) bool {
	path := r.URL.EscapedPath()
	for _, prefix := range openPrefixes {
		if strings.HasPrefix(path, prefix) {
			return false
		}
	}
	return true
}

// Header values of the admin's answers. Nothing is loaded from elsewhere, nothing may put us in a frame.
// Styles may stand in elements, because the editor and the widgets write them so; scripts may not.
var (
	valueCSP = []string{"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
		"font-src 'self' data:; connect-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; " +
		"form-action 'self'; frame-ancestors 'none'"}
	valueNoReferrer = []string{"no-referrer"}
	valueSameOrigin = []string{"same-origin"}
	valueDeny       = []string{"DENY"}
)

// wall is what a request for an admin's path must pass before anything looks at it.
func (s *Server) wall(w http.ResponseWriter, r *http.Request) *problem.Refusal {
	header := w.Header()
	header["Content-Security-Policy"] = valueCSP
	header["Referrer-Policy"] = valueNoReferrer
	header["Cross-Origin-Resource-Policy"] = valueSameOrigin
	header["X-Frame-Options"] = valueDeny
	calls := strings.HasPrefix(r.URL.EscapedPath(), adminapi.Prefix+"/")
	switch {
	case calls && !s.ownHost(r):
		return problem.Refuse(problem.HostForeign)
	case s.crossOrigin.Check(r) != nil:
		return problem.Refuse(problem.CrossSite)
	case calls && carriesBody(r) && !isJSON(r.Header["Content-Type"]):
		return problem.Refuse(problem.TypeUnsupported)
	case len(r.Header["Authorization"]) > 0 && s.failures.blocked(remote(r), s.opt.Now()):
		return &problem.Refusal{Code: problem.TooManyTries, Retry: retryAfter}
	default:
		return nil
	}
}

// countFailure counts a wrong API key against its sender's address.
func (s *Server) countFailure(w *recorder, r *http.Request) {
	if w.status == http.StatusUnauthorized && len(r.Header["Authorization"]) > 0 {
		s.failures.failed(remote(r), s.opt.Now())
	}
}

// carriesBody tells whether a body comes with the request, or may come.
func carriesBody(r *http.Request) bool {
	return r.ContentLength != 0 && r.Method != http.MethodGet && r.Method != http.MethodHead
}

// ownHost tells whether the request names us. On a loopback address only this machine's own names and
// the public one are taken: a page whose name was turned to 127.0.0.1 (DNS rebinding) names itself.
func (s *Server) ownHost(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok || !addressOf(local.String()).IsLoopback() {
		return true
	}
	host := hostname(r.Host)
	if host == "localhost" || host == s.publicHost && host != "" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// hostname takes the port off a Host header; the letters are small.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// publicHostOf is the name in the public address; empty when there is none.
func publicHostOf(public string) string {
	u, err := url.Parse(public)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

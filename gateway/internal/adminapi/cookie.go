package adminapi

import (
	"net/http"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// Names of the cookies. Over TLS they have the prefix which makes browsers take them from this very
// host only, and never without TLS.
const (
	SessionCookie = "orderbell_session"
	deviceCookie  = "orderbell_device"
	hostPrefix    = "__Host-"
)

// cookieName is how a cookie is called on the caller's connection.
func cookieName(name string, secure bool) string {
	if secure {
		return hostPrefix + name
	}
	return name
}

// SessionSecret finds the secret of a session in a Cookie header; empty: there is none, or not one alone.
func SessionSecret(header string, secure bool) string { return secretOf(header, SessionCookie, secure) }

// secretOf finds the secret in a Cookie header. One that stands there twice counts as absent: somebody
// else may have put the other one there.
func secretOf(header, name string, secure bool) string {
	const longest = 8 << 10
	if len(header) > longest {
		return ""
	}
	cookies, err := http.ParseCookie(header)
	if err != nil {
		return ""
	}
	secret, found := "", 0
	for _, c := range cookies {
		if c.Name == cookieName(name, secure) {
			secret = c.Value
			found++
		}
	}
	if found != 1 {
		return ""
	}
	return secret
}

// entryCookies carry the secrets of a sign-in.
func entryCookies(who Caller, entry access.Entry) []http.Cookie {
	return []http.Cookie{
		secretCookie(SessionCookie, entry.Secret, access.SessionLife, who.Secure),
		secretCookie(deviceCookie, entry.Device, access.DeviceLife, who.Secure),
	}
}

// goneCookie takes the session's cookie away.
func goneCookie(who Caller) http.Cookie {
	c := secretCookie(SessionCookie, "", 0, who.Secure) //nolint:gosec // see secretCookie
	c.MaxAge = -1
	return c
}

// secretCookie is one that scripts cannot read and that no other site's page can make a browser send.
// Without TLS, as in a restaurant's own network, it cannot be Secure: it would never arrive.
func secretCookie(name, value string, life time.Duration, secure bool) http.Cookie {
	return http.Cookie{ //nolint:gosec // Secure wherever it can be
		Name: cookieName(name, secure), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		Secure: secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

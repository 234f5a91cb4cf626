package httpapi

import (
	"net/http"
	"net/netip"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// origin is whose event a request brings.
type origin struct {
	source     string // kds.Event.Source
	restaurant string // kds.Event.Restaurant
}

// originOf settles who is speaking to the intake: an intake key in the path or in ?key=, an API key
// with events:write, or nobody from this machine. A key that is there must be right, wherever it
// comes from. The time does not depend on which key it is.
func (s *Server) originOf(c echo.Context) (origin, error) {
	r := c.Request()
	from, now := remote(r), s.opt.Now()
	key, keyed := intakeKey(c)
	_, bearer := bearerToken(r.Header["Authorization"])
	if keyed || bearer {
		if s.failures.blocked(from, now) {
			return origin{}, &problem.Refusal{Code: problem.TooManyTries, Retry: retryAfter}
		}
	}
	switch {
	case keyed:
		return s.keyedOrigin(key, from)
	case bearer:
		holder, err := s.authorize(r, access.EventsWrite)
		if err != nil {
			return origin{}, err
		}
		return origin{source: "apikey:" + holder.Name}, nil
	case trusted(r):
		return origin{source: "http"}, nil
	default:
		return origin{}, problem.Refuse(problem.KeyRequired)
	}
}

func (s *Server) keyedOrigin(key string, from netip.Addr) (origin, error) {
	if s.opt.IntakeKey != nil {
		if restaurant, ok := s.opt.IntakeKey(key); ok {
			found := origin{source: "key:" + restaurant, restaurant: restaurant}
			if restaurant == "*" {
				found.restaurant = "" // believe the body
			}
			return found, nil
		}
	}
	s.failures.failed(from, s.opt.Now())
	return origin{}, problem.Refuse(problem.KeyWrong)
}

// intakeKey gives the key of the request. Two keys in a query are one wrong key: the request may have
// been put together by two parties. An empty ?key= is none.
func intakeKey(c echo.Context) (key string, keyed bool) {
	if c.Path() == keyedEvents {
		key, err := url.PathUnescape(c.Param("key"))
		if err != nil {
			key = ""
		}
		return key, true // an empty one is wrong: the address promised a key
	}
	query := c.Request().URL.RawQuery
	if query == "" {
		return "", false
	}
	values, err := url.ParseQuery(query)
	keys, there := values["key"]
	switch {
	case err != nil:
		return "", true // what cannot be read is not "no key"
	case !there || len(keys) == 1 && keys[0] == "":
		return "", false
	case len(keys) > 1:
		return "", true
	default:
		return keys[0], true
	}
}

// trusted tells whether a request without a key may be the cash server: it comes from this machine,
// and neither through a proxy on it, which would lend its address to anybody, nor from a browser, which
// any page can make send a request here. The headers are believed only against the sender.
func trusted(r *http.Request) bool {
	if !local(r) {
		return false
	}
	for _, header := range [...]string{
		"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via", // proxies
		"Origin", "Sec-Fetch-Site", // browsers
	} {
		if _, there := r.Header[header]; there {
			return false
		}
	}
	return true
}

// local tells whether the other end of the connection is on this machine.
func local(r *http.Request) bool { return remote(r).IsLoopback() }

// remote gives the other end of the connection; headers do not count.
func remote(r *http.Request) netip.Addr { return addressOf(r.RemoteAddr) }

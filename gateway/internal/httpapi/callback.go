package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// Callbacks takes what providers say later. Implemented by pipeline.Reconcile.
type Callbacks interface {
	// Receive keeps the callback, has it verified and applies it. An error with a method Unknown() bool
	// that gives true says that the address is not ours; every other one, that it cannot be read now.
	Receive(ctx context.Context, c message.Callback, token string) (message.CallbackReply, error)
}

// callbackPath is where providers call back.
const callbackPath = "/callbacks/:account/:token"

const (
	maxCallbackBody   = 256 << 10
	maxCallbackHeader = 32 // fields that are kept
	maxCallbackValue  = 1 << 10
)

// callback takes a provider's statement about messages. The address is secret; whether the statement
// is true, the provider's program says. It is kept before anybody looks into it.
func (s *Server) callback(c echo.Context) error {
	r := c.Request()
	from, now := remote(r), s.opt.Now()
	if s.failures.blocked(from, now) {
		return &problem.Refusal{Code: problem.TooManyTries, Retry: retryAfter}
	}
	body, err := readBody(c.Response(), r, maxCallbackBody)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), storeTimeout)
	defer cancel()
	reply, err := s.opt.Callbacks.Receive(ctx, message.Callback{
		Account: c.Param("account"), At: now, Method: r.Method, URL: s.opt.PublicURL + r.URL.RequestURI(), Query: r.URL.RawQuery,
		Header: callbackHeader(r.Header), Body: body, RemoteIP: from.String(),
	}, c.Param("token"))
	var kind interface{ Unknown() bool }
	switch {
	case errors.As(err, &kind) && kind.Unknown():
		s.failures.failed(from, now)
		return problem.Refuse(problem.NotFound)
	case err != nil:
		return &problem.Refusal{Code: problem.StoreUnavailable, Retry: retryAfter, Cause: err}
	}
	header := c.Response().Header()
	header.Set("Content-Type", reply.ContentType)
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox") // the words are a provider's, not ours
	c.Response().WriteHeader(reply.Status)
	_, _ = c.Response().Write(reply.Body)
	return nil
}

// callbackHeader keeps the fields that a provider may have signed, within bounds; never a credential
// of somebody else's.
func callbackHeader(all http.Header) map[string][]string {
	kept := map[string][]string{}
	for name, values := range all {
		switch {
		case len(kept) == maxCallbackHeader:
			return kept
		case name == "Cookie" || len(strings.Join(values, "")) > maxCallbackValue:
		default:
			kept[name] = values
		}
	}
	return kept
}

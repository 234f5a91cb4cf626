package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// call is one of the operator's calls, ready to be made.
type call struct {
	get     bool
	scheme  string
	host    string
	path    template
	query   template
	headers []header
	body    body // nil: none
}

type header struct {
	name  string
	value template
}

// address fills the address.
func (c *call) address(v values) string {
	path, _ := c.path.fill(v)
	query, _ := c.query.fill(v)
	if fields, ok := c.body.(form); c.get && ok {
		if query != "" {
			query += "&"
		}
		query += fields.fields(v).Encode()
	}
	address := c.scheme + "://" + c.host + path
	if query = strings.TrimRight(query, "&"); query != "" {
		address += "?" + query
	}
	return address
}

// do makes the call. An answer with any status is an answer; the error is for a call without one.
func (c *call) do(ctx context.Context, client *http.Client, v values) (answer, *sdk.Failure) {
	options := []sdk.Option{sdk.Header("Accept", "*/*")}
	for _, h := range c.headers {
		if value, empty := h.value.fill(v); !empty {
			options = append(options, sdk.Header(h.name, value))
		}
	}
	var content []byte
	var err error
	seen := &statusWatch{under: client.Transport}
	watched := *client
	watched.Transport = seen
	options = append(options, func(r *http.Request) {
		// net/http repeats a POST with this header when the connection breaks, and the text would go out twice.
		r.Header.Del("Idempotency-Key")
	})
	if c.get {
		err = sdk.Get(ctx, &watched, c.address(v), &content, options...)
	} else {
		options = append([]sdk.Option{c.withBody(v)}, options...)
		err = sdk.PostForm(ctx, &watched, c.address(v), nil, &content, options...)
	}
	if err == nil {
		return newAnswer(seen.status, content), nil
	}
	var refused *sdk.StatusError
	failure := sdk.AsFailure(err, sdk.UnknownOutcome)
	if errors.As(err, &refused) {
		return newAnswer(refused.Status, refused.Body), failure
	}
	return answer{}, failure
}

// statusWatch notes the status of one call, which the SDK's helpers do not tell for 2xx.
type statusWatch struct {
	under  http.RoundTripper // nil: the default one
	status int
}

// RoundTrip carries out one request.
func (w *statusWatch) RoundTrip(r *http.Request) (*http.Response, error) {
	under := w.under
	if under == nil {
		under = http.DefaultTransport
	}
	response, err := under.RoundTrip(r)
	if err == nil {
		w.status = response.StatusCode
	}
	return response, err
}

// withBody replaces the empty form by our body.
func (c *call) withBody(v values) sdk.Option {
	return func(r *http.Request) {
		if c.body == nil {
			return
		}
		content, contentType := c.body.build(v)
		r.Header.Set("Content-Type", contentType)
		r.ContentLength = int64(len(content))
		r.Body = io.NopCloser(bytes.NewReader(content))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	}
}

// aim sets the address: the template of its path and query, and its host, which holds no placeholders.
func (c *call) aim(address, base string) error {
	rest, query, _ := strings.Cut(address, "?")
	scheme, rest, _ := strings.Cut(rest, "://")
	host, path, slash := strings.Cut(rest, "/")
	if slash {
		path = "/" + path
	}
	c.scheme, c.host = scheme, host
	if base != "" {
		u, err := url.Parse(base)
		if err != nil {
			return fault{EN: "The other host is not an address.", RU: "Другой сервер указан не как адрес."}
		}
		c.scheme, c.host = u.Scheme, u.Host
	}
	var err error
	if c.path, err = parseTemplate(path, inPath); err != nil {
		return err
	}
	c.query, err = parseTemplate(query, inQuery)
	return err
}

// exposes says whether data stands in the address.
func (c *call) exposes() bool {
	return c.path.uses(names()...) || c.query.uses(names()...) || c.get && c.body != nil && c.body.uses(names()...)
}

// forbiddenHeader says whether a header belongs to the HTTP client.
func forbiddenHeader(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case "Host", "Content-Length", "Transfer-Encoding", "Connection", "Idempotency-Key", "X-Idempotency-Key", "Trailer", "Upgrade":
		return true
	}
	return false
}

func parseHeaders(lines []string) ([]header, error) {
	var all []header
	for i, line := range lines {
		name, value, found := strings.Cut(line, ":")
		if !found || name == "" || strings.Trim(name, tokenLetters) != "" {
			return nil, lineFault(i, "it is not of the form Name: value.", "она не вида «Имя: значение».")
		}
		if forbiddenHeader(name) {
			return nil, lineFault(i, "the program itself sets this header.", "этот заголовок программа ставит сама.")
		}
		t, err := parseTemplate(strings.TrimSpace(value), plain)
		if err != nil {
			return nil, err
		}
		if t.uses("text", "to") {
			return nil, lineFault(i, "a header cannot carry {text} or {to}.", "в заголовке нельзя передать {text} и {to}.")
		}
		if !headerSafe(value) {
			return nil, lineFault(i, "it holds letters that a header cannot carry.", "в ней есть буквы, недопустимые в заголовке.")
		}
		all = append(all, header{name, t})
	}
	return all, nil
}

// tokenLetters are those of a header's name (RFC 9110, 5.6.2).
const tokenLetters = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" // #nosec G101 -- letters of a header name (RFC 9110), no credential

// headerSafe says whether a header can carry the text.
func headerSafe(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}

// Package adminapi is what the admin's screen and other programs may ask under /api/v1: the calls with
// their types, who may make each of them, and how each is refused. It decides nothing: a handler
// decodes, calls one thing and encodes; what is called is stated here as small interfaces.
//
// The OpenAPI document is made from the same types, so that it cannot say anything else.
package adminapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// Guard tells who makes a call.
type Guard interface {
	// Identify gives who makes the call, or the zero Principal and a *problem.Refusal.
	Identify(ctx context.Context, c Credentials) (access.Principal, error)
}

// Credentials are what a request says of its sender.
type Credentials struct {
	Authorization string // the header; empty: none
	Session       string // secret of the session's cookie; empty: none
	Remote        string // IP address of the other end
}

// Caller is who makes a call and how to speak to him.
type Caller struct {
	access.Principal
	Language string                     // of the answer: "ru" or "en"
	Remote   string                     // IP address, for the audit log
	Agent    string                     // User-Agent, for the list of sessions; at most 200 bytes
	Secure   bool                       // came over TLS
	request  string                     // what the log calls the request
	device   string                     // secret of the cookie of a known device; empty: none
	proxied  bool                       // came through a proxy, whose address Remote is
	action   string                     // the call, for the audit log
	object   string                     // what the path names, for the audit log
	still    func(context.Context) bool // may he go on? Asked by calls that last
}

// call is who makes the call, as it is written down.
func (c Caller) call() access.Call {
	return access.Call{Principal: c.Principal, From: c.Remote, Agent: c.Agent, RequestID: c.request}
}

// Record begins the audit log's line about the call: for who writes it together with what was changed.
func (c Caller) Record() access.Record { return c.call().Record(c.action, c.object) }

// RequestID is the header in which the router says what the log calls a request.
const RequestID = "X-Request-Id"

// Services are what the calls need. All must be set where calls are served; the document can be made
// without them.
type Services struct {
	Messages      Messages
	Orders        Orders
	Events        Events
	Contacts      Contacts
	Notifications Notifications
	Restaurants   Restaurants
	Accounts      Accounts
	Rules         Rules
	Overview      Overview
	Wizard        Wizard
	System        System
	SignIn        SignIn
	Sessions      Sessions
	Users         Users
	UserLocks     UserLocks
	Passwords     Passwords
	Factor        Factor
	Keys          APIKeys
	Audit         AuditLog
}

// Options are what an API is made of.
type Options struct {
	Services Services
	Guard    Guard
	Log      hclog.Logger // nil: none
	Version  string       // of the program
}

// API is all calls, mounted on one router.
type API struct {
	huma  huma.API
	opt   Options
	calls []Call
}

// Call is one call and who may make it, for tests that go through all of them.
type Call struct {
	Method string
	Path   string            // with {name} for a variable segment
	May    access.Permission // empty: anybody
	Fresh  bool              // the password must have been given within the last five minutes
}

// Config is how huma must be set up: OpenAPI 3.1, no page from elsewhere, no extra fields in answers.
func Config(version string) huma.Config {
	config := huma.DefaultConfig("Orderbell", version)
	config.CreateHooks = nil // no $schema in answers
	config.OpenAPIPath = ""  // served by Document's owner, as written
	config.DocsPath = ""
	config.SchemasPath = ""
	config.RejectUnknownQueryParameters = true
	config.Info.Description = "Calls of the admin's screen and of other programs. Errors are application/problem+json with a code; texts follow Accept-Language (ru, en)."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: SessionCookie, Description: "Set by POST /api/v1/session."},
		"key":     {Type: "http", Scheme: "bearer", Description: "An API key: Authorization: Bearer ob_…"},
	}
	return config
}

// New registers every call on the router behind a huma.API made with Config.
func New(router huma.API, opt Options) *API {
	if opt.Log == nil {
		opt.Log = hclog.NewNullLogger()
	}
	speakProblems()
	a := &API{huma: router, opt: opt}
	a.messages()
	a.orders()
	a.events()
	a.contacts()
	a.notifications()
	a.restaurants()
	a.providers()
	a.accounts()
	a.rules()
	a.overview()
	a.wizard()
	a.system()
	a.session()
	a.users()
	a.factor()
	a.keys()
	a.audit()
	return a
}

// Calls lists every call.
func (a *API) Calls() []Call { return append([]Call(nil), a.calls...) }

// Document gives the OpenAPI 3.1 document as indented JSON.
func (a *API) Document() ([]byte, error) {
	document, err := json.MarshalIndent(a.huma.OpenAPI(), "", "  ")
	return append(document, '\n'), err
}

// call describes one call before it is registered.
type call struct {
	id      string // operationId
	method  string
	path    string // under /api/v1
	tag     string
	summary string
	may     access.Permission // empty: anybody
	fresh   bool              // dangerous: the password again
	dry     bool              // changes nothing although it is no GET
	reveals bool              // shows what is masked elsewhere: the audit log says who looked
	own     bool              // whoever does it writes the audit log's line, together with the change
	act     string            // of users and keys: what who writes that line calls it, refusals included; who may not is written down here
	told    bool              // the same as own, with what was changed in it; a refusal is written down here
	status  int               // of success; 0: 200, or 204 without a body
}

// action is what the audit log calls the call.
func (c call) action() string {
	if c.act != "" {
		return c.act
	}
	return strings.ToLower(c.tag) + "." + c.id
}

// Prefix starts the path of every call.
const Prefix = "/api/v1"

// add registers a call. The handler is told who calls; it is only reached by who may.
func add[I, O any](a *API, c call, handle func(ctx context.Context, who Caller, in *I) (*O, error)) {
	op := huma.Operation{
		OperationID: c.id, Method: c.method, Path: Prefix + c.path, Tags: []string{c.tag}, Summary: c.summary,
		DefaultStatus: c.status, MaxBodyBytes: maxBody, BodyReadTimeout: -1, // the server's own limit holds
	}
	if c.may != "" {
		op.Security = []map[string][]string{{"session": {}}, {"key": {}}}
		op.Description = "Needs the permission " + string(c.may) + "."
	}
	if c.fresh {
		op.Description += " A user must have given the password within the last five minutes (POST /api/v1/session/confirm)."
	}
	op.Errors = refusals(c)
	op.Middlewares = huma.Middlewares{a.admit(c)}
	a.calls = append(a.calls, Call{Method: c.method, Path: op.Path, May: c.may, Fresh: c.fresh})
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		who, _ := ctx.Value(callerKey{}).(Caller)
		begun, err := a.begin(ctx, c, who)
		if err != nil {
			return nil, a.refuse(ctx, who, err)
		}
		out, err := handle(ctx, who, in)
		if err != nil {
			refused := a.refuse(ctx, who, err)
			a.end(ctx, c, who, begun, refused.Code)
			return nil, refused
		}
		a.end(ctx, c, who, begun, "")
		return out, nil
	})
}

// maxBody bounds what a call may carry. A rule file has at most 64 KiB, its cases as much again.
const maxBody = 512 << 10

func refusals(c call) []int {
	codes := []int{http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable}
	if c.may != "" {
		codes = append(codes, http.StatusUnauthorized, http.StatusForbidden)
	}
	return codes
}

// callerKey finds the Caller of a request on its way through huma, which offers no other way; handlers
// get it as an argument.
type callerKey struct{}

// admit lets a call pass only for who may make it.
func (a *API) admit(c call) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		who := Caller{
			Language: problem.Language(ctx.Header("Accept-Language")), Remote: hostOf(ctx.RemoteAddr()),
			Agent: clip(ctx.Header("User-Agent"), maxAgent), Secure: secure(ctx),
			request: ctx.Header(RequestID), proxied: proxied(ctx), object: objectOf(ctx, c.path), action: c.action(),
		}
		who.device = secretOf(ctx.Header("Cookie"), deviceCookie, who.Secure)
		shown := Credentials{
			Authorization: ctx.Header("Authorization"), Session: secretOf(ctx.Header("Cookie"), SessionCookie, who.Secure), Remote: who.Remote,
		}
		var err error
		if who.Principal, err = a.identify(ctx.Context(), c, shown); err != nil {
			a.noteUninvited(ctx.Context(), c, who, err)
			a.write(ctx, who, err)
			return
		}
		who.still = func(ctx context.Context) bool {
			_, err := a.identify(ctx, c, shown)
			return err == nil
		}
		next(huma.WithValue(ctx, callerKey{}, who))
	}
}

// secure tells whether the browser's connection is encrypted: to us, or to a proxy that says so. Who says
// so falsely gets cookies that the browser does not send back.
func secure(ctx huma.Context) bool {
	return ctx.TLS() != nil || strings.EqualFold(ctx.Header("X-Forwarded-Proto"), "https")
}

// proxied tells whether somebody passed the request on. Whoever wants to be taken for a proxy may be.
func proxied(ctx huma.Context) bool {
	for _, header := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"} {
		if ctx.Header(header) != "" {
			return true
		}
	}
	return false
}

// objectOf gives what the variable segments of a path are: "main" of /accounts/{name}.
func objectOf(ctx huma.Context, path string) string {
	var values []string
	for segment := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			values = append(values, ctx.Param(strings.TrimSuffix(name, "}")))
		}
	}
	return clip(strings.Join(values, "/"), maxAgent)
}

// maxAgent bounds what is kept of a User-Agent, in bytes.
const maxAgent = 200

// identify tells who makes a call, or why he may not make it.
func (a *API) identify(ctx context.Context, c call, shown Credentials) (access.Principal, error) {
	who, err := a.opt.Guard.Identify(ctx, shown)
	if c.may == "" {
		return who, nil // who is nobody, or not known any more, may still sign in
	}
	switch {
	case err != nil:
		return who, err
	case who.Kind == "":
		return who, problem.Refuse(problem.LoginRequired)
	case !who.May(c.may):
		return who, problem.Refuse(problem.NotAllowed)
	case c.fresh && !who.Fresh:
		return who, problem.Refuse(problem.ConfirmRequired)
	default:
		return who, nil
	}
}

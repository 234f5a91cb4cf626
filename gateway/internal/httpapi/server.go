// Package httpapi is how the outside speaks to Orderbell over HTTP: the intake of kitchen events, the
// binding of contacts to orders, and health. Handlers decode, call one thing and encode; what they
// call is stated here as small interfaces. Nothing is decided inside a request.
package httpapi

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/web"
)

// Events stores what the cash server posts. Implemented by store.DB.
type Events interface {
	// AddEvent returns after the event is on disk. A duplicate keeps the ID of the first one. Any
	// error means that the event is not known to be stored.
	AddEvent(ctx context.Context, event kds.Event) (id string, duplicate bool, err error)
}

// Contacts binds people to orders. Implemented by store.DB.
type Contacts interface {
	// Bind returns the contact's ID after the binding is on disk. An error with a method
	// Ambiguous() bool that gives true says that the order's number fits several open orders.
	Bind(ctx context.Context, binding contact.Binding) (contactID string, err error)
}

// Keys finds API keys. Implemented by store.DB.
type Keys interface {
	// FindKey gives the key with that hash (access.HashSecret), or nil when there is none.
	FindKey(ctx context.Context, hash string) (*access.Key, error)
}

// Readiness tells whether events can be stored now. Implemented by store.DB or a union of checks.
type Readiness interface {
	// Ready returns nil, or why not; errors.Join gives several reasons.
	Ready(ctx context.Context) error
}

// Part is a group of routes that is served together.
type Part uint8

// Parts. Health and ping belong to both.
const (
	Intake Part = 1 << iota // POST /api/v4/kds/events, keyed and not, and providers' callbacks
	API                     // /api/v1
)

// Options are what a Server is made of. Events, Contacts, Keys, Ready and Now must be set.
type Options struct {
	Events   Events
	Contacts Contacts
	Keys     Keys
	Ready    Readiness

	// Callbacks takes delivery reports; nil: there is no such route.
	Callbacks Callbacks
	// PublicURL is how providers were told to reach this server, without a slash at the end; some sign it.
	PublicURL string

	// Guard tells who makes the admin's calls, and Admin serves them; without a Guard there are none.
	Guard adminapi.Guard
	Admin adminapi.Services

	// Parts are the routes to serve; 0 means all. An intake that is open to the network and an API
	// that is not are two Servers.
	Parts Part
	// Declared are the API keys of the configuration; they are looked at before Keys.
	Declared []access.Key
	// IntakeKey tells whose intake key this is, in time that does not depend on the key; the code "*"
	// means any restaurant. Nil: there are no intake keys.
	IntakeKey func(key string) (restaurant string, ok bool)
	// OnlyRestaurant gives the code of the restaurant when exactly one is known; only is false when there
	// are none or several. Nil: none.
	OnlyRestaurant func(ctx context.Context) (code string, only bool, err error)
	// Check is a pure, bounded look at a body; its error is kept as the note of a quarantined event.
	// Nil: every body is taken as understood.
	Check func(body []byte) error
	// Now is the clock.
	Now func() time.Time
	// Log gets one Debug line for each request, without keys, phones or bodies. Nil: none.
	Log hclog.Logger
	// Version is what ping tells.
	Version string
	// MaxBody bounds a posted event in bytes; 0 means 1 MiB.
	MaxBody int64
}

// Limits of the server. They bound what one client can hold, whatever it sends.
const (
	headerTimeout   = 5 * time.Second
	requestTimeout  = 15 * time.Second // reading a request, and answering it
	idleTimeout     = 60 * time.Second
	storeTimeout    = 10 * time.Second // less than requestTimeout, so that the refusal still arrives
	maxHeaderBytes  = 16 << 10
	maxHeaderFields = 100
	defaultMaxBody  = 1 << 20
	retryAfter      = 5 * time.Second // what a sender is told when nothing can be stored

	complaintsPerSecond = 1
	complaintsAtOnce    = 10
)

// Server answers HTTP. It is an http.Handler; Serve adds the limits on connections.
type Server struct {
	opt      Options
	log      hclog.Logger
	echo     *echo.Echo
	http     *http.Server
	routes   []Route
	failures *throttle // wrong keys, by address
	ready    readyCache
	page     *web.Site // the admin's screen; nil: not served here

	crossOrigin *http.CrossOriginProtection
	publicHost  string // name in Options.PublicURL

	complaints *rate.Limiter // of the log about our own failures

	prefix string // of request ids: differs between starts
	count  atomic.Uint64
}

// Route is one call that the server answers, for tests that go through all of them.
type Route struct {
	Method string
	Path   string // with :name for a variable segment
	Access Access
}

// Access is who may make a call.
type Access string

// Kinds of access. A call that needs an API key has its access.Scope here.
const (
	Public    Access = "public"
	ByIntake  Access = "intake"  // this machine without a key, others with an intake key
	ByAddress Access = "address" // who knows the secret in the address
)

// New makes a Server. It answers at once as an http.Handler; nothing runs in the background.
func New(opt Options) *Server {
	if opt.Parts == 0 {
		opt.Parts = Intake | API
	}
	if opt.MaxBody <= 0 {
		opt.MaxBody = defaultMaxBody
	}
	if opt.Log == nil {
		opt.Log = hclog.NewNullLogger()
	}
	s := &Server{
		opt:      opt,
		log:      opt.Log,
		echo:     echo.New(),
		failures: newThrottle(failuresPerSecond, failuresAtOnce),

		crossOrigin: http.NewCrossOriginProtection(),
		publicHost:  publicHostOf(opt.PublicURL),

		complaints: rate.NewLimiter(complaintsPerSecond, complaintsAtOnce),

		prefix: strconv.FormatInt(opt.Now().UnixMicro(), 36) + "-",
	}
	s.ready.check = opt.Ready
	s.echo.Logger.SetOutput(io.Discard)
	s.echo.HTTPErrorHandler = s.fail
	s.echo.IPExtractor = echo.ExtractIPDirect()
	s.mount()
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       requestTimeout,
		WriteTimeout:      requestTimeout, // a stream of events renews it through http.ResponseController
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ConnContext:       keepConn,
		ConnState:         hushed,
		ErrorLog:          s.log.StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Debug}),
	}
	return s
}

// Where the cash server posts events, without and with an intake key.
const (
	plainEvents = "/api/v4/kds/events"
	keyedEvents = "/k/:key/api/v4/kds/events"
)

func (s *Server) mount() {
	if s.opt.Parts&Intake != 0 {
		s.add(http.MethodPost, plainEvents, ByIntake, s.postEvent)
		s.add(http.MethodPost, keyedEvents, ByIntake, s.postEvent)
		if s.opt.Callbacks != nil {
			s.add(http.MethodGet, callbackPath, ByAddress, s.callback)
			s.add(http.MethodPost, callbackPath, ByAddress, s.callback)
		}
	}
	if s.opt.Parts&API != 0 {
		s.add(http.MethodPost, "/api/v1/contacts", Access(access.ContactsWrite), s.postContact)
		if s.opt.Guard != nil {
			s.mountAdmin()
		}
		s.mountPage()
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		s.add(method, "/api/v4/ping", Public, s.ping)
		s.add(method, "/livez", Public, s.livez)
		s.add(method, "/readyz", Public, s.readyz)
	}
}

func (s *Server) add(method, path string, who Access, handler echo.HandlerFunc) {
	s.echo.Add(method, path, handler)
	s.routes = append(s.routes, Route{Method: method, Path: path, Access: who})
}

// Routes lists every call that the server answers.
func (s *Server) Routes() []Route { return append([]Route(nil), s.routes...) }

// Serve answers on the listener until Shutdown; it then returns nil. The listener is closed.
func (s *Server) Serve(listener net.Listener) error {
	err := s.http.Serve(newGate(listener, s.log))
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Shutdown takes no new requests and waits for those under way until ctx ends; then it cuts them.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err == nil {
		return nil
	}
	return errors.Join(err, s.http.Close())
}

// ServeHTTP answers one request. A panic in a handler becomes a 500 and one line in the log.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := s.prefix + strconv.FormatUint(s.count.Add(1), 36)
	header := w.Header()
	header[adminapi.RequestID] = []string{id}
	r.Header[adminapi.RequestID] = header[adminapi.RequestID] // what a client sent is not believed
	header["X-Content-Type-Options"] = valueNoSniff
	header["Cache-Control"] = valueNoStore

	listen(r)
	answer := &recorder{ResponseWriter: w}
	start := s.opt.Now()
	defer s.recover(answer, r, id)
	s.answer(answer, r)
	if s.log.IsDebug() {
		s.logRequest(answer, r, id, s.opt.Now().Sub(start))
	}
}

func (s *Server) answer(w *recorder, r *http.Request) {
	if tooManyHeaders(r.Header) {
		w.Header()["Connection"] = valueClose
		s.refuse(w, r, problem.Refuse(problem.HeadersTooMany))
		return
	}
	if s.opt.Parts&API == 0 || !behindWall(r) {
		s.echo.ServeHTTP(w, r)
		return
	}
	if refused := s.wall(w, r); refused != nil {
		s.refuse(w, r, refused)
		return
	}
	s.echo.ServeHTTP(w, r)
	s.countFailure(w, r)
}

// Header values that never change, shared so that a request does not allocate them. Nobody writes to them.
var (
	valueNoSniff = []string{"nosniff"}
	valueNoStore = []string{"no-store"}
	valueClose   = []string{"close"}
	valueJSON    = []string{"application/json"}
)

func tooManyHeaders(header http.Header) bool {
	fields := 0
	for _, values := range header {
		fields += len(values)
	}
	return fields > maxHeaderFields
}

// recorder notes what was answered.
type recorder struct {
	http.ResponseWriter
	status int // 0: nothing yet
}

// WriteHeader notes the status.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write notes that an answer began.
func (w *recorder) Write(body []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(body)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

package simulator

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smpp"
)

// Fault is a bad day of the operator as a whole. What it does with single messages depends on their
// numbers, see Operator.Hints.
type Fault string

// Faults of operators who speak HTTP.
const (
	Unavailable Fault = "unavailable" // 503
	Silent      Fault = "silent"      // no answer ever comes
	Reset       Fault = "reset"       // the message is taken, and the connection is reset
	Page        Fault = "page"        // a web page with 200
)

func webFaults() []Fault { return []Fault{Unavailable, Silent, Reset, Page} }

// headerTimeout is how long a caller may take for the head of a request.
const headerTimeout = 10 * time.Second

// web serves an operator who speaks HTTP.
func web(start func(operators.Options) http.Handler) func(context.Context, net.Listener, Options) error {
	return func(ctx context.Context, listener net.Listener, o Options) error {
		handler := start(o.Options)
		server := &http.Server{Handler: o.Fault.spoil(handler), ReadHeaderTimeout: headerTimeout, ErrorLog: log.New(io.Discard, "", 0)}
		stop := context.AfterFunc(ctx, func() { _ = server.Close() })
		defer stop()
		err := server.Serve(listener)
		if closer, ok := handler.(io.Closer); ok {
			_ = closer.Close() // its reports end
		}
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
	}
}

// serveSMSC serves the one who speaks SMPP.
func serveSMSC(ctx context.Context, listener net.Listener, o Options) error {
	center := smpp.New(o.Options)
	stop := context.AfterFunc(ctx, func() { _ = center.Close() })
	defer stop()
	err := center.Serve(listener)
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// spoil puts the fault in front of the handler.
func (f Fault) spoil(handler http.Handler) http.Handler {
	switch f {
	case Unavailable:
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
		})
	case Silent:
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the caller has gone
			<-r.Context().Done()
		})
	case Reset:
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handler.ServeHTTP(&unheard{header: http.Header{}}, r)
			reset(w)
		})
	case Page:
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, "<!DOCTYPE html><html><body>Maintenance</body></html>")
		})
	}
	return handler
}

// unheard is an answer that nobody gets.
type unheard struct{ header http.Header }

// Header returns headers that nobody gets.
func (u *unheard) Header() http.Header { return u.header }

// Write drops the answer.
func (*unheard) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader drops the status.
func (*unheard) WriteHeader(int) {}

// reset ends the connection with RST.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

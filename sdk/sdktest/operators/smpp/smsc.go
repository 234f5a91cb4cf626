// Package smpp plays an SMSC that speaks SMPP 3.4, so that everything can be tried without an operator:
// bind_transceiver, submit_sm, query_sm, enquire_link, unbind, and receipts as deliver_sm. It speaks TCP
// and not HTTP, so it is served on a listener:
//
//	smsc := smpp.New(operators.Options{Log: log.Printf})
//	err := smsc.Serve(listener) // until smsc.Close; a TLS listener makes it SMPP over TLS
//
// Any system_id with any password is good, but for these passwords:
//
//	wrong-pass  bind fails: ESME_RINVPASWD      no-such-id  bind fails: ESME_RINVSYSID
//	bind-fails  bind fails: ESME_RBINDFAIL      in-use      bind fails: ESME_RALYBND
//	own-code    bind fails with a code of the operator's own, and without a body
//	no-answer   the bind is never answered      hang-up     the connection ends instead of an answer
//	web-page    a web page answers              slow-down   ESME_RTHROTTLED above 5 messages a second
//
// The last five digits of a recipient choose what becomes of a message. NNN is decimal:
//
//	01NNN  it is refused with the command_status NNN: 01011 bad number, 01020 queue full, 01088 throttled
//	02NNN  it is taken and ends with the message_state NNN, error 11: 02003 expired, 02005 undeliverable …
//	00201  the connection ends, and it is not taken     00205  a generic_nack answers
//	00202  it is taken, and the connection ends         00206  it is taken, without an id
//	00203  it is taken, and never answered              00207  a web page answers
//	00204  it is taken, and answered after a second     00208  the answer is cut, and the connection ends
//	00209  it is taken, and refused a second later with ESME_RTHROTTLED
//	00301  its receipt is in optional parameters only   00306  an intermediate receipt comes before it
//	00302  its receipt is in the text only              00307  its receipt comes as a data_sm
//	00303  its receipt comes before the answer          00308  it has no receipt
//	00304  its id is hexadecimal, the receipt's decimal 00309  its receipt is in UCS-2
//	00305  its receipt comes twice                      00310  a guest's text that looks like a receipt comes
//	00401  its second part is refused (ESME_RSUBMITFAIL)
//	00402  its second part is throttled once            00403  its second part is never answered
//
// All others are delivered. A receipt comes right after the answer, if registered_delivery asks for it.
package smpp

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
)

// SMSC is a simulated one. Safe for use by several goroutines.
type SMSC struct {
	options operators.Options
	now     func() time.Time
	log     func(format string, args ...any)

	mu       sync.Mutex
	closed   bool
	open     map[net.Conn]struct{}
	serving  sync.WaitGroup
	listener []net.Listener
	next     uint32
	taken    []Taken
	once     map[string]bool // what happens only once, by recipient
}

// Taken is one submit_sm that the SMSC took: a message, or a part of one.
type Taken struct {
	ID           string
	SystemID     string
	Source, Dest Address
	Text         string // decoded; without a user data header
	Coding, ESM  byte
	Registered   byte
	Validity     string
	Reference    int // of the parts that belong together; 0 without parts
	Part, Parts  int // 1 of 1 for a whole message
	Payload      bool
	At           time.Time
	receiptedID  string
	tail         int
}

// Address is one as it was submitted.
type Address struct {
	TON, NPI byte
	Addr     string
}

// New returns an SMSC that serves nobody yet. Options.CallbackURL has no meaning: receipts come over
// the connection.
func New(options operators.Options) *SMSC {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = func(string, ...any) {}
	}
	return &SMSC{
		options: options, now: options.Now, log: options.Log, next: 1000, open: map[net.Conn]struct{}{},
		once: map[string]bool{},
	}
}

// Serve takes connections until Close, and returns net.ErrClosed then.
func (s *SMSC) Serve(listener net.Listener) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return net.ErrClosed
	}
	s.listener = append(s.listener, listener)
	s.mu.Unlock()
	for {
		conn, err := listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return net.ErrClosed
			}
			return err
		}
		if !s.enter(conn) {
			return net.ErrClosed
		}
	}
}

// enter serves a connection in the background.
func (s *SMSC) enter(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = conn.Close()
		return false
	}
	s.open[conn] = struct{}{}
	s.serving.Go(func() {
		(&session{smsc: s, conn: conn}).run()
		_ = conn.Close()
		s.mu.Lock()
		delete(s.open, conn)
		s.mu.Unlock()
	})
	return true
}

// Drop ends all connections, as an SMSC does that is started again. New ones are taken.
func (s *SMSC) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.open {
		_ = conn.Close()
	}
}

// Close ends all connections and listeners, and waits for what still runs.
func (s *SMSC) Close() error {
	s.mu.Lock()
	s.closed = true
	for _, listener := range s.listener {
		_ = listener.Close()
	}
	s.mu.Unlock()
	s.Drop()
	s.serving.Wait()
	return nil
}

// Taken returns what the SMSC took, in that order.
func (s *SMSC) Taken() []Taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Taken(nil), s.taken...)
}

// Bound is how many connections there are.
func (s *SMSC) Bound() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// first says whether something happens for the first time.
func (s *SMSC) first(what string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.once[what] {
		return false
	}
	s.once[what] = true
	return true
}

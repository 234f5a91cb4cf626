package sdktest

import (
	"bytes"
	"encoding/binary"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// line is a wire to an operator who speaks something other than HTTP: it carries bytes between the
// provider and Operator.Listen, and breaks as the stage's fault says. A fault for one message meets a
// connection from the moment at which the message's text passes.
type line struct {
	stage    *stage
	listener net.Listener
	operator string // host:port

	// All below is under the stage's lock.
	conns   []*wire
	streams []*bytes.Buffer // what the provider sent, by connection
}

// wire is one connection of the provider, with the operator's behind it.
type wire struct {
	line               *line
	provider, operator net.Conn
	sent               *bytes.Buffer
	fault              fault // under the stage's lock; noFault until it is met
}

func newLine(t testing.TB, operator string) *stage {
	t.Helper()
	s := &stage{over: make(chan struct{}), arrived: make(chan struct{}, 1)}
	s.line = &line{stage: s, listener: listenApart(t), operator: operator}
	go s.line.accept()
	t.Cleanup(func() {
		close(s.over)
		s.line.close()
	})
	return s
}

// fillLine leads the settings to the operator by way of a line.
func (r *rig) fillLine(t testing.TB) {
	t.Helper()
	r.stage = newLine(t, r.suite.operator.Listen(t))
	r.allow = []string{r.stage.address()}
	host, port, err := net.SplitHostPort(r.stage.address())
	if err != nil {
		t.Fatal(err)
	}
	places := strings.NewReplacer("{host}", host, "{port}", port)
	led := false
	for key, value := range r.settings {
		r.settings[key] = places.Replace(value)
		led = led || r.settings[key] != value
	}
	if !led {
		t.Fatal("no setting leads to the operator of Operator.Listen: write {host} and {port} into Operator.Settings")
	}
}

func (l *line) accept() {
	for {
		conn, err := l.listener.Accept()
		if err != nil {
			return
		}
		l.stage.mu.Lock()
		reset := l.stage.fault == resetAtOnce && l.stage.only == ""
		l.stage.mu.Unlock()
		if reset {
			abort(conn)
			continue
		}
		operator, err := net.DialTimeout("tcp", l.operator, 5*time.Second)
		if err != nil {
			abort(conn)
			continue
		}
		w := &wire{line: l, provider: conn, operator: operator, sent: &bytes.Buffer{}}
		l.stage.mu.Lock()
		l.conns = append(l.conns, w)
		l.streams = append(l.streams, w.sent)
		l.stage.mu.Unlock()
		go w.forth()
		go w.back()
	}
}

// close hangs up, and nobody listens any more.
func (l *line) close() {
	_ = l.listener.Close()
	l.stage.mu.Lock()
	defer l.stage.mu.Unlock()
	for _, w := range l.conns {
		w.hangUp(false)
	}
}

// seen counts a text in what the provider sent, as it is and in UCS-2.
func (l *line) seen(text string) int {
	n := 0
	for _, stream := range l.streams {
		n += bytes.Count(stream.Bytes(), []byte(text))
		if text != "" {
			n += bytes.Count(stream.Bytes(), wide(text))
		}
	}
	return n
}

// wide is the text in UCS-2, as operators want what is no Latin.
func wide(text string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.BigEndian.AppendUint16(out, unit)
	}
	return out
}

// forth carries what the provider sends, as far as it is let through.
func (w *wire) forth() {
	defer w.hangUp(false)
	chunk := make([]byte, 64<<10)
	for {
		n, err := w.provider.Read(chunk)
		if n > 0 && w.through(chunk[:n]) {
			_, _ = w.operator.Write(chunk[:n])
		}
		if err != nil {
			return
		}
	}
}

// through notes what was sent and says whether the operator gets it.
func (w *wire) through(chunk []byte) bool {
	s := w.line.stage
	s.mu.Lock()
	defer s.mu.Unlock()
	before := max(w.sent.Len()-1024, 0)
	_, _ = w.sent.Write(chunk)
	select {
	case s.arrived <- struct{}{}:
	default:
	}
	fresh := w.sent.Bytes()[before:]
	if s.only == "" || bytes.Contains(fresh, []byte(s.only)) || bytes.Contains(fresh, wide(s.only)) {
		w.fault = s.fault
	}
	switch w.fault {
	case webPage:
		_, _ = w.provider.Write([]byte(page))
	case echo, echoFailure:
		_, _ = w.provider.Write(chunk)
	case empty:
		w.hangUp(false)
	case closed, resetAtOnce: // a connection that was there before
		w.hangUp(true)
	case noFault, silent, slow, half, cut, resetInside, resetAfter, fixedAnswer, oddAnswer:
		return true
	}
	return false
}

// back carries what the operator answers, as far as it is let through.
func (w *wire) back() {
	chunk := make([]byte, 64<<10)
	for {
		n, err := w.operator.Read(chunk)
		if n > 0 {
			w.carry(slices.Clone(chunk[:n]))
		}
		if err != nil {
			if !w.isSilent() { // who is silent does not hang up, either
				_ = w.provider.Close()
			}
			return
		}
	}
}

func (w *wire) isSilent() bool {
	w.line.stage.mu.Lock()
	defer w.line.stage.mu.Unlock()
	return w.fault == silent
}

func (w *wire) carry(answer []byte) {
	s := w.line.stage
	s.mu.Lock()
	if s.fault == noFault {
		w.fault = noFault // the operator is well again
	}
	f := w.fault
	s.mu.Unlock()
	switch f {
	case silent:
	case slow:
		w.dribble(answer)
	case half, cut:
		_, _ = w.provider.Write(answer[:len(answer)/2])
		w.hangUp(false)
	case resetInside:
		_, _ = w.provider.Write(answer[:len(answer)/2])
		w.hangUp(true)
	case resetAfter:
		w.hangUp(true)
	default:
		_, _ = w.provider.Write(answer)
	}
}

// dribble sends an answer in eight pieces, over 400 ms.
func (w *wire) dribble(answer []byte) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for piece := range slices.Chunk(answer, max(len(answer)/8, 1)) {
		_, _ = w.provider.Write(piece)
		select {
		case <-tick.C:
		case <-w.line.stage.over:
			return
		}
	}
}

func (w *wire) hangUp(reset bool) {
	if reset {
		abort(w.provider)
	}
	_ = w.provider.Close()
	_ = w.operator.Close()
}

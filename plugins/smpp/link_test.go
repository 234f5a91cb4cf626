package main

import (
	"bufio"
	"context"
	"errors"
	"net"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"github.com/orderbell/orderbell/sdk"
)

// The tests here live in bubbles of time: the SMSC is the other end of a pipe, and the clock is theirs.

// peer is the SMSC's end of a connection. It answers only what a test tells it to.
type peer struct {
	t    *testing.T
	conn net.Conn
	in   chan frame
}

func newPeer(t *testing.T, conn net.Conn) *peer {
	p := &peer{t: t, conn: conn, in: make(chan frame, 1000)}
	go func() {
		defer close(p.in)
		reader := bufio.NewReader(conn)
		for {
			f, err := readFrame(reader)
			if err != nil {
				return
			}
			p.in <- f
		}
	}()
	return p
}

// next is the next unit that comes within a minute.
func (p *peer) next() frame {
	p.t.Helper()
	select {
	case f, open := <-p.in:
		if !open {
			p.t.Fatal("the connection ended")
		}
		return f
	case <-time.After(time.Minute):
		p.t.Fatal("nothing came within a minute")
	}
	return frame{}
}

func (p *peer) send(unit []byte) {
	if _, err := p.conn.Write(unit); err != nil {
		p.t.Errorf("the SMSC cannot write: %v", err)
	}
}

// accept answers a submit_sm with the id.
func (p *peer) accept(f frame, id string) {
	answer := pdu.NewSubmitSMResp().(*pdu.SubmitSMResp)
	answer.MessageID = id
	p.send(encode(answer, f.head.SequenceNumber))
}

func environment(now func() time.Time) sdk.Env {
	return sdk.Env{Account: "main", Log: hclog.NewNullLogger(), Now: now}
}

// joined is a link with its peer; enquire_link comes after a minute.
func joined(t *testing.T, window int, patience time.Duration, deliver func(delivery)) (*link, *peer) {
	t.Helper()
	ours, theirs := net.Pipe()
	wire := &counted{Conn: ours}
	l := newLink(environment(time.Now), wire, wire, window, patience, deliver)
	go l.run(time.Minute)
	t.Cleanup(func() {
		l.end(sdk.Fail(sdk.Unavailable, "the test ended"))
		_ = theirs.Close()
	})
	return l, newPeer(t, theirs)
}

func unitOf(text string) *pdu.SubmitSM {
	unit := pdu.NewSubmitSM().(*pdu.SubmitSM)
	_ = unit.Message.SetMessageDataWithEncoding([]byte(text), data.GSM7BIT)
	return unit
}

func wantReason(t *testing.T, err error, want sdk.Reason) {
	t.Helper()
	f := sdk.AsFailure(err, "")
	if f == nil || f.Reason != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestNoMoreThanTheWindowIsUnanswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, smsc := joined(t, 3, 30*time.Second, nil)
		var calls sync.WaitGroup
		for i := range 5 {
			calls.Go(func() {
				f, err := l.ask(t.Context(), unitOf(strconv.Itoa(i)), nil)
				if err != nil || f.unit.(*pdu.SubmitSMResp).MessageID == "" {
					t.Errorf("message %d: got %+v, %v", i, f, err)
				}
			})
		}
		synctest.Wait()
		if n := len(smsc.in); n != 3 {
			t.Fatalf("%d messages are unanswered, want 3", n)
		}
		for range 5 {
			f := smsc.next()
			smsc.accept(f, "id")
			synctest.Wait()
		}
		calls.Wait()
	})
}

func TestAnswersFindTheirMessagesInAnyOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, smsc := joined(t, 10, 30*time.Second, nil)
		var calls sync.WaitGroup
		for i := range 10 {
			calls.Go(func() {
				f, err := l.ask(t.Context(), unitOf(strconv.Itoa(i)), nil)
				if err != nil {
					t.Error(err)
					return
				}
				if got := f.unit.(*pdu.SubmitSMResp).MessageID; got != "for "+strconv.Itoa(i) {
					t.Errorf("message %d got the answer %q", i, got)
				}
			})
		}
		var frames []frame
		for range 10 {
			frames = append(frames, smsc.next())
		}
		for i := range frames {
			f := frames[len(frames)-1-i]
			smsc.accept(f, "for "+string(f.raw[len(f.raw)-1:])) // the text is the unit's last octet
		}
		calls.Wait()
	})
}

func TestAnAnswerThatComesLateIsNotLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, smsc := joined(t, 1, 30*time.Second, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		var late []frame
		_, err := l.ask(ctx, unitOf("x"), func(f frame) { late = append(late, f) })
		wantReason(t, err, sdk.UnknownOutcome)
		first := smsc.next()

		// It keeps its place in the window: the next one does not go.
		ctx, cancel = context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err = l.ask(ctx, unitOf("y"), nil)
		wantReason(t, err, sdk.Unavailable)

		smsc.accept(first, "77")
		synctest.Wait()
		if len(late) != 1 || late[0].unit.(*pdu.SubmitSMResp).MessageID != "77" {
			t.Fatalf("got %+v, want the late answer", late)
		}
		go func() { smsc.accept(smsc.next(), "78") }()
		if _, err := l.ask(t.Context(), unitOf("z"), nil); err != nil {
			t.Errorf("after the late answer: %v", err)
		}
		smsc.accept(first, "77") // once more
		synctest.Wait()
		if len(late) != 1 {
			t.Error("an answer was taken twice")
		}
	})
}

func TestAMessageWithoutAnswerGivesItsPlaceBackInTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, smsc := joined(t, 1, 30*time.Second, nil)
		_, err := l.ask(t.Context(), unitOf("x"), nil) // ctx has no end
		wantReason(t, err, sdk.UnknownOutcome)
		time.Sleep(31 * time.Second)
		go func() {
			for f := range smsc.in {
				if f.head.CommandID == data.SUBMIT_SM && f.raw[len(f.raw)-1] == 'y' {
					smsc.accept(f, "78")
				}
			}
		}()
		if _, err := l.ask(t.Context(), unitOf("y"), nil); err != nil {
			t.Errorf("got %v, want the next message to go", err)
		}
	})
}

func TestWhatIsUnansweredWhenTheConnectionEndsIsUnknown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		end  func(*peer)
		want sdk.Reason
	}{
		"the connection ends": {func(p *peer) { _ = p.conn.Close() }, sdk.UnknownOutcome},
		"the SMSC unbinds":    {func(p *peer) { p.send(header(data.UNBIND, 0, 9)) }, sdk.UnknownOutcome},
		"a web page comes":    {func(p *peer) { p.send([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")) }, sdk.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l, smsc := joined(t, 10, 30*time.Second, nil)
				failed := make(chan error, 1)
				go func() {
					_, err := l.ask(t.Context(), unitOf("x"), nil)
					failed <- err
				}()
				smsc.next()
				test.end(smsc)
				wantReason(t, <-failed, test.want)
				_, err := l.ask(t.Context(), unitOf("y"), nil)
				wantReason(t, err, sdk.Unavailable)
				if !errors.Is(err, errUnsent) {
					t.Errorf("got %v, want it known that nothing was written", err)
				}
			})
		})
	}
}

func TestASMSCThatDoesNotRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe() // nobody reads the other end
		defer theirs.Close()       //nolint:errcheck // a test's pipe
		wire := &counted{Conn: ours}
		l := newLink(environment(time.Now), wire, wire, 10, 30*time.Second, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		_, err := l.ask(ctx, unitOf("x"), nil)
		wantReason(t, err, sdk.Unavailable) // not a byte left
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("it took %v, want the 5 s of its context", took)
		}
		select {
		case <-l.done:
		default:
			t.Error("the connection is used on after a write that failed")
		}
	})
}

func TestAPartOfAUnitMayHaveLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		wire := &counted{Conn: ours}
		l := newLink(environment(time.Now), wire, wire, 10, 30*time.Second, nil)
		go func() {
			_, _ = theirs.Read(make([]byte, 5))
			_ = theirs.Close()
		}()
		_, err := l.ask(t.Context(), unitOf("x"), nil)
		wantReason(t, err, sdk.UnknownOutcome)
	})
}

func TestTheLinkAsksForASignOfLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, smsc := joined(t, 10, 20*time.Second, nil)
		began := time.Now()
		for i := range 3 {
			f := <-smsc.in
			if f.head.CommandID != data.ENQUIRE_LINK || time.Since(began) != time.Duration(i+1)*time.Minute {
				t.Fatalf("got %#x after %v, want enquire_link after %d min", uint32(f.head.CommandID), time.Since(began), i+1)
			}
			smsc.send(header(data.ENQUIRE_LINK_RESP, 0, f.head.SequenceNumber))
		}
		<-smsc.in // is not answered
		<-l.done
		if took := time.Since(began); took != 4*time.Minute+20*time.Second {
			t.Errorf("the link ended after %v, want it 20 s after the question", took)
		}
	})
}

func TestTheLinkAnswersTheSMSC(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var heard []delivery
		l, smsc := joined(t, 10, 20*time.Second, func(d delivery) { heard = append(heard, d) })
		receipt := pdu.NewDeliverSM().(*pdu.DeliverSM)
		receipt.EsmClass = esmReceipt
		_ = receipt.Message.SetMessageDataWithEncoding([]byte("id:77 stat:DELIVRD"), data.GSM7BIT)
		broken := append(header(data.DELIVER_SM, 0, 4), 1, 2, 3)
		broken[3] = byte(len(broken))
		for _, test := range []struct {
			name   string
			unit   []byte
			id     data.CommandIDType
			status data.CommandStatusType
			length int
		}{
			{"enquire_link", header(data.ENQUIRE_LINK, 0, 2), data.ENQUIRE_LINK_RESP, 0, 16},
			{"a receipt", encode(receipt, 3), data.DELIVER_SM_RESP, 0, 17},
			{"a delivery that cannot be read", broken, data.DELIVER_SM_RESP, data.ESME_RX_P_APPN, 17},
			{"something else", header(0x77, 0, 5), data.GENERIC_NACK, data.ESME_RINVCMDID, 16},
			{"unbind", header(data.UNBIND, 0, 6), data.UNBIND_RESP, 0, 16},
		} {
			smsc.send(test.unit)
			f := smsc.next()
			want := pdu.ParseHeader([16]byte(test.unit[:16])).SequenceNumber
			if f.head.CommandID != test.id || f.head.CommandStatus != test.status || f.head.SequenceNumber != want || len(f.raw) != test.length {
				t.Errorf("%s: got %#x with %#x for %d in %d octets", test.name, uint32(f.head.CommandID), uint32(f.head.CommandStatus), f.head.SequenceNumber, len(f.raw))
			}
		}
		<-l.done
		if len(heard) != 1 || string(heard[0].body) != "id:77 stat:DELIVRD" {
			t.Errorf("got %+v, want the receipt", heard)
		}
	})
}

func TestASessionThatIsNotBoundAnyMoreIsReplaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, smsc := joined(t, 10, 20*time.Second, nil)
		go func() {
			f := smsc.next()
			smsc.send(header(data.SUBMIT_SM_RESP, data.ESME_RINVBNDSTS, f.head.SequenceNumber))
		}()
		f, err := l.ask(t.Context(), unitOf("x"), nil)
		if err != nil || f.status() != statusNotBound {
			t.Errorf("got %v, %v, want the SMSC's answer", f.status(), err)
		}
		<-l.done
	})
}

func TestSequenceNumbersStartAgainAfterTheLast(t *testing.T) {
	t.Parallel()
	l := newLink(environment(time.Now), nil, nil, 1, time.Second, nil)
	l.sequence = 1<<31 - 2
	l.waiting[1] = &request{}
	var got []int32
	for range 3 {
		n, err := l.enter(&request{})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, n)
	}
	if got[0] != 1<<31-1 || got[1] != 2 || got[2] != 3 { // 1 is taken
		t.Errorf("got %v", got)
	}
}

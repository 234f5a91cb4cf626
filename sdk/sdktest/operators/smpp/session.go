package smpp

import (
	"bufio"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// page is what a web server answers to something that is no HTTP.
const page = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<!DOCTYPE html><html><body>400</body></html>\n"

// statusOwn is a code of the operator's own.
const statusOwn = data.CommandStatusType(0x0401)

// Limits of a session.
const (
	slowly       = time.Second
	limit        = 5 // messages a second of the password slow-down
	writeTimeout = 10 * time.Second
)

// session is one connection.
type session struct {
	smsc *SMSC
	conn net.Conn

	system, password string // empty: not bound
	second           time.Time
	submitted        int // within that second

	mu       sync.Mutex // writing
	sequence int32
	later    sync.WaitGroup
}

// run serves the connection until it ends.
func (s *session) run() {
	defer s.later.Wait()
	defer s.conn.Close() //nolint:errcheck // nothing to be done about it
	reader := bufio.NewReader(s.conn)
	for {
		unit, err := parse(reader)
		if err != nil {
			return
		}
		if !s.serve(unit) {
			return
		}
	}
}

// parse reads a unit; a panic of the library is an error.
func parse(reader *bufio.Reader) (unit pdu.PDU, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a unit that cannot be read: %v", p)
		}
	}()
	return pdu.Parse(reader)
}

// serve answers one unit; false ends the connection.
func (s *session) serve(unit pdu.PDU) bool {
	switch u := unit.(type) {
	case *pdu.BindRequest:
		return s.bind(u)
	case *pdu.SubmitSM:
		return s.submit(u)
	case *pdu.QuerySM:
		return s.query(u)
	case *pdu.EnquireLink:
		return s.write(u.GetResponse())
	case *pdu.Unbind:
		s.smsc.log("unbind")
		s.write(u.GetResponse())
		return false
	case *pdu.DeliverSMResp, *pdu.DataSMResp, *pdu.EnquireLinkResp, *pdu.UnbindResp, *pdu.GenericNack:
		return true
	default:
		return s.nack(unit, data.ESME_RINVCMDID)
	}
}

func (s *session) bind(u *pdu.BindRequest) bool {
	answer, _ := u.GetResponse().(*pdu.BindResp) // it is one
	answer.SystemID = "simulator"
	refusals := map[string]data.CommandStatusType{
		"wrong-pass": data.ESME_RINVPASWD, "no-such-id": data.ESME_RINVSYSID, "bind-fails": data.ESME_RBINDFAIL, "in-use": data.ESME_RALYBND,
	}
	s.smsc.log("bind_transceiver")
	switch refusal, refused := refusals[u.Password]; {
	case u.BindingType != pdu.Transceiver:
		return s.nack(u, data.ESME_RINVCMDID)
	case refused:
		answer.CommandStatus = refusal
		s.write(answer)
		return false
	case u.Password == "own-code":
		s.bare(data.BIND_TRANSCEIVER_RESP, statusOwn, u.GetSequenceNumber())
		return false
	case u.Password == "no-answer":
		return true
	case u.Password == "hang-up":
		return false
	case u.Password == "web-page":
		return s.raw([]byte(page)) && false
	}
	s.system, s.password = u.SystemID, u.Password
	return s.write(answer)
}

// query answers about a message that came from the same address, as the specification has it.
func (s *session) query(u *pdu.QuerySM) bool {
	answer, _ := u.GetResponse().(*pdu.QuerySMResp) // it is one
	answer.MessageID, answer.CommandStatus = u.MessageID, data.ESME_RQUERYFAIL
	for _, t := range s.smsc.Taken() {
		if t.ID == u.MessageID && t.Source.Addr == u.SourceAddr.Address() {
			answer.MessageState, answer.CommandStatus = t.state(), data.ESME_ROK
		}
	}
	return s.write(answer)
}

// write sends a unit; false if the connection is gone.
func (s *session) write(unit pdu.PDU) bool {
	buffer := pdu.NewBuffer(nil)
	unit.Marshal(buffer)
	return s.raw(buffer.Bytes())
}

func (s *session) raw(bytes []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	_, err := s.conn.Write(bytes)
	return err == nil
}

// bare sends a response without a body, as many SMSCs do with a refusal.
func (s *session) bare(id data.CommandIDType, status data.CommandStatusType, sequence int32) bool {
	buffer := pdu.NewBuffer(nil)
	(&pdu.Header{CommandLength: data.PDU_HEADER_SIZE, CommandID: id, CommandStatus: status, SequenceNumber: sequence}).Marshal(buffer)
	return s.raw(buffer.Bytes())
}

func (s *session) nack(unit pdu.PDU, status data.CommandStatusType) bool {
	return s.bare(data.GENERIC_NACK, status, unit.GetSequenceNumber())
}

// after does something a second later, unless the session ends before that.
func (s *session) after(do func()) {
	s.later.Go(func() {
		time.Sleep(slowly)
		do()
	})
}

func (s *session) nextSequence() int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sequence++
	return s.sequence
}

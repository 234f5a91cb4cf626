package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// Bounds of a unit; in bytes. A longer one is no SMPP, or not one that a message needs.
const (
	headerSize = 16
	maxFrame   = data.MAX_PDU_LEN
)

// frame is one unit as it came from the SMSC.
type frame struct {
	head pdu.Header
	unit pdu.PDU // nil: its body cannot be read, or it is of a kind that is not read here
	raw  []byte
}

// status is a command_status.
type status uint32

func (f frame) status() status { return status(f.head.CommandStatus) }

// answers says whether the frame is a response to something.
func (f frame) answers() bool { return f.head.CommandID < 0 }

// errNoSMPP is said of bytes that cannot be a unit. What follows them cannot be told apart any more.
var errNoSMPP = errors.New("what came is not SMPP")

// noSMPP keeps the bytes that are not SMPP.
type noSMPP struct {
	raw []byte
}

// Error says so, without the bytes.
func (*noSMPP) Error() string { return errNoSMPP.Error() }

// Is makes it an errNoSMPP.
func (*noSMPP) Is(target error) bool { return target == errNoSMPP }

// readFrame reads one unit. A body that makes no sense is no error: the header is enough to answer it,
// and operators leave bodies away when they refuse something.
func readFrame(r io.Reader) (frame, error) {
	var head [headerSize]byte
	if n, err := io.ReadFull(r, head[:]); err != nil {
		switch {
		case n > 0 && head[0] != 0: // no unit is that long; a TLS server's alert is such an end
			return frame{}, &noSMPP{raw: head[:n]}
		case n > 0:
			return frame{}, fmt.Errorf("the connection ended within a unit: %w", err)
		}
		return frame{}, err
	}
	f := frame{head: pdu.ParseHeader(head)}
	if f.head.CommandLength < headerSize || f.head.CommandLength > maxFrame {
		return frame{}, &noSMPP{raw: append(head[:], peek(r)...)}
	}
	f.raw = make([]byte, f.head.CommandLength)
	copy(f.raw, head[:])
	if _, err := io.ReadFull(r, f.raw[headerSize:]); err != nil {
		return frame{}, fmt.Errorf("the connection ended within a unit: %w", err)
	}
	f.unit = decode(f.head, f.raw)
	return f, nil
}

// peek returns what a buffered reader has already, at most 1 KiB: it is kept for people.
func peek(r io.Reader) []byte {
	buffered, ok := r.(interface {
		Buffered() int
		Peek(n int) ([]byte, error)
	})
	if !ok {
		return nil
	}
	rest, _ := buffered.Peek(min(buffered.Buffered(), 1<<10))
	return rest
}

// decode reads the body of a kind that is of use here; nil if it makes no sense. The library is kept
// from kinds that nobody asked for, and a panic in it (it has maps that are nil) costs one unit.
func decode(head pdu.Header, raw []byte) (unit pdu.PDU) {
	switch head.CommandID {
	case data.SUBMIT_SM_RESP, data.QUERY_SM_RESP, data.BIND_TRANSCEIVER_RESP, data.DELIVER_SM, data.DATA_SM:
	default:
		return nil
	}
	defer func() {
		if recover() != nil {
			unit = nil
		}
	}()
	unit, err := pdu.Parse(bytes.NewReader(raw))
	if err != nil {
		return nil
	}
	return unit
}

// encode writes a unit with its sequence number.
func encode(unit pdu.PDU, sequence int32) []byte {
	unit.SetSequenceNumber(sequence)
	buffer := pdu.NewBuffer(nil)
	unit.Marshal(buffer)
	return buffer.Bytes()
}

// header is the whole of a unit that has no body.
func header(id data.CommandIDType, s data.CommandStatusType, sequence int32) []byte {
	buffer := pdu.NewBuffer(make([]byte, 0, headerSize))
	(&pdu.Header{CommandLength: headerSize, CommandID: id, CommandStatus: s, SequenceNumber: sequence}).Marshal(buffer)
	return buffer.Bytes()
}

// reply answers deliver_sm or data_sm: both have an empty message_id as their body.
func reply(id data.CommandIDType, s data.CommandStatusType, sequence int32) []byte {
	buffer := pdu.NewBuffer(make([]byte, 0, headerSize+1))
	(&pdu.Header{CommandLength: headerSize + 1, CommandID: id, CommandStatus: s, SequenceNumber: sequence}).Marshal(buffer)
	_ = buffer.WriteByte(0)
	return buffer.Bytes()
}

// shown makes bytes of an operator readable: as they are if they are text, else in hexadecimal.
func shown(raw []byte) string {
	raw = raw[:min(len(raw), 256)]
	for _, b := range raw {
		if (b < ' ' || b > '~') && b != '\n' && b != '\r' && b != '\t' {
			return fmt.Sprintf("%x", raw) // without spaces: the SDK masks a secret in this spelling
		}
	}
	return string(raw)
}

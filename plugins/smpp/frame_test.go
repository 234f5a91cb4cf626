package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

func TestUnitsAreReadAsOperatorsWriteThem(t *testing.T) {
	t.Parallel()
	resp := pdu.NewSubmitSMResp().(*pdu.SubmitSMResp)
	resp.MessageID = "77"
	whole := encode(resp, 5)
	query := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, 0x0204), 2)
	foreign := encode(pdu.NewQuerySM(), 6) // the library has a nil map in this one
	foreign = append(foreign, append(query, 1, 2)...)
	binary.BigEndian.PutUint32(foreign, uint32(len(foreign)))
	for _, test := range []struct {
		name   string
		in     []byte
		id     data.CommandIDType
		status status
		read   bool // its body
		err    error
	}{
		{name: "an answer", in: whole, id: data.SUBMIT_SM_RESP, read: true},
		{name: "a refusal without a body", in: header(data.SUBMIT_SM_RESP, data.ESME_RTHROTTLED, 5), id: data.SUBMIT_SM_RESP, status: 0x58, read: true},
		{name: "a refused bind without a body", in: header(data.BIND_TRANSCEIVER_RESP, data.ESME_RINVPASWD, 1), id: data.BIND_TRANSCEIVER_RESP, status: 0x0E},
		{name: "a sign of life", in: header(data.ENQUIRE_LINK, 0, 1), id: data.ENQUIRE_LINK},
		{name: "a kind that does not exist", in: header(0x77, 0, 1), id: 0x77},
		{name: "a kind that nobody asked for, with a parameter", in: foreign, id: data.QUERY_SM},
		{name: "a body that is no body", in: append(header(data.DELIVER_SM, 0, 1)[:3:3], append([]byte{20}, append(header(data.DELIVER_SM, 0, 1)[4:], 1, 2, 3, 4)...)...), id: data.DELIVER_SM},
		{name: "the end", in: nil, err: io.EOF},
		{name: "half a header", in: whole[:7], err: io.ErrUnexpectedEOF},
		{name: "half a body", in: whole[:18], err: io.ErrUnexpectedEOF},
		{name: "a length below a header's", in: append([]byte{0, 0, 0, 15}, whole[4:]...), err: errNoSMPP},
		{name: "a length above all", in: append([]byte{0, 1, 0, 1}, whole[4:]...), err: errNoSMPP},
		{name: "a negative length", in: append([]byte{0xFF, 0xFF, 0xFF, 0xFF}, whole[4:]...), err: errNoSMPP},
		{name: "a web page", in: []byte("HTTP/1.1 400 Bad Request\r\n\r\n<html>"), err: errNoSMPP},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, err := readFrame(bufio.NewReader(bytes.NewReader(test.in)))
			if !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
				t.Fatalf("got %v, want %v", err, test.err)
			}
			if err == nil && (f.head.CommandID != test.id || f.status() != test.status || (f.unit != nil) != test.read) {
				t.Errorf("got %#x status %#x body %v, want %#x %#x %v", uint32(f.head.CommandID), f.status(), f.unit, uint32(test.id), test.status, test.read)
			}
		})
	}
}

func FuzzFrame(f *testing.F) {
	d := pdu.NewDeliverSM().(*pdu.DeliverSM)
	d.EsmClass = esmReceipt
	_ = d.Message.SetMessageDataWithEncoding([]byte("id:7 stat:DELIVRD"), data.GSM7BIT)
	d.RegisterOptionalParam(pdu.Field{Tag: pdu.TagReceiptedMessageID, Data: []byte("7\x00")})
	f.Add(encode(d, 1))
	f.Add(encode(pdu.NewSubmitSMResp(), 2))
	f.Add(encode(pdu.NewQuerySMResp(), 2))
	f.Add(append(header(data.ENQUIRE_LINK, 0, 1), header(data.UNBIND, 0, 2)...))
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		reader := bufio.NewReader(bytes.NewReader(stream))
		for {
			got, err := readFrame(reader)
			if err != nil {
				return
			}
			if len(got.raw) < headerSize || len(got.raw) > maxFrame {
				t.Fatalf("a unit of %d octets", len(got.raw))
			}
			if d, ok := delivered(got.unit); ok {
				_, _ = noticeOf(d)
			}
			_ = shown(got.raw)
		}
	})
}

package smpp

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// Kinds of deliveries in esm_class.
const (
	esmReceipt      = data.SM_SMSC_DLV_RCPT_TYPE
	esmIntermediate = data.SM_INTMD_DLV_NOTIFY_TYPE
)

// failedWith is the network's error of messages that were not delivered.
const failedWith = 11

// receipt sends what the recipient's ending says of the message.
func (s *session) receipt(t Taken) {
	state := t.state()
	final := state != data.SM_STATE_EN_ROUTE && state != data.SM_STATE_ACCEPTED
	if t.tail == tailGuest {
		s.guest(t)
	}
	wanted := t.Registered&data.SM_SMSC_RECEIPT_MASK == data.SM_SMSC_RECEIPT_REQUESTED ||
		t.Registered&data.SM_SMSC_RECEIPT_MASK == data.SM_SMSC_RECEIPT_ON_FAILURE && final && state != data.SM_STATE_DELIVERED
	if !wanted || t.tail == tailNoReceipt || t.tail == tailGuest {
		return
	}
	if t.tail == tailIntermediate {
		s.deliver(t, data.SM_STATE_EN_ROUTE, esmIntermediate)
	}
	s.deliver(t, state, esmReceipt)
	if t.tail == tailTwice {
		s.deliver(t, state, esmReceipt)
	}
}

// guest sends what a guest could write to pass for a receipt.
func (s *session) guest(t Taken) {
	u := s.unit(t)
	_ = u.Message.SetMessageDataWithEncoding([]byte(receiptText(t, data.SM_STATE_UNDELIVERABLE)), data.GSM7BIT)
	s.write(u)
}

// unit is a deliver_sm from the message's recipient to its sender.
func (s *session) unit(t Taken) *pdu.DeliverSM {
	u, _ := pdu.NewDeliverSM().(*pdu.DeliverSM) // it is one
	u.SetSequenceNumber(s.nextSequence())
	u.SourceAddr = pdu.NewAddressWithTonNpi(t.Dest.TON, t.Dest.NPI)
	_ = u.SourceAddr.SetAddress(t.Dest.Addr)
	u.DestAddr = pdu.NewAddressWithTonNpi(t.Source.TON, t.Source.NPI)
	_ = u.DestAddr.SetAddress(t.Source.Addr)
	return u
}

func (s *session) deliver(t Taken, state byte, esm byte) {
	u := s.unit(t)
	u.EsmClass = esm
	if t.tail != tailText && t.tail != tailUCS2 {
		u.OptionalParameters = tagged(t, state)
	}
	if t.tail != tailTagged {
		body, coding := spelt(receiptText(t, state), t.tail == tailUCS2 || t.tail == tailSilent)
		_ = u.Message.SetMessageDataWithEncoding(body[:min(len(body), data.SM_MSG_LEN)], coding)
	}
	if t.tail == tailDataSM {
		s.write(asDataSM(u))
		return
	}
	s.write(u)
}

// tagged are the optional parameters of a receipt.
func tagged(t Taken, state byte) map[pdu.Tag]pdu.Field {
	parameters := map[pdu.Tag]pdu.Field{
		pdu.TagReceiptedMessageID: {Tag: pdu.TagReceiptedMessageID, Data: append([]byte(t.receiptedID), 0)},
		pdu.TagMessageStateOption: {Tag: pdu.TagMessageStateOption, Data: []byte{state}},
	}
	if state != data.SM_STATE_DELIVERED && state != data.SM_STATE_EN_ROUTE {
		const gsm = 3
		code := binary.BigEndian.AppendUint16([]byte{gsm}, failedWith)
		parameters[pdu.TagNetworkErrorCode] = pdu.Field{Tag: pdu.TagNetworkErrorCode, Data: code}
	}
	return parameters
}

// receiptText is appendix B of the specification.
func receiptText(t Taken, state byte) string {
	words := []string{"SCHEDULED", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD", "SKIPPED"}
	delivered, code := 0, failedWith
	if state == data.SM_STATE_DELIVERED {
		delivered, code = 1, 0
	}
	const minute = "0601021504"
	at := t.At.UTC().Format(minute)
	text := []rune(t.Text)
	return fmt.Sprintf("id:%s sub:001 dlvrd:%03d submit date:%s done date:%s stat:%s err:%03d text:%s",
		t.receiptedID, delivered, at, at, words[state], code, string(text[:min(len(text), 20)]))
}

// spelt writes a receipt in UCS-2, or as most SMSCs do: with marks in place of what is no ASCII.
func spelt(text string, wide bool) ([]byte, data.Encoding) {
	if wide {
		body, _ := data.UCS2.Encode(text) // always can
		return body, data.UCS2
	}
	return []byte(strings.Map(func(r rune) rune {
		if r > '~' {
			return '?'
		}
		return r
	}, text)), data.GSM7BIT
}

// asDataSM is the same receipt in the other unit that can carry it.
func asDataSM(u *pdu.DeliverSM) *pdu.DataSM {
	d, _ := pdu.NewDataSM().(*pdu.DataSM) // it is one
	d.SetSequenceNumber(u.GetSequenceNumber())
	d.SourceAddr, d.DestAddr, d.EsmClass, d.OptionalParameters = u.SourceAddr, u.DestAddr, u.EsmClass, u.OptionalParameters
	return d
}

package smpp

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// Endings of recipients; see the package comment.
const (
	tailDropped       = 201
	tailTakenDropped  = 202
	tailSilent        = 203
	tailSlow          = 204
	tailNack          = 205
	tailNoID          = 206
	tailPage          = 207
	tailCut           = 208
	tailLateThrottled = 209
	tailTagged        = 301
	tailText          = 302
	tailEarly         = 303
	tailHex           = 304
	tailTwice         = 305
	tailIntermediate  = 306
	tailDataSM        = 307
	tailNoReceipt     = 308
	tailUCS2          = 309
	tailGuest         = 310
	tailSecondRefused = 401
	tailSecondOnce    = 402
	tailSecondSilent  = 403
)

// submit does with a message what its recipient's ending says.
func (s *session) submit(u *pdu.SubmitSM) bool {
	t := read(u)
	t.SystemID, t.At = s.system, s.smsc.now()
	if status := s.refusal(t); status != data.ESME_ROK {
		s.smsc.log("submit_sm: refused with %#x", uint32(status))
		return s.bare(data.SUBMIT_SM_RESP, status, u.GetSequenceNumber())
	}
	switch t.tail {
	case tailDropped:
		return false
	case tailNack:
		return s.nack(u, data.ESME_RINVCMDLEN)
	case tailPage:
		return s.raw([]byte(page))
	}
	s.take(&t)
	s.smsc.options.Took(t.Dest.Addr, t.Source.Addr, t.shown())
	s.smsc.log("submit_sm: taken as %s, part %d of %d", t.ID, t.Part, t.Parts)
	answer, _ := u.GetResponse().(*pdu.SubmitSMResp) // it is one
	answer.MessageID = t.ID
	return s.answer(answer, t)
}

// refusal is the status with which a message is refused, 0 if it is taken.
func (s *session) refusal(t Taken) data.CommandStatusType {
	switch {
	case s.system == "":
		return data.ESME_RINVBNDSTS
	case s.password == "slow-down" && s.tooMany():
		return data.ESME_RTHROTTLED
	case t.tail/1000 == 1 && t.tail%1000 > 0:
		return data.CommandStatusType(t.tail % 1000)
	case t.tail == tailSecondRefused && t.Part == 2:
		return data.ESME_RSUBMITFAIL
	case t.tail == tailSecondOnce && t.Part == 2 && s.smsc.first(t.Dest.Addr):
		return data.ESME_RTHROTTLED
	}
	return data.ESME_ROK
}

// tooMany counts the messages of a second.
func (s *session) tooMany() bool {
	now := s.smsc.now()
	if now.Sub(s.second) >= time.Second {
		s.second, s.submitted = now, 0
	}
	s.submitted++
	return s.submitted > limit
}

// answer sends the response to a message that was taken, and its receipt before or after it.
func (s *session) answer(answer *pdu.SubmitSMResp, t Taken) bool {
	switch t.tail {
	case tailTakenDropped:
		return false
	case tailEarly:
		s.receipt(t)
		return s.write(answer)
	case tailSlow:
		s.after(func() {
			s.write(answer)
			s.receipt(t)
		})
		return true
	case tailLateThrottled:
		s.after(func() { s.bare(data.SUBMIT_SM_RESP, data.ESME_RTHROTTLED, answer.GetSequenceNumber()) })
		return true
	case tailNoID:
		answer.MessageID = ""
	case tailCut:
		buffer := pdu.NewBuffer(nil)
		answer.Marshal(buffer)
		return s.raw(buffer.Bytes()[:buffer.Len()-2]) && false
	}
	unanswered := t.tail == tailSilent || t.tail == tailSecondSilent && t.Part == 2
	if !unanswered && !s.write(answer) {
		return false
	}
	s.receipt(t)
	return true
}

// take keeps a message and gives it its ids.
func (s *session) take(t *Taken) {
	s.smsc.mu.Lock()
	defer s.smsc.mu.Unlock()
	s.smsc.next++
	t.ID = strconv.FormatUint(uint64(s.smsc.next), 10)
	t.receiptedID = t.ID
	if t.tail == tailHex {
		t.ID = strconv.FormatUint(uint64(s.smsc.next), 16)
		t.receiptedID = "000" + t.receiptedID
	}
	s.smsc.taken = append(s.smsc.taken, *t)
}

// shown is the text, and which part of a longer one it is.
func (t *Taken) shown() string {
	if t.Parts <= 1 {
		return t.Text
	}
	return fmt.Sprintf("%s [%d/%d]", t.Text, t.Part, t.Parts)
}

// state is the message_state in which the message ends.
func (t *Taken) state() byte {
	if t.tail/1000 == 2 && t.tail%1000 < 10 {
		return byte(t.tail % 1000)
	}
	return data.SM_STATE_DELIVERED
}

// read takes apart what was submitted.
func read(u *pdu.SubmitSM) Taken {
	t := Taken{
		Source: Address{u.SourceAddr.Ton(), u.SourceAddr.Npi(), u.SourceAddr.Address()},
		Dest:   Address{u.DestAddr.Ton(), u.DestAddr.Npi(), u.DestAddr.Address()},
		ESM:    u.EsmClass, Registered: u.RegisteredDelivery, Validity: u.ValidityPeriod, Part: 1, Parts: 1,
		tail: tail(u.DestAddr.Address()),
	}
	body, _ := u.Message.GetMessageData() // never fails
	coding := u.Message.Encoding()
	if coding == nil {
		coding = data.GSM7BIT
	}
	t.Coding = coding.DataCoding()
	if payload, ok := u.OptionalParameters[pdu.TagMessagePayload]; ok {
		body, t.Payload = payload.Data, true
	}
	t.Text, _ = coding.Decode(body)
	if total, part, reference, ok := u.Message.UDH().GetConcatInfo(); ok {
		t.Reference, t.Parts, t.Part = int(reference), int(total), int(part)
	}
	reference, sar := u.OptionalParameters[pdu.TagSarMsgRefNum]
	total := u.OptionalParameters[pdu.TagSarTotalSegments]
	part := u.OptionalParameters[pdu.TagSarSegmentSeqnum]
	if sar && len(reference.Data) == 2 && len(total.Data) == 1 && len(part.Data) == 1 {
		t.Reference, t.Parts, t.Part = int(binary.BigEndian.Uint16(reference.Data)), int(total.Data[0]), int(part.Data[0])
	}
	return t
}

// tail is the last five digits of a number; -1 if there are not as many.
func tail(number string) int {
	if len(number) < 5 {
		return -1
	}
	n, err := strconv.Atoi(number[len(number)-5:])
	if err != nil {
		return -1
	}
	return n
}

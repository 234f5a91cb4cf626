package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"github.com/orderbell/orderbell/sdk"
)

// Limits of what is submitted.
const (
	maxParts   = 255        // a part's number is one octet
	maxPayload = 32<<10 - 1 // octets of message_payload; the library reads lengths with a sign
	maxSource  = 20         // octets of an address
	maxName    = 11         // octets of a name
)

// What TON and NPI mean where they are automatic.
const (
	tonUnknown, tonInternational, tonAlphanumeric = 0, 1, 5
	npiUnknown, npiE164                           = 0, 1
)

// submission is a message as units, with the text that each of them carries.
type submission struct {
	units    []*pdu.SubmitSM
	texts    []string
	segments int // as the phone counts them; message_payload is one unit of several
}

// compose writes a message as submit_sm units.
func (a *account) compose(m sdk.Message) (submission, error) {
	alphabet := alphabetFor(m.Text, a.Charset)
	parts := alphabet.split(m.Text)
	if len(parts) > maxParts {
		return submission{}, sdk.Fail(sdk.Unsupported, "the text has %d parts, more than %d", len(parts), maxParts)
	}
	s := submission{texts: parts, segments: len(parts)}
	if a.LongMessage == "payload" && len(parts) > 1 {
		s.texts = []string{m.Text}
	}
	reference := rand.Uint32()
	for i, text := range s.texts {
		unit, err := a.unit(m)
		if err != nil {
			return submission{}, err
		}
		body, err := alphabet.coding.Encode(text)
		if err != nil {
			return submission{}, sdk.Fail(sdk.Unsupported, "the text cannot be written in the alphabet of the settings")
		}
		if err := a.fill(unit, body, alphabet.coding, place{reference, len(parts), i + 1}); err != nil {
			return submission{}, err
		}
		s.units = append(s.units, unit)
	}
	return s, nil
}

// place is which part of which text a unit is.
type place struct {
	reference   uint32
	total, part int
}

// fill puts a part of the text into its unit, in the way of the setting. The ways are never mixed.
func (a *account) fill(unit *pdu.SubmitSM, body []byte, coding data.Encoding, p place) error {
	if p.total > 1 && a.LongMessage == "payload" {
		if len(body) > maxPayload {
			return sdk.Fail(sdk.Unsupported, "the text has %d octets, more than %d", len(body), maxPayload)
		}
		unit.RegisterOptionalParam(pdu.Field{Tag: pdu.TagMessagePayload, Data: body})
		body = nil
	}
	if err := unit.Message.SetMessageDataWithEncoding(body, coding); err != nil {
		return sdk.Fail(sdk.Internal, "a part of %d octets: %v", len(body), err)
	}
	switch {
	case p.total == 1 || a.LongMessage == "payload":
	case a.LongMessage == "sar":
		unit.RegisterOptionalParam(pdu.Field{Tag: pdu.TagSarMsgRefNum, Data: []byte{byte(p.reference >> 8), byte(p.reference)}})
		unit.RegisterOptionalParam(pdu.Field{Tag: pdu.TagSarTotalSegments, Data: []byte{byte(p.total)}})
		unit.RegisterOptionalParam(pdu.Field{Tag: pdu.TagSarSegmentSeqnum, Data: []byte{byte(p.part)}})
	default:
		unit.EsmClass |= data.SM_UDH_GSM
		unit.Message.SetUDH(pdu.UDH{pdu.NewIEConcatMessage(byte(p.total), byte(p.part), byte(p.reference))})
	}
	return nil
}

// unit is what all parts of a message have in common.
func (a *account) unit(m sdk.Message) (*pdu.SubmitSM, error) {
	unit, _ := pdu.NewSubmitSM().(*pdu.SubmitSM) // it is one
	source, err := a.source(m.Sender)
	if err != nil {
		return nil, err
	}
	unit.SourceAddr = source
	unit.DestAddr = pdu.NewAddressWithTonNpi(byte(a.DestTON), byte(a.DestNPI))
	if err := unit.DestAddr.SetAddress(digits(m.To)); err != nil || digits(m.To) == "" {
		return nil, sdk.Fail(sdk.BadRecipient, "the number is not of the form that SMPP takes")
	}
	registered, _ := strconv.Atoi(a.Registered) // one of the choices
	unit.RegisteredDelivery = byte(registered)
	unit.ValidityPeriod = a.validity(m.NotAfter, a.Now())
	return unit, nil
}

// source is the sender of a message: its own, or the account's.
func (a *account) source(own string) (pdu.Address, error) {
	name := own
	if name == "" {
		name = a.Source
	}
	number := strings.TrimPrefix(name, "+")
	numeric := number != "" && digits(number) == number
	if len(name) > maxSource || !numeric && len(name) > maxName || strings.IndexFunc(name, func(r rune) bool { return r < ' ' || r > '~' }) >= 0 {
		return pdu.Address{}, sdk.Fail(sdk.BadSender, "a sender is a number, or a name of up to %d Latin letters and digits", maxName)
	}
	ton, npi := tonAlphanumeric, npiUnknown
	switch {
	case name == "":
		ton = tonUnknown
	case numeric && len(number) < 7: // a short code
		name, ton = number, tonUnknown
	case numeric:
		name, ton, npi = number, tonInternational, npiE164
	}
	address := pdu.NewAddressWithTonNpi(chosen(a.SourceTON, ton), chosen(a.SourceNPI, npi))
	if err := address.SetAddress(name); err != nil {
		return pdu.Address{}, sdk.Fail(sdk.BadSender, "the sender is too long")
	}
	return address, nil
}

// chosen is the setting, or what is right without one.
func chosen(setting string, automatic int) byte {
	n, err := strconv.Atoi(setting)
	if err != nil {
		n = automatic
	}
	return byte(n)
}

// maxValidity is the longest period that is said; nobody waits longer for a dish.
const maxValidity = 7 * 24 * time.Hour

// validity writes until when the SMSC may try, rounded down to seconds, as section 7.1.1 has it; ""
// for no limit.
func (a *account) validity(notAfter, now time.Time) string {
	if notAfter.IsZero() || a.Validity == "none" {
		return ""
	}
	left := min(max(notAfter.Sub(now).Truncate(time.Second), time.Second), maxValidity)
	if a.Validity == "absolute" {
		return now.Add(left).UTC().Format("060102150405") + "000+"
	}
	seconds := int(left / time.Second)
	return fmt.Sprintf("0000%02d%02d%02d%02d000R", seconds/86400, seconds/3600%24, seconds/60%60, seconds%60)
}

// digits returns the decimal digits of a text.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

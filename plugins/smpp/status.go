package main

import (
	"fmt"

	"github.com/orderbell/orderbell/sdk"
)

// Values of command_status that are looked at by name.
const (
	statusNotBound          status = 0x04
	statusAlreadyBound      status = 0x05
	statusInvalidPassword   status = 0x0E
	statusInvalidSystemID   status = 0x0F
	statusInvalidSystemType status = 0x53
)

// meaning is what a command_status says of a message.
type meaning struct {
	reason sdk.Reason
	name   string // without the prefix ESME_
	words  string
}

// statuses are the values of section 5.1.3 of version 3.4, and those that version 5.0 adds, because
// operators mix them. A status other than 0 is a definite refusal: the message was not taken. That
// makes trouble at the SMSC Unavailable and not UnknownOutcome; only "unknown error" says so little
// that the message is not repeated.
//
// What points at a setting (TON, NPI, long_message, validity) is Unsupported and neither the number's
// nor the text's fault, or one wrong setting would put every guest on a list.
var statuses = map[status]meaning{
	0x01: {sdk.RejectedText, "RINVMSGLEN", "the text's length is wrong"},
	0x02: {sdk.Unsupported, "RINVCMDLEN", "the unit's length is wrong"},
	0x03: {sdk.Unsupported, "RINVCMDID", "the SMSC does not know this kind of unit"},
	0x04: {sdk.Unavailable, "RINVBNDSTS", "the session is not bound for sending"},
	0x05: {sdk.Unavailable, "RALYBND", "the login is bound already"},
	0x06: {sdk.Unsupported, "RINVPRTFLG", "the priority is wrong"},
	0x07: {sdk.Unsupported, "RINVREGDLVFLG", "the setting registered_delivery is refused"},
	0x08: {sdk.Unavailable, "RSYSERR", "an error within the SMSC"},
	0x0A: {sdk.BadSender, "RINVSRCADR", "the sender name is refused"},
	0x0B: {sdk.BadRecipient, "RINVDSTADR", "the number is refused"},
	0x0C: {sdk.Unsupported, "RINVMSGID", "the SMSC does not know the message's id"},
	0x0D: {sdk.Unauthorized, "RBINDFAIL", "the bind failed"},
	0x0E: {sdk.Unauthorized, "RINVPASWD", "the password is wrong"},
	0x0F: {sdk.Unauthorized, "RINVSYSID", "the system_id is wrong"},
	0x11: {sdk.Unsupported, "RCANCELFAIL", "cancelling failed"},
	0x13: {sdk.Unsupported, "RREPLACEFAIL", "replacing failed"},
	0x14: {sdk.RateLimited, "RMSGQFUL", "the SMSC's queue is full"},
	0x15: {sdk.Unsupported, "RINVSERTYP", "the service type is wrong"},
	0x33: {sdk.Unsupported, "RINVNUMDESTS", "the number of recipients is wrong"},
	0x34: {sdk.Unsupported, "RINVDLNAME", "the distribution list's name is wrong"},
	0x40: {sdk.Unsupported, "RINVDESTFLAG", "the destination flag is wrong"},
	0x42: {sdk.Unsupported, "RINVSUBREP", "submitting with replacement is refused"},
	0x43: {sdk.Unsupported, "RINVESMCLASS", "esm_class is refused; try another setting for long texts"},
	0x44: {sdk.Unsupported, "RCNTSUBDL", "sending to a distribution list is refused"},
	0x45: {sdk.Unavailable, "RSUBMITFAIL", "submitting failed"},
	0x48: {sdk.BadSender, "RINVSRCTON", "the sender's TON is refused"},
	0x49: {sdk.BadSender, "RINVSRCNPI", "the sender's NPI is refused"},
	0x50: {sdk.Unsupported, "RINVDSTTON", "the setting dest_ton is refused"},
	0x51: {sdk.Unsupported, "RINVDSTNPI", "the setting dest_npi is refused"},
	0x53: {sdk.Unauthorized, "RINVSYSTYP", "the system_type is wrong"},
	0x54: {sdk.Unsupported, "RINVREPFLAG", "the replacement flag is wrong"},
	0x55: {sdk.Unsupported, "RINVNUMMSGS", "the number of messages is wrong"},
	0x58: {sdk.RateLimited, "RTHROTTLED", "too many messages a second"},
	0x59: {sdk.Unauthorized, "RPROVNOTALLWD", "the login may not do this"},
	0x61: {sdk.Unsupported, "RINVSCHED", "the time of delivery is wrong"},
	0x62: {sdk.Unsupported, "RINVEXPIRY", "validity_period is refused; try another setting for validity"},
	0x63: {sdk.Unsupported, "RINVDFTMSGID", "the predefined message is not there"},
	0x64: {sdk.Unavailable, "RX_T_APPN", "a passing error at the receiver"},
	0x65: {sdk.RejectedText, "RX_P_APPN", "a lasting error at the receiver"},
	0x66: {sdk.RejectedText, "RX_R_APPN", "the receiver rejects the message"},
	0x67: {sdk.Unsupported, "RQUERYFAIL", "asking failed"},
	0xC0: {sdk.Unsupported, "RINVOPTPARSTREAM", "the optional parameters are wrong"},
	0xC1: {sdk.Unsupported, "ROPTPARNOTALLWD", "an optional parameter is refused; try another setting for long texts"},
	0xC2: {sdk.Unsupported, "RINVPARLEN", "a parameter's length is wrong"},
	0xC3: {sdk.Unsupported, "RMISSINGOPTPARAM", "an optional parameter is missing"},
	0xC4: {sdk.Unsupported, "RINVOPTPARAMVAL", "an optional parameter's value is wrong"},
	0xFE: {sdk.Unavailable, "RDELIVERYFAILURE", "delivery failed"},
	0xFF: {sdk.UnknownOutcome, "RUNKNOWNERR", "an error without a name"},

	0x100: {sdk.Unauthorized, "RSERTYPUNAUTH", "the login may not use this service type"},
	0x101: {sdk.Unauthorized, "RPROHIBITED", "the login is forbidden to send"},
	0x102: {sdk.Unavailable, "RSERTYPUNAVAIL", "the service is not available now"},
	0x103: {sdk.Unauthorized, "RSERTYPDENIED", "the service is denied"},
	0x104: {sdk.Unsupported, "RINVDCS", "data_coding is refused; try another setting for the alphabet"},
	0x105: {sdk.Unsupported, "RINVSRCADDRSUBUNIT", "the sender's subunit is wrong"},
	0x106: {sdk.Unsupported, "RINVDSTADDRSUBUNIT", "the recipient's subunit is wrong"},
	0x107: {sdk.Unsupported, "RINVBCASTFREQINT", "about broadcasts"},
	0x108: {sdk.Unsupported, "RINVBCASTALIAS_NAME", "about broadcasts"},
	0x109: {sdk.Unsupported, "RINVBCASTAREAFMT", "about broadcasts"},
	0x10A: {sdk.Unsupported, "RINVNUMBCAST_AREAS", "about broadcasts"},
	0x10B: {sdk.Unsupported, "RINVBCASTCNTTYPE", "about broadcasts"},
	0x10C: {sdk.Unsupported, "RINVBCASTMSGCLASS", "about broadcasts"},
	0x10D: {sdk.Unsupported, "RBCASTFAIL", "about broadcasts"},
	0x10E: {sdk.Unsupported, "RBCASTQUERYFAIL", "about broadcasts"},
	0x10F: {sdk.Unsupported, "RBCASTCANCELFAIL", "about broadcasts"},
	0x110: {sdk.Unsupported, "RINVBCAST_REP", "about broadcasts"},
	0x111: {sdk.Unsupported, "RINVBCASTSRVGRP", "about broadcasts"},
	0x112: {sdk.Unsupported, "RINVBCASTCHANIND", "about broadcasts"},
}

// table is the statuses with the operator's own codes over them.
type table struct {
	own map[status]sdk.Reason
}

// refusal is the answer to a message as a failure; s is not 0. What nobody knows is Internal: it is
// treated as an unknown outcome, and shows the code that belongs into vendor_codes.
func (t table) refusal(s status) *sdk.Failure {
	code := s.code()
	if reason, known := t.own[s]; known {
		return sdk.Fail(reason, "the operator's own code %s", code).WithCode(code)
	}
	if m, known := statuses[s]; known {
		return sdk.Fail(m.reason, "ESME_%s: %s", m.name, m.words).WithCode(code)
	}
	return sdk.Fail(sdk.Internal, "the operator's own code %s; ask what it means and add it to the settings (vendor_codes)", code).WithCode(code)
}

// bind is the answer to a bind as a failure. No message went with it, so nothing is unknown; what is
// not a passing state of the SMSC is the login's fault.
func (t table) bind(s status) *sdk.Failure {
	f := t.refusal(s)
	switch f.Reason {
	case sdk.Unavailable, sdk.RateLimited, sdk.NoMoney, sdk.Unauthorized:
	default:
		f.Reason = sdk.Unauthorized
	}
	f.Detail = "bind: " + f.Detail
	return f
}

// code is how the status is written: 0x00000058.
func (s status) code() string { return fmt.Sprintf("0x%08X", uint32(s)) }

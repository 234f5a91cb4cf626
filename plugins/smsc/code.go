package main

import (
	"strconv"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// The numbers with which the duplicate filter speaks: of the whole request, and of one number.
const (
	codeDuplicate   = 9
	statusDuplicate = 23
)

// meaning is what one of SMSC's numbers says.
type meaning struct {
	reason sdk.Reason
	words  string
	wait   time.Duration // before it is worth trying again; 0: not known
}

// requestCodes are the values of error_code.
func requestCodes() map[int]meaning {
	return map[int]meaning{
		1: {reason: sdk.RejectedText, words: "a parameter is wrong: the text, the sender name or a setting"},
		2: {reason: sdk.Unauthorized, words: "wrong login, password or key, or this server's address is not allowed"},
		3: {reason: sdk.NoMoney, words: "no money on the account"},
		4: {reason: sdk.RateLimited, words: "this server's address is blocked for a while after too many bad requests", wait: 10 * time.Minute},
		5: {reason: sdk.RejectedText, words: "the format of a date is wrong"},
		6: {reason: sdk.RejectedText, words: "the text or the sender name is forbidden"},
		7: {reason: sdk.BadRecipient, words: "the format of the number is wrong"},
		// Another operator may have a route.
		8:             {reason: sdk.Unsupported, words: "the number cannot be reached from here"},
		codeDuplicate: {reason: sdk.RateLimited, words: "an identical request within a minute, or too many at once", wait: time.Minute},
	}
}

// refusal is a request's error_code as a failure. The operator's own words come along.
func refusal(code int, theirs string, body []byte) *sdk.Failure {
	m, known := requestCodes()[code]
	if !known {
		return misread(body, "an error with a number without a known meaning").WithCode(strconv.Itoa(code))
	}
	return m.failure(strconv.Itoa(code), theirs)
}

func (m meaning) failure(code, theirs string) *sdk.Failure {
	f := sdk.Fail(m.reason, "%s", m.words).WithCode(code)
	if theirs != "" {
		f.Detail += " (" + theirs + ")"
	}
	if m.wait > 0 {
		f = f.WithRetryAfter(m.wait)
	}
	return f
}

// state is what a message's status says.
type state struct {
	status sdk.Status
	reason sdk.Reason // where err does not know better; empty: not known
	refuse bool       // SMSC says it at once, in the answer to the sending
	words  string
}

// states are the values of status. What is not in the table is sdk.StatusUnknown.
func states() map[int]state {
	return map[int]state{
		-3:              {status: sdk.StatusAbsent},   // no such id with this number
		-2:              {status: sdk.StatusAccepted}, // the mailing is paused
		-1:              {status: sdk.StatusAccepted}, // queued
		0:               {status: sdk.StatusAccepted}, // handed to the guest's operator
		1:               {status: sdk.StatusDelivered},
		2:               {status: sdk.StatusDelivered}, // and read
		3:               {status: sdk.StatusExpired, reason: sdk.Expired},
		4:               {status: sdk.StatusDelivered}, // and its link was opened
		20:              {status: sdk.StatusUndelivered},
		22:              {status: sdk.StatusRejected, reason: sdk.BadRecipient, refuse: true, words: "the number is wrong"},
		statusDuplicate: {status: sdk.StatusRejected, reason: sdk.RejectedText, refuse: true, words: "forbidden: a duplicate, a flood, a stop list, spam or the sender name"},
		24:              {status: sdk.StatusRejected, reason: sdk.NoMoney, refuse: true, words: "no money on the account"},
		25:              {status: sdk.StatusUndelivered, reason: sdk.Unsupported, refuse: true, words: "the number is unavailable, or no route to it"},
	}
}

// errNoStatus is said of a message whose status did not come within a day: nobody knows.
const errNoStatus = 245

// causes are the values of err, which come with a message that was not delivered. An empty reason
// is for what passes by itself and must not be held against the number or the account. The numbers
// 2, 3 and 4 are about e-mail, 237, 240 and 242 about calls: they are here to be known.
func causes() map[int]meaning {
	return map[int]meaning{
		0:   {},
		1:   {reason: sdk.BadRecipient, words: "no such subscriber"},
		2:   {words: "about e-mail"},
		3:   {words: "about e-mail"},
		4:   {words: "about e-mail"},
		6:   {words: "the phone is off or out of reach"},
		11:  {reason: sdk.BadRecipient, words: "the subscriber has no SMS service"},
		12:  {words: "the phone does not take it now"},
		13:  {reason: sdk.BadRecipient, words: "the subscriber is blocked"},
		21:  {reason: sdk.BadRecipient, words: "the phone does not support it"},
		200: {words: "a virtual sending"},
		219: {words: "the SIM card was replaced less than a day ago"},
		220: {reason: sdk.Unavailable, words: "the guest's operator has a full queue"},
		237: {words: "about a call"},
		238: {reason: sdk.RejectedText, words: "the text has no approved template"},
		239: {reason: sdk.Unauthorized, words: "this server's address is not allowed"},
		240: {words: "about a call"},
		241: {words: "the text could not be converted, or a part of it is missing"},
		242: {words: "about a call"},
		243: {reason: sdk.Unauthorized, words: "no contract"},
		244: {reason: sdk.RejectedText, words: "such a mailing is forbidden"},

		errNoStatus: {words: "the status did not come within a day"},

		246: {reason: sdk.RejectedText, words: "outside of the allowed hours"},
		247: {reason: sdk.NoMoney, words: "the account's daily limit is used up"},
		248: {reason: sdk.Unsupported, words: "no route"},
		249: {reason: sdk.BadRecipient, words: "the format of the number is wrong"},
		250: {reason: sdk.BlockedRecipient, words: "forbidden by the account's own settings"},
		251: {reason: sdk.RateLimited, words: "the limit for one number is used up", wait: time.Hour},
		252: {reason: sdk.BlockedRecipient, words: "the number is forbidden"},
		253: {reason: sdk.RejectedText, words: "the spam filter"},
		254: {reason: sdk.BadSender, words: "the sender name is not registered"},
		255: {reason: sdk.Unsupported, words: "refused by the guest's operator"},
	}
}

// refusal says why an entry of op=1 refuses its number, nil if it does not: only the statuses that
// SMSC says at once count, all others are for the look-up.
func (r recipient) refusal() *sdk.Failure {
	number, ok := r.Status.number()
	s := states()[number]
	if !ok || !s.refuse {
		return nil
	}
	if cause, isNumber := r.Error.number(); isNumber {
		if m := causes()[cause]; m.reason != "" {
			return m.failure(code(number, cause), "")
		}
	}
	return meaning{reason: s.reason, words: s.words}.failure(code(number, 0), string(r.Error))
}

// receipt translates a status with its err; either may be missing or no number.
func receipt(status, cause loose) sdk.Receipt {
	number, ok := status.number()
	s, known := states()[number]
	if !ok || !known {
		return sdk.Receipt{Status: sdk.StatusUnknown, Code: string(status)}
	}
	err, _ := cause.number()
	r := sdk.Receipt{Status: s.status, Reason: s.reason, Code: code(number, err)}
	if err == errNoStatus {
		r.Status, r.Reason = sdk.StatusUnknown, ""
		return r
	}
	failed := r.Status == sdk.StatusUndelivered || r.Status == sdk.StatusRejected
	if m := causes()[err]; failed && m.reason != "" {
		r.Reason = m.reason
	}
	return r
}

// code writes a status, with the err behind a slash if there is one: the two have numbers in common.
func code(status, err int) string {
	if err == 0 {
		return strconv.Itoa(status)
	}
	return strconv.Itoa(status) + "/" + strconv.Itoa(err)
}

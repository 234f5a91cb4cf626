package main

import (
	"strconv"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// codeOK is sms.ru's "done".
const codeOK = 100

// Codes of the duplicate filter: the same text to the same number within a minute, or a day.
const (
	codeSameMinute = 231
	codeSameDay    = 232
)

// verdict is what a code of sms.ru means to us.
type verdict struct {
	reason sdk.Reason
	words  string
	wait   time.Duration // before it is worth trying again; 0: not known
}

// meaning returns the verdict on a code other than codeOK. A code that is not in the table is judged
// by its hundred, as sms.ru groups them; outside those groups nobody knows.
//
// "No route" codes are sdk.Unsupported and not BadRecipient: another operator may have the route.
func meaning(code int) verdict {
	if v, known := codes()[code]; known {
		return v
	}
	switch {
	case code >= 200 && code < 300:
		return verdict{reason: sdk.RejectedText, words: "the message was refused"}
	case code >= 300 && code < 400:
		return verdict{reason: sdk.Unauthorized, words: "the login was refused"}
	case code >= 500 && code < 600:
		return verdict{reason: sdk.Unavailable, words: "the service failed"}
	}
	return verdict{reason: sdk.Internal, words: "a code without a known meaning"}
}

func codes() map[int]verdict {
	return map[int]verdict{
		200: {reason: sdk.Unauthorized, words: "wrong api_id"},
		201: {reason: sdk.NoMoney, words: "no money on the account"},
		202: {reason: sdk.BadRecipient, words: "wrong number, or no route to it"},
		203: {reason: sdk.RejectedText, words: "the text is empty"},
		204: {reason: sdk.BadSender, words: "the sender name is not registered with the guest's operator"},
		205: {reason: sdk.Unsupported, words: "longer than 8 segments"},
		206: {reason: sdk.RateLimited, words: "the account's daily limit is used up", wait: time.Hour},
		207: {reason: sdk.Unsupported, words: "no route to the number"},
		208: {reason: sdk.Internal, words: "the time parameter is wrong"},
		209: {reason: sdk.BlockedRecipient, words: "the number is on the account's stop list"},
		210: {reason: sdk.Internal, words: "GET where POST is needed"},
		211: {reason: sdk.Internal, words: "unknown method; check base_url"},
		212: {reason: sdk.Internal, words: "the text is not UTF-8"},
		213: {reason: sdk.Internal, words: "too many numbers in one request"},
		214: {reason: sdk.Unsupported, words: "foreign numbers are switched off in the cabinet"},
		215: {reason: sdk.BlockedRecipient, words: "the number is on sms.ru's stop list after a complaint"},
		216: {reason: sdk.RejectedText, words: "a forbidden word in the text"},
		217: {reason: sdk.RejectedText, words: "a required phrase is missing in the text"},
		220: {reason: sdk.Unavailable, words: "the service is temporarily unavailable"},
		221: {reason: sdk.BadSender, words: "a sender name must be registered first"},

		230:            {reason: sdk.RateLimited, words: "the daily limit for this number is used up", wait: time.Hour},
		codeSameMinute: {reason: sdk.RateLimited, words: "the same text to this number within a minute", wait: time.Minute},
		codeSameDay:    {reason: sdk.RateLimited, words: "the same text to this number too often in a day", wait: time.Hour},
		233:            {reason: sdk.RateLimited, words: "codes to this number too often", wait: time.Minute},

		300: {reason: sdk.Unauthorized, words: "the token has expired or the address has changed"},
		301: {reason: sdk.Unauthorized, words: "wrong api_id or password"},
		302: {reason: sdk.Unauthorized, words: "the account is not confirmed"},
		303: {reason: sdk.Unauthorized, words: "wrong confirmation code"},
		304: {reason: sdk.Unauthorized, words: "too many confirmation codes were asked for"},
		305: {reason: sdk.Unauthorized, words: "too many wrong confirmation codes"},

		// Of calls that this provider does not make: by telephone, and for the list of callback addresses.
		400: {reason: sdk.Internal, words: "about a call by telephone: it is waited for"},
		401: {reason: sdk.Internal, words: "about a call by telephone: it came"},
		402: {reason: sdk.Internal, words: "about a call by telephone: its time is over"},
		901: {reason: sdk.Internal, words: "about a callback address: it is wrong"},
		902: {reason: sdk.Internal, words: "about a callback address: there is no such one"},

		500: {reason: sdk.Unavailable, words: "the service failed and asks to repeat"},
		501: {reason: sdk.Unsupported, words: "anti-fraud: the end user's country does not fit"},
		502: {reason: sdk.Unsupported, words: "anti-fraud: the end user's country does not fit"},
		503: {reason: sdk.RateLimited, words: "anti-fraud: too much to this country", wait: time.Hour},
		504: {reason: sdk.RateLimited, words: "anti-fraud: too many foreign numbers", wait: time.Hour},
		505: {reason: sdk.RateLimited, words: "anti-fraud: too much from one address", wait: time.Hour},
		506: {reason: sdk.Unsupported, words: "anti-fraud: the end user's address belongs to a hosting company"},
		507: {reason: sdk.Unsupported, words: "anti-fraud: the end user's address is wrong"},
		508: {reason: sdk.RateLimited, words: "too many calls", wait: time.Minute},
		550: {reason: sdk.Unsupported, words: "the country is blocked"},
	}
}

// failure is the verdict as a failure. The operator's own words come along where there are any.
func failure(code int, theirs string) *sdk.Failure {
	v := meaning(code)
	f := sdk.Fail(v.reason, "%s", v.words).WithCode(strconv.Itoa(code))
	if theirs != "" {
		f.Detail += " (" + theirs + ")"
	}
	if v.wait > 0 {
		f = f.WithRetryAfter(v.wait)
	}
	return f
}

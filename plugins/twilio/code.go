package main

import (
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// verdict is what a code of Twilio means to us.
type verdict struct {
	reason sdk.Reason
	words  string
	wait   time.Duration // before it is worth trying again; 0: not known
}

// codeExpired is the end of a message's ValidityPeriod.
const codeExpired = 30036

// meaning says what a message's status and error code are to us (Message resource, status values).
// The reason is empty where there is none, or where the code is not known.
func meaning(status string, code int) (sdk.Status, sdk.Reason) {
	switch status {
	case "accepted", "scheduled", "queued", "sending", "sent":
		return sdk.StatusAccepted, ""
	case "delivered", "read", "partially_delivered":
		return sdk.StatusDelivered, ""
	case "undelivered", "failed", "canceled":
	default:
		return sdk.StatusUnknown, ""
	}
	reason := codes()[code].reason
	switch {
	case code == codeExpired:
		return sdk.StatusExpired, reason
	case status == "undelivered":
		return sdk.StatusUndelivered, reason
	}
	return sdk.StatusRejected, reason
}

// codes are Twilio's errors that a message, or the call that sends it, can meet. They are from general
// knowledge of Twilio's error dictionary and not from a recorded account, so nothing but this table
// depends on them; a code that is missing is judged by the HTTP status.
//
// "No route" codes are sdk.Unsupported and not BadRecipient: another operator may have the route.
func codes() map[int]verdict {
	return map[int]verdict{
		10001: {reason: sdk.Unauthorized, words: "the account is not active"},
		10002: {reason: sdk.Unsupported, words: "a trial account cannot do this"},
		10003: {reason: sdk.RateLimited, words: "too many calls at the same time", wait: time.Second},
		14107: {reason: sdk.RateLimited, words: "the sending rate is exceeded", wait: time.Second},
		20001: {reason: sdk.Internal, words: "an unknown parameter"},
		20002: {reason: sdk.Internal, words: "an invalid parameter"},
		20003: {reason: sdk.Unauthorized, words: "wrong Account SID, token or key"},
		20004: {reason: sdk.Internal, words: "the method is not allowed; check base_url"},
		20005: {reason: sdk.Unauthorized, words: "the account is not active"},
		20006: {reason: sdk.Unauthorized, words: "access is denied"},
		20008: {reason: sdk.Unsupported, words: "test credentials cannot do this"},
		20009: {reason: sdk.Internal, words: "the resource does not allow this"},
		20010: {reason: sdk.Unauthorized, words: "the account is suspended"},
		20403: {reason: sdk.Unauthorized, words: "the account may not do this"},
		20404: {reason: sdk.Unauthorized, words: "no such account or resource; check the Account SID"},
		20422: {reason: sdk.Internal, words: "an invalid parameter"},
		20429: {reason: sdk.RateLimited, words: "too many requests", wait: time.Second},
		20500: {reason: sdk.UnknownOutcome, words: "Twilio failed"},
		20503: {reason: sdk.Unavailable, words: "Twilio is temporarily unavailable"},

		21211: {reason: sdk.BadRecipient, words: "the number is not valid"},
		21212: {reason: sdk.BadSender, words: "From is not valid"},
		21214: {reason: sdk.BadRecipient, words: "the number cannot be reached"},
		21217: {reason: sdk.BadRecipient, words: "the number does not look valid"},
		21219: {reason: sdk.Unsupported, words: "a trial account sends only to verified numbers"},
		21265: {reason: sdk.BadRecipient, words: "a short code cannot be a recipient"},
		21266: {reason: sdk.BadRecipient, words: "To and From are the same"},
		21267: {reason: sdk.BadSender, words: "a trial account cannot use a name as a sender"},
		21268: {reason: sdk.Unsupported, words: "the number is a premium one"},
		21401: {reason: sdk.BadRecipient, words: "the number is not valid"},
		21407: {reason: sdk.BadSender, words: "the sender does not do SMS"},
		21408: {reason: sdk.Unsupported, words: "the country is switched off in the geographic permissions"},
		21421: {reason: sdk.BadRecipient, words: "the number is not valid"},
		21601: {reason: sdk.BadSender, words: "the sender's number does not do SMS"},
		21602: {reason: sdk.RejectedText, words: "the text is missing"},
		21603: {reason: sdk.BadSender, words: "From is missing"},
		21604: {reason: sdk.BadRecipient, words: "To is missing"},
		21605: {reason: sdk.RejectedText, words: "the text is too long"},
		21606: {reason: sdk.BadSender, words: "From is not a number of this account that does SMS"},
		21607: {reason: sdk.BadSender, words: "From does not belong to this account"},
		21608: {reason: sdk.Unsupported, words: "a trial account sends only to verified numbers"},
		21609: {reason: sdk.Internal, words: "StatusCallback is not a valid address"},
		21610: {reason: sdk.BlockedRecipient, words: "the guest has opted out (STOP)"},
		21611: {reason: sdk.RateLimited, words: "the sender's queue is full", wait: time.Minute},
		21612: {reason: sdk.Unsupported, words: "no route between sender and recipient"},
		21614: {reason: sdk.BadRecipient, words: "not a mobile number"},
		21615: {reason: sdk.BadSender, words: "the number belongs to another account"},
		21616: {reason: sdk.BadSender, words: "From matches several numbers"},
		21617: {reason: sdk.RejectedText, words: "the text is over 1600 characters"},
		21618: {reason: sdk.Unsupported, words: "the number needs a registered address"},
		21619: {reason: sdk.RejectedText, words: "there is no text"},
		21620: {reason: sdk.Internal, words: "an invalid media address"},
		21621: {reason: sdk.BadSender, words: "From cannot send media"},
		21622: {reason: sdk.Internal, words: "invalid parameters"},
		21623: {reason: sdk.Internal, words: "too many media files"},
		21624: {reason: sdk.Internal, words: "an invalid ValidityPeriod"},
		21626: {reason: sdk.Internal, words: "an invalid StatusCallback"},
		21627: {reason: sdk.Internal, words: "MaxPrice is not valid"},
		21629: {reason: sdk.Internal, words: "too many recipients"},
		21635: {reason: sdk.BadRecipient, words: "a landline cannot be a recipient"},
		21636: {reason: sdk.BadRecipient, words: "the number is not valid"},
		21637: {reason: sdk.Unsupported, words: "no route to a short code or special number"},
		21654: {reason: sdk.Internal, words: "ContentSid is required"},
		21655: {reason: sdk.Internal, words: "ContentSid is not valid"},
		21656: {reason: sdk.Internal, words: "ContentVariables are not valid"},
		21659: {reason: sdk.BadSender, words: "From is not a Twilio number or short code of its country"},
		21660: {reason: sdk.BadSender, words: "From does not belong to this account"},
		21661: {reason: sdk.BadSender, words: "From does not do SMS"},
		21662: {reason: sdk.BadRecipient, words: "no number is given"},
		21663: {reason: sdk.BadSender, words: "From is not a sender that can be used"},
		21701: {reason: sdk.BadSender, words: "the messaging service does not exist"},
		21703: {reason: sdk.BadSender, words: "the messaging service has no sender"},
		21704: {reason: sdk.BadSender, words: "the messaging service has no sender for this number"},
		21705: {reason: sdk.BadSender, words: "the Messaging Service SID is not valid"},
		21706: {reason: sdk.BadSender, words: "the messaging service's sender is not valid"},
		21709: {reason: sdk.BadSender, words: "the messaging service does not fit"},

		30001: {reason: sdk.RateLimited, words: "the queue is full", wait: time.Minute},
		30002: {reason: sdk.Unauthorized, words: "the account is suspended"},
		30003: {reason: sdk.BadRecipient, words: "the handset cannot be reached: off, or out of reach"},
		30004: {reason: sdk.BlockedRecipient, words: "the message is blocked on the recipient's side"},
		30005: {reason: sdk.BadRecipient, words: "the number is unknown or no longer in service"},
		30006: {reason: sdk.BadRecipient, words: "a landline, or an operator that cannot be reached"},
		30007: {reason: sdk.RejectedText, words: "filtered as unwanted by Twilio or the operator"},
		30008: {reason: sdk.UnknownOutcome, words: "not delivered for an unknown reason"},
		30009: {reason: sdk.UnknownOutcome, words: "a part of the message got lost"},
		30010: {reason: sdk.NoMoney, words: "the price is over MaxPrice"},
		30011: {reason: sdk.Unsupported, words: "media are not supported by the operator"},
		30012: {reason: sdk.Expired, words: "the validity was used up while queued"},
		30017: {reason: sdk.RateLimited, words: "the recipient's operator is congested", wait: time.Minute},
		30018: {reason: sdk.BadSender, words: "the recipient's country wants a registered sender"},
		30019: {reason: sdk.RejectedText, words: "larger than the operator takes"},
		30020: {reason: sdk.Internal, words: "an internal failure of the short code"},
		30021: {reason: sdk.Internal, words: "an internal failure of the sending"},
		30022: {reason: sdk.RateLimited, words: "the US campaign's rate is exceeded", wait: time.Minute},
		30023: {reason: sdk.RateLimited, words: "the US brand's daily limit is used up", wait: time.Hour},
		30024: {reason: sdk.BadSender, words: "the sender is not provisioned by the operator"},
		30026: {reason: sdk.RateLimited, words: "the sender's daily limit at the operator is used up", wait: time.Hour},
		30027: {reason: sdk.RateLimited, words: "the US campaign's daily limit is used up", wait: time.Hour},
		30029: {reason: sdk.BadSender, words: "the code or campaign is not valid"},
		30032: {reason: sdk.BadSender, words: "the toll-free number is not verified"},
		30033: {reason: sdk.BadSender, words: "the US campaign is suspended"},
		30034: {reason: sdk.BadSender, words: "the number is not registered for US messages"},
		30035: {reason: sdk.BadSender, words: "the number's registration does not fit"},
		30036: {reason: sdk.Expired, words: "the validity ran out"},
		30037: {reason: sdk.Unsupported, words: "messaging is disabled for the account or route"},
		30038: {reason: sdk.RejectedText, words: "a one-time code where none is allowed"},
		30039: {reason: sdk.RateLimited, words: "a loop of messages was stopped", wait: time.Hour},
		30040: {reason: sdk.BadSender, words: "the operator has not registered the sender"},
		30041: {reason: sdk.BadSender, words: "the operator does not take such a sender"},
		30044: {reason: sdk.RejectedText, words: "longer than a trial account may send"},
		30410: {reason: sdk.UnknownOutcome, words: "the provider did not answer in time"},
		30450: {reason: sdk.RateLimited, words: "delivery was stopped to prevent fraud", wait: time.Hour},
		30451: {reason: sdk.RateLimited, words: "too many messages to prevent fraud", wait: time.Hour},
		30452: {reason: sdk.RateLimited, words: "stopped to prevent fraud", wait: time.Hour},
		30453: {reason: sdk.RateLimited, words: "stopped to prevent fraud", wait: time.Hour},
		30454: {reason: sdk.RateLimited, words: "the account's spending limit is used up", wait: time.Hour},
		30500: {reason: sdk.UnknownOutcome, words: "the messaging provider failed"},
		30610: {reason: sdk.BadSender, words: "the sender's provisioning failed"},

		63038: {reason: sdk.RateLimited, words: "the account's daily limit is used up", wait: time.Hour},
	}
}

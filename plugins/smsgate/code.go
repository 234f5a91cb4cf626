package main

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// verdict is what a state of the app means to us.
type verdict struct {
	status sdk.Status
	reason sdk.Reason // empty where there is none, or none is said
	code   string     // the app's own word for why
}

// meaning maps the states of a message (documentation, Status Tracking) with the error of its
// recipient. Sent says that the network took the text, not that the guest has it.
func meaning(state, failure string) verdict {
	switch state {
	case "Pending", "Processed", "Sent", "Cancelling":
		return verdict{status: sdk.StatusAccepted}
	case "Delivered":
		return verdict{status: sdk.StatusDelivered}
	case "Cancelled": // by a person or another program; nothing went out
		return verdict{status: sdk.StatusRejected, code: "CANCELLED"}
	case "Failed":
		return failed(failure)
	}
	return verdict{status: sdk.StatusUnknown}
}

// Errors of the app: what Android says of the sending, what the network's centre says of the delivery
// (TP-Status, GSM 03.40, section 9.2.3.15), and the app's own.
var (
	sendResult     = regexp.MustCompile(`\bRESULT_[A-Z_]+`)
	deliveryResult = regexp.MustCompile(`^Delivery result from SC .*: *(\d{1,3})$`)
)

// failed reads the error of a message that ended as Failed.
func failed(failure string) verdict {
	if code := sendResult.FindString(failure); code != "" {
		return verdict{sdk.StatusRejected, sendReason(strings.TrimPrefix(code, "RESULT_")), code}
	}
	if found := deliveryResult.FindStringSubmatch(failure); found != nil {
		return undelivered(found[1])
	}
	v := verdict{status: sdk.StatusRejected, reason: sdk.Unavailable, code: failure}
	switch {
	case strings.HasPrefix(failure, "Delivery result"): // not the network's word, but Android's
		v.status, v.reason = sdk.StatusUndelivered, ""
	case failure == "TTL expired":
		v.status, v.reason = sdk.StatusExpired, sdk.Expired
	case containsAny(failure, "destinationAddress", "phone number"):
		v.reason = sdk.BadRecipient
	case containsAny(failure, "permission", "SIM selection"):
		v.reason = sdk.Unauthorized // of Android, for the app
	case failure == "":
		v.reason = ""
	}
	return v
}

// sendReason maps SmsManager's results, without the RESULT_ in front. What is not listed is trouble
// of the radio, the modem, the SIM or the network: the text did not leave the phone.
func sendReason(result string) sdk.Reason {
	switch strings.TrimPrefix(strings.TrimPrefix(result, "ERROR_"), "RIL_") {
	case "LIMIT_EXCEEDED", "REQUEST_RATE_LIMITED", "UNEXPECTED_EVENT_STOP_SENDING":
		return sdk.RateLimited
	case "NULL_PDU", "ENCODING_ERROR", "ENCODING_ERR", "INVALID_SMS_FORMAT":
		return sdk.RejectedText
	case "SHORT_CODE_NOT_ALLOWED", "SHORT_CODE_NEVER_ALLOWED":
		return sdk.BadRecipient
	case "FDN_CHECK_FAILURE", "REQUEST_NOT_SUPPORTED":
		return sdk.Unsupported
	case "OPERATION_NOT_ALLOWED", "ACCESS_BARRED", "NO_DEFAULT_SMS_APP":
		return sdk.Unauthorized
	}
	return sdk.Unavailable
}

// undelivered maps the network's final word on the delivery. Most of its codes say only that it did
// not work.
func undelivered(number string) verdict {
	v := verdict{status: sdk.StatusUndelivered, code: "TP-STATUS " + number}
	switch code, _ := strconv.Atoi(number); code {
	case 65, 69: // incompatible destination, no interworking
		v.reason = sdk.Unsupported
	case 66, 99: // refused by the receiving side
		v.reason = sdk.BlockedRecipient
	case 67, 73: // not obtainable, does not exist
		v.reason = sdk.BadRecipient
	case 70: // its validity ran out at the centre
		v.status, v.reason = sdk.StatusExpired, sdk.Expired
	}
	return v
}

// refusal maps the words of a 400: nothing was taken, and only the words say why.
func refusal(said string) sdk.Reason {
	said = strings.ToLower(said)
	switch {
	case strings.Contains(said, "expired"):
		return sdk.Expired
	case containsAny(said, "phone"):
		return sdk.BadRecipient
	case containsAny(said, "device", "record not found"):
		return sdk.Unauthorized // the settings name a phone that is not there
	case containsAny(said, "text", "content", "message"):
		return sdk.RejectedText
	}
	return sdk.Unsupported
}

func containsAny(text string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

package main

import (
	"net/http"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// verdict is what a refusal means to us.
type verdict struct {
	phrase string // part of the message, in lower case
	reason sdk.Reason
	words  string
}

// phrases are what MTS Exolve's error messages hold. Codes of its errors are not published, so that
// the message and the HTTP status decide. "Number does not exist" and the Destination are seen by
// several clients; the other fields follow the same validator's way of writing.
func phrases() []verdict {
	return []verdict{
		{"sendrequest.destination", sdk.BadRecipient, "the number was refused"},
		{"sendrequest.number", sdk.BadSender, "the sender was refused"},
		{"sendrequest.text", sdk.RejectedText, "the text was refused"},
		{"sendrequest.template", sdk.RejectedText, "the template was refused"},
		{"number does not exist", sdk.BadRecipient, "the number does not exist"},
		{"destination", sdk.BadRecipient, "the number was refused"},
	}
}

// statuses are the HTTP statuses that mean something only together with an error of MTS Exolve in the
// body; 401, 402, 403, 429 and 5xx are the SDK's.
func statuses() map[int]sdk.Reason {
	return map[int]sdk.Reason{
		http.StatusBadRequest: sdk.RejectedText,
		http.StatusNotFound:   sdk.RejectedText,
	}
}

// words are values of delivery_status that need no table of the vendor's. Its real values are numbers
// in some clients and could not be had; see the setting delivery_statuses.
func words() map[string]sdk.Status {
	return map[string]sdk.Status{
		"created": sdk.StatusAccepted, "accepted": sdk.StatusAccepted, "queued": sdk.StatusAccepted, "pending": sdk.StatusAccepted,
		"enroute": sdk.StatusAccepted, "sent": sdk.StatusAccepted, "delivered": sdk.StatusDelivered, "read": sdk.StatusDelivered,
		"undelivered": sdk.StatusUndelivered, "not_delivered": sdk.StatusUndelivered, "undeliverable": sdk.StatusUndelivered, "failed": sdk.StatusUndelivered,
		"rejected": sdk.StatusRejected, "expired": sdk.StatusExpired,
	}
}

// judge finds out why a call was refused; nil if the message does not say it in words that we know.
func (e trouble) judge() *sdk.Failure {
	message := strings.ToLower(e.Message)
	for _, v := range phrases() {
		if strings.Contains(message, v.phrase) {
			return e.failure(v.reason, v.words)
		}
	}
	return nil
}

func (e trouble) failure(reason sdk.Reason, words string) *sdk.Failure {
	f := sdk.Fail(reason, "%s", words).WithCode(e.Code)
	if e.Message != "" {
		f.Detail += " (" + e.Message + ")"
	}
	return f
}

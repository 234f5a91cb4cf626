package aggregator

import (
	"fmt"
	"net/http"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
)

// prostorSend is /messages/v2/send/, which answers in plain text: "accepted;ID" or the reason.
func (h *house) prostorSend(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	phone, text := r.PostFormValue("phone"), r.PostFormValue("text")
	switch code := ending(phone); {
	case !prostorKnows(r):
		say(w, "error authorization")
	case text == "":
		say(w, "text is empty")
	case disturbed(w, phone):
	case code == "0402" || r.PostFormValue("password") == "no-money" || h.opts.Broke():
		say(w, "not enough credits")
	case code == "0202" || !digits(phone):
		say(w, "invalid mobile phone")
	case code == "0209":
		say(w, "phone is in stop list")
	case code == "0221":
		say(w, "sender address invalid")
	case code == "0207":
		say(w, "rejected") // a text answer cannot name a number
	default:
		h.opts.Took(phone, r.PostFormValue("sender"), text)
		say(w, fmt.Sprintf("accepted;A%d", h.next()))
	}
}

func (h *house) prostorBalance(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	switch {
	case !prostorKnows(r):
		say(w, "error authorization")
	case r.PostFormValue("password") == "no-money":
		say(w, "RUB;0.00;0.0")
	default:
		say(w, "RUB;"+operators.Decimal(h.opts.Funds(54015))+";0.0")
	}
}

func prostorKnows(r *http.Request) bool {
	password := r.PostFormValue("password")
	return r.PostFormValue("login") != "" && password != "" && password != "wrong"
}

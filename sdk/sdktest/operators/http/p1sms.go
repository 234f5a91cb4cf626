package aggregator

import (
	"net/http"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
)

// p1Create is POST /apiSms/create. A batch whose every message was refused is a success as a whole.
func (h *house) p1Create(w http.ResponseWriter, r *http.Request) {
	var in struct {
		APIKey string `json:"apiKey"`
		SMS    []struct{ Channel, Phone, Text, Sender string }
	}
	if !read(w, r, &in) {
		return
	}
	if in.APIKey == "" || in.APIKey == "wrong" {
		sayJSON(w, http.StatusUnauthorized, `{"status":"error","data":{"message":"Unauthorized"}}`)
		return
	}
	if len(in.SMS) != 1 || !digits(in.SMS[0].Phone) || in.SMS[0].Text == "" {
		sayJSON(w, http.StatusBadRequest, `{"status":"error","data":{"message":"Validation error"}}`)
		return
	}
	sms := in.SMS[0]
	if disturbed(w, sms.Phone) {
		return
	}
	state, words := "sent", ""
	switch code := ending(sms.Phone); {
	case code == "0402" || in.APIKey == "no-money" || h.opts.Broke():
		state = "low_balance"
	case code == "0202":
		state, words = "error", "Invalid phone"
	case code == "0209":
		state, words = "rejected", "Phone is in the stop list"
	case code == "0221" || sms.Channel == "char" && sms.Sender == "":
		state, words = "error", "Sender is not allowed"
	case code == "0207":
		sms.Phone = "79991234567"
	default:
		h.opts.Took(sms.Phone, sms.Sender, sms.Text)
	}
	sayJSON(w, http.StatusOK, `{"status":"success","data":[{"id":%d,"phone":%q,"status":%q,"errorDescription":%q}]}`, h.next(), sms.Phone, state, words)
}

func (h *house) p1Balance(w http.ResponseWriter, r *http.Request) {
	var in struct {
		APIKey string `json:"apiKey"`
	}
	switch {
	case !read(w, r, &in):
	case in.APIKey == "" || in.APIKey == "wrong":
		sayJSON(w, http.StatusUnauthorized, `{"status":"error","data":{"message":"Unauthorized"}}`)
	case in.APIKey == "no-money":
		sayJSON(w, http.StatusOK, `{"status":"success","data":{"balance":0}}`)
	default:
		sayJSON(w, http.StatusOK, `{"status":"success","data":{"balance":%q}}`, operators.Decimal(h.opts.Funds(120450)))
	}
}

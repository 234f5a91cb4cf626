package aggregator

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
)

// eskizLogin is POST /api/auth/login. The token is what all other calls need.
func (h *house) eskizLogin(w http.ResponseWriter, r *http.Request) {
	password := r.PostFormValue("password")
	if r.Method != http.MethodPost || r.PostFormValue("email") == "" || password == "" || password == "wrong" {
		sayJSON(w, http.StatusUnauthorized, `{"message":"Invalid credentials","status":"error"}`)
		return
	}
	token := fmt.Sprintf("eskiz-token-%d-%s", h.next(), password)
	h.mu.Lock()
	h.tokens[token] = password == "expires"
	h.mu.Unlock()
	sayJSON(w, http.StatusOK, `{"message":"token_generated","data":{"token":%q},"token_type":"bearer"}`, token)
}

// eskizKnows checks the token and answers by itself when it does not hold.
func (h *house) eskizKnows(w http.ResponseWriter, r *http.Request) (token string, known bool) {
	token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	h.mu.Lock()
	once, known := h.tokens[token]
	if once {
		delete(h.tokens, token)
	}
	h.mu.Unlock()
	if !known {
		sayJSON(w, http.StatusUnauthorized, `{"message":"Expired","status":"error"}`)
	}
	return token, known
}

func (h *house) eskizSend(w http.ResponseWriter, r *http.Request) {
	token, known := h.eskizKnows(w, r)
	if !known {
		return
	}
	phone := r.PostFormValue("mobile_phone")
	switch code := ending(phone); {
	case disturbed(w, phone):
	case code == "0402" || strings.HasSuffix(token, "-no-money") || h.opts.Broke():
		sayJSON(w, http.StatusBadRequest, `{"status":"error","message":"Not enough balance"}`)
	case code == "0202" || !digits(phone):
		sayJSON(w, http.StatusUnprocessableEntity, `{"status":"error","message":{"mobile_phone":["The mobile phone format is invalid."]}}`)
	case code == "0209":
		sayJSON(w, http.StatusBadRequest, `{"status":"error","message":"Phone number in blacklist"}`)
	case code == "0221":
		sayJSON(w, http.StatusBadRequest, `{"status":"error","message":"Nick not found"}`)
	case code == "0207":
		sayJSON(w, http.StatusOK, `{"status":"unknown"}`)
	default:
		h.opts.Took(phone, r.PostFormValue("from"), r.PostFormValue("message"))
		sayJSON(w, http.StatusOK, `{"id":"3f2b7c1a-0000-4000-8000-%012d","message":"Waiting for SMS provider","status":"waiting"}`, h.next())
	}
}

func (h *house) eskizBalance(w http.ResponseWriter, r *http.Request) {
	token, known := h.eskizKnows(w, r)
	switch {
	case !known:
	case strings.HasSuffix(token, "-no-money"):
		sayJSON(w, http.StatusOK, `{"message":"ok","data":{"balance":0}}`)
	default:
		sayJSON(w, http.StatusOK, `{"message":"ok","data":{"balance":%s}}`, operators.Decimal(h.opts.Funds(4885000)))
	}
}

package twilio

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Twilio's signature is HMAC-SHA1
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// tell posts the status callbacks of a message, one after the other.
func (s *switchboard) tell(m *message) {
	to := m.callback
	if to == "" {
		to = s.report
	}
	if to == "" {
		return
	}
	states := []string{"sent", "delivered"}
	if m.code != "" {
		states[1] = "undelivered"
	}
	switch ending(m.to) {
	case 301:
		slices.Reverse(states)
	case 302:
		states = []string{states[0], states[0], states[1], states[1]}
	}
	for _, state := range states {
		s.post(m, to, state)
	}
}

func (s *switchboard) post(m *message, to, state string) {
	form := url.Values{
		"MessageSid": {m.sid}, "SmsSid": {m.sid}, "AccountSid": {m.account}, "MessageStatus": {state}, "SmsStatus": {state},
		"To": {m.to}, "From": {m.from}, "ApiVersion": {"2010-04-01"},
	}
	if m.service != "" {
		form.Set("MessagingServiceSid", m.service)
	}
	if state == "undelivered" {
		form.Set("ErrorCode", m.code)
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		s.log("callback: the address is not one")
		return
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	switch m.token {
	case "unsigned":
	case "forged":
		request.Header.Set("X-Twilio-Signature", Sign("another token", to, form))
	default:
		request.Header.Set("X-Twilio-Signature", Sign(m.token, to, form))
	}
	response, err := s.client.Do(request)
	if err != nil {
		s.log("callback: nobody answers")
		return
	}
	_ = response.Body.Close() // nothing is read from it
	s.log("callback %s: %d", state, response.StatusCode)
}

// Sign returns X-Twilio-Signature: HMAC-SHA1 with the token over the address and, in order of their
// names, each field's name and value.
func Sign(token, address string, form url.Values) string {
	var names []string
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	text := address
	for _, name := range names {
		text += name + form.Get(name)
	}
	mac := hmac.New(sha1.New, []byte(token))
	_, _ = mac.Write([]byte(text)) // a hash takes everything
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

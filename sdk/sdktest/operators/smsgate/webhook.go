package smsgate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pause lies between two webhooks. It is by the real clock, so that a person sees them come.
const pause = 100 * time.Millisecond

// webhook is a registration for one event.
type webhook struct {
	ID       string `json:"id"`
	DeviceID string `json:"deviceId,omitempty"`
	URL      string `json:"url"`
	Event    string `json:"event"`
}

func (s *Simulator) listWebhooks(c call) {
	s.mu.Lock()
	list := append([]webhook{}, s.webhooks...)
	s.mu.Unlock()
	c.answer(http.StatusOK, list)
}

// addWebhook replaces the one with the same id.
func (s *Simulator) addWebhook(c call) {
	var w webhook
	if !c.body(&w) {
		return
	}
	to, err := url.Parse(w.URL)
	switch {
	case err != nil || to.Host == "" || to.Scheme != "https" && to.Hostname() != "127.0.0.1":
		c.fail(http.StatusBadRequest, "url must start with https:// or http://127.0.0.1")
		return
	case !slices.Contains([]string{"sms:received", "sms:sent", "sms:delivered", "sms:failed", "sms:cancelled", "system:ping"}, w.Event):
		c.fail(http.StatusBadRequest, "Unsupported event")
		return
	case len(w.ID) > 36:
		c.fail(http.StatusBadRequest, "Key: 'Webhook.ID' Error:Field validation for 'ID' failed on the 'max' tag")
		return
	}
	s.mu.Lock()
	if w.ID == "" {
		w.ID = "made-by-the-phone-" + strconv.Itoa(len(s.webhooks))
	}
	s.webhooks = append(slices.DeleteFunc(s.webhooks, func(old webhook) bool { return old.ID == w.ID }), w)
	s.mu.Unlock()
	c.answer(http.StatusCreated, w)
}

func (s *Simulator) dropWebhook(c call, id string) {
	s.mu.Lock()
	s.webhooks = slices.DeleteFunc(s.webhooks, func(w webhook) bool { return w.ID == id })
	s.mu.Unlock()
	c.w.WriteHeader(http.StatusNoContent)
}

// posting is one call of a webhook.
type posting struct {
	event, failure string
	trick          string
}

// report posts what becomes of a message to the registered webhooks: sms:sent, then its end. Endings of
// the number change that:
//
//	0800  signed with another key           0801  each is posted twice
//	0802  the end comes first               0803  about an unknown message
//	0804  signed, but no JSON               0805  not signed
//	0806  signed an hour ago                0807  everything is posted before the sending is answered
//	0808  sms:delivered once for each of three parts
//	0809  a text of the guest (sms:received) in between
func (s *Simulator) report(m *message) {
	all := m.postings()
	if len(all) == 0 {
		return
	}
	if ending(m.To) == "0807" {
		for _, p := range all {
			s.post(m, p)
		}
		return
	}
	s.posting.Go(func() {
		for _, p := range all {
			select {
			case <-time.After(pause):
				s.post(m, p)
			case <-s.context.Done():
				return
			}
		}
	})
}

func (m *message) postings() []posting {
	end := ending(m.To)
	sent, last := posting{event: "sms:sent", trick: end}, posting{event: "sms:delivered", trick: end}
	switch {
	case end == "0790":
		return nil
	case end == "0791":
		return []posting{sent}
	case end == "0792":
		return []posting{{event: "sms:cancelled"}}
	case strings.HasPrefix(end, "07"):
		last = posting{event: "sms:failed", failure: m.failure()}
		if !strings.HasPrefix(last.failure, "Delivery") {
			return []posting{last}
		}
	}
	switch end {
	case "0801":
		return []posting{sent, sent, last, last}
	case "0802":
		return []posting{last, sent}
	case "0808":
		return []posting{sent, last, last, last}
	case "0809":
		return []posting{sent, {event: "sms:received"}, last}
	}
	return []posting{sent, last}
}

// body writes the event as the app does: with the old and the new name of the recipient's number.
func (s *Simulator) body(m *message, p posting, hook string) []byte {
	if p.trick == "0804" {
		return []byte("<html>")
	}
	now := stamp(s.options.Now())
	payload := map[string]any{"messageId": m.ID, "phoneNumber": m.To, "recipient": m.To, "sender": nil, "simNumber": m.SIM}
	switch p.event {
	case "sms:sent":
		payload["partsCount"], payload["sentAt"] = 1, now
	case "sms:delivered":
		payload["deliveredAt"] = now
	case "sms:failed":
		payload["failedAt"], payload["reason"] = now, p.failure
		if p.failure == "" {
			payload["reason"] = "Unknown"
		}
	case "sms:received":
		payload = map[string]any{"messageId": "abc123", "phoneNumber": m.To, "sender": m.To, "recipient": nil, "message": "Спасибо!", "receivedAt": now, "simNumber": 1}
	}
	if p.trick == "0803" {
		payload["messageId"] = "PyDmBQZZXYmyxMwED8Fzy"
	}
	body, _ := json.Marshal(map[string]any{ // of plain values
		"deviceId": m.Device, "event": p.event, "id": "Ey6ECgOkVVFjz3CL48B8C", "payload": payload, "webhookId": hook,
	})
	return body
}

// post calls every webhook that is registered for the event.
func (s *Simulator) post(m *message, p posting) {
	s.mu.Lock()
	hooks := append([]webhook{}, s.webhooks...)
	s.mu.Unlock()
	for _, hook := range hooks {
		if hook.Event != p.event && p.event != "sms:received" || hook.DeviceID != "" && hook.DeviceID != m.Device {
			continue
		}
		if p.event == "sms:received" && hook.Event != "sms:sent" {
			continue // it is posted where somebody listens, once
		}
		s.deliver(hook, p, s.body(m, p, hook.ID))
	}
}

func (s *Simulator) deliver(hook webhook, p posting, body []byte) {
	request, err := http.NewRequestWithContext(s.context, http.MethodPost, hook.URL, strings.NewReader(string(body)))
	if err != nil {
		s.options.Log("webhook: the address cannot be used")
		return
	}
	request.Header.Set("Content-Type", "application/json")
	key, at := SigningKey, s.options.Now()
	switch p.trick {
	case "0800":
		key = "another key"
	case "0806":
		at = at.Add(-time.Hour)
	}
	if p.trick != "0805" {
		Sign(request.Header, key, body, at)
	}
	response, err := s.client.Do(request)
	if err != nil {
		s.options.Log("webhook: not taken") // the error would show the address
		return
	}
	_ = response.Body.Close() // nothing is read from it
	s.options.Log("webhook %s: answered %d", p.event, response.StatusCode)
}

// Sign sets X-Signature and X-Timestamp as the app does: the hexadecimal HMAC-SHA256 with the key over
// the body followed by the Unix time in seconds.
func Sign(header http.Header, key string, body []byte, at time.Time) {
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(key))
	_, _ = mac.Write(body) // a hash takes everything
	_, _ = mac.Write([]byte(seconds))
	header.Set("X-Timestamp", seconds)
	header.Set("X-Signature", hex.EncodeToString(mac.Sum(nil)))
}

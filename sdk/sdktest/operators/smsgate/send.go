package smsgate

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// request is the body of a sending, as far as it is looked at.
type request struct {
	ID          string
	DeviceID    string
	Message     string // the old name
	TextMessage *struct{ Text string }
	Phones      []string `json:"phoneNumbers"`
	SIM         *int     `json:"simNumber"`
	TTL         *int64
	ValidUntil  *string
	Priority    *int
}

func (r request) text() string {
	if r.TextMessage != nil {
		return r.TextMessage.Text
	}
	return r.Message
}

func (s *Simulator) send(c call) {
	var r request
	if !c.body(&r) {
		return
	}
	if wrong := c.wrong(r); wrong != "" {
		c.fail(http.StatusBadRequest, wrong)
		return
	}
	if c.refused(ending(r.Phones[0])) {
		return
	}
	m, known := s.take(c, r)
	switch {
	case known && strings.Contains(c.secret, "silent"):
		c.say(http.StatusAccepted, m.show("Pending", "", s.options.Now()))
	case known && strings.Contains(c.secret, "clumsy"):
		c.fail(http.StatusInternalServerError, "Message with the same ID already exists")
	case known && c.server:
		c.fail(http.StatusConflict, "duplicate id")
	case known:
		c.fail(http.StatusConflict, "Message with the same ID already exists")
	default:
		s.options.Took(m.To, "", m.Text)
		s.report(m)
		s.reply(c, m)
	}
}

// wrong says what is wrong with a request, in the words of the app.
func (c call) wrong(r request) string {
	switch {
	case r.TextMessage == nil && r.Message == "":
		return "Must specify exactly one of: textMessage, dataMessage, or message"
	case r.text() == "":
		return "Text message is empty"
	case len(r.Phones) != 1: // the gateway's provider never sends more
		return "phoneNumbers is empty"
	case !strings.HasPrefix(r.Phones[0], "+") || len(r.Phones[0]) < 11 || strings.Trim(r.Phones[0][1:], "0123456789") != "":
		return "can't use phone in row 1: invalid phone number"
	case len(r.ID) > 36:
		return "Key: 'Message.ID' Error:Field validation for 'ID' failed on the 'max' tag"
	case r.SIM != nil && *r.SIM < 1:
		return "simNumber must be >= 1"
	case r.TTL != nil && r.ValidUntil != nil:
		return "fields conflict: ttl and validUntil"
	case r.TTL != nil && *r.TTL < 5:
		return "Key: 'Message.TTL' Error:Field validation for 'TTL' failed on the 'min' tag"
	case r.Priority != nil && (*r.Priority < -128 || *r.Priority > 127):
		return "priority must be a valid byte value"
	case len(c.phones()) == 0:
		return "No devices registered"
	case r.DeviceID != "" && !slices.Contains(c.phones(), r.DeviceID):
		return "Invalid device ID"
	}
	return ""
}

// refused answers for the endings that are not taken.
func (c call) refused(end string) bool {
	switch end {
	case "0400":
		c.fail(http.StatusBadRequest, "can't use phone in row 1: invalid phone number")
	case "0401":
		c.fail(http.StatusBadRequest, "can't use phone in row 1: not mobile phone number")
	case "0402":
		c.fail(http.StatusBadRequest, "simNumber must be >= 1")
	case "0403":
		c.fail(http.StatusBadRequest, "Invalid device ID")
	case "0404":
		c.page(http.StatusNotFound)
	case "0429":
		c.w.Header().Set("Retry-After", "30")
		c.fail(http.StatusTooManyRequests, "too many requests")
	case "0500":
		c.fail(http.StatusInternalServerError, "failed to handle request")
	case "0503":
		c.fail(http.StatusServiceUnavailable, "queue limits exceeded: too old pending message")
	case "0522":
		c.page(522)
	default:
		return false
	}
	return true
}

// ending is the last four digits.
func ending(number string) string { return number[max(0, len(number)-4):] }

// take puts the message into the queue of its phone, or finds it there.
func (s *Simulator) take(c call, r request) (m *message, known bool) {
	s.mu.Lock()
	device := r.DeviceID
	if device == "" {
		phones := c.phones()
		device = phones[s.made%len(phones)]
		s.made++
	}
	if r.ID == "" {
		r.ID = fmt.Sprintf("made-by-the-phone-%03d", len(s.messages)+1)
	}
	if m = s.messages[device+" "+r.ID]; m != nil {
		s.mu.Unlock()
		return m, true
	}
	m = &message{ID: r.ID, Device: device, To: r.Phones[0], Text: r.text(), At: s.options.Now()}
	if r.SIM != nil {
		m.SIM = *r.SIM
	}
	s.messages[device+" "+r.ID] = m
	s.mu.Unlock()
	return m, false
}

// Sent counts the texts that phones have sent under the id: more than one is one too many.
func (s *Simulator) Sent(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, m := range s.messages {
		if m.ID == id {
			n++
		}
	}
	return n
}

// show answers with the state of a message.
func (s *Simulator) show(c call, id string) {
	var m *message
	s.mu.Lock()
	for _, device := range c.phones() {
		if found := s.messages[device+" "+id]; found != nil {
			m = found
		}
	}
	s.mu.Unlock()
	switch {
	case m == nil && c.server:
		c.fail(http.StatusNotFound, "message not found")
	case m == nil:
		c.w.WriteHeader(http.StatusNotFound)
	default:
		state, failure := m.state(s.options.Now())
		c.say(http.StatusOK, m.show(state, failure, m.At))
	}
}

// state moves on by the clock.
func (m *message) state(now time.Time) (state, failure string) {
	age, end := now.Sub(m.At), ending(m.To)
	last := "Delivered"
	switch {
	case end == "0790" || age < time.Second:
		return "Pending", ""
	case end == "0791":
		return "Sent", ""
	case end == "0792":
		return "Cancelled", ""
	case strings.HasPrefix(end, "07"):
		last, failure = "Failed", m.failure()
	}
	if age < 2*time.Second {
		return "Sent", ""
	}
	return last, failure
}

func (m *message) failure() string {
	number, _ := strconv.Atoi(ending(m.To)[2:]) // two digits
	return Failures()[min(number, len(Failures())-1)]
}

func (m *message) show(state, failure string, at time.Time) string {
	errorText := "null"
	if failure != "" {
		errorText = strconv.Quote(failure)
	}
	return fmt.Sprintf(`{"id":%q,"deviceId":%q,"state":%q,"isHashed":false,"isEncrypted":false,"recipients":[{"phoneNumber":%q,"state":%q,"error":%s}],"states":{%q:%q}}`,
		m.ID, m.Device, state, m.To, state, errorText, state, stamp(at))
}

// reply tells that the message was taken, in the way that its ending asks for.
func (s *Simulator) reply(c call, m *message) {
	body := m.show("Pending", "", m.At)
	switch ending(m.To) {
	case "0600":
		c.page(http.StatusOK)
	case "0601":
		c.say(http.StatusAccepted, body[:len(body)/2])
	case "0602":
		c.w.WriteHeader(http.StatusAccepted)
	case "0603":
		c.w.WriteHeader(http.StatusNoContent)
	case "0604":
		c.reset("")
	case "0605":
		c.reset("HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n" + body)
	case "0606":
		_, _ = io.Copy(io.Discard, c.r.Body) // only then does the server see that the caller has gone
		select {
		case <-c.r.Context().Done():
		case <-s.context.Done():
		}
		c.reset("")
	case "0607":
		c.say(http.StatusAccepted, strings.Replace(body, m.To, "+79991234567", 1))
	case "0608":
		c.say(http.StatusAccepted, strings.Replace(body, m.ID, "PyDmBQZZXYmyxMwED8Fzy", 1))
	case "0609":
		c.say(http.StatusAccepted, fmt.Sprintf(`{"id":%q,"state":"Pending"}`, m.ID))
	case "0610":
		c.say(http.StatusAccepted, "\ufeff"+body)
	case "0611":
		c.say(http.StatusAccepted, body+strings.Repeat(" ", 2<<20))
	default:
		c.say(http.StatusAccepted, body)
	}
}

// giveToken answers a log-in.
func (s *Simulator) giveToken(c call) {
	var r struct {
		TTL    int64
		Scopes []string
	}
	if !c.body(&r) {
		return
	}
	if len(r.Scopes) == 0 {
		c.fail(http.StatusBadRequest, "scopes: required")
		return
	}
	s.mu.Lock()
	s.made++
	token := fmt.Sprintf("simulated-token-%d-%d", s.made, s.options.Now().UnixNano())
	s.tokens[token] = c.secret
	s.mu.Unlock()
	c.answer(http.StatusCreated, map[string]any{
		"id": token[:20], "token_type": "Bearer", "access_token": token,
		"expires_at": s.options.Now().Add(time.Duration(r.TTL) * time.Second).UTC().Format(time.RFC3339),
	})
}

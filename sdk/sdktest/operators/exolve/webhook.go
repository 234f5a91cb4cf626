package exolve

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// pause lies between two webhooks. It is by the real clock, so that a person sees them come.
const pause = 100 * time.Millisecond

// posting is one webhook.
type posting struct {
	address string
	body    string
}

// report posts what becomes of a message, first that it was sent and then the final status, to
// Options.CallbackURL. Endings of the number change that:
//
//	0800  the key in the address (its query) is forged
//	0801  each one is posted twice
//	0802  the final one comes first
//	0803  the message_id is unknown
//	0804  the body is no report
//	0805  a list, after an incoming message in it
//	0806  message_id and delivery_status are lists
//	0807  everything is posted before the sending is answered
func (s *Simulator) report(m *message, key string) {
	if s.options.CallbackURL == "" {
		return
	}
	first, last := s.webhook(m, key, statusSent), s.webhook(m, key, m.Final)
	all := []posting{first, last}
	switch ending(m.Destination) {
	case "0801":
		all = []posting{first, first, last, last}
	case "0802":
		all = []posting{last, first}
	case "0807":
		for _, p := range all {
			s.post(p)
		}
		return
	}
	s.posting.Go(func() {
		for _, p := range all {
			select {
			case <-time.After(pause):
				s.post(p)
			case <-s.context.Done():
				return
			}
		}
	})
}

// webhook is one with one status.
func (s *Simulator) webhook(m *message, key string, status int) posting {
	fields := m.fields(status, key)
	p := posting{address: s.options.CallbackURL}
	var content any = fields
	switch ending(m.Destination) {
	case "0800":
		before, _, _ := strings.Cut(p.address, "?")
		p.address = before + "?key=forged-forged-forged"
	case "0803":
		fields["message_id"] = "999999999999999999"
	case "0804":
		content = "<html>"
	case "0805":
		incoming := map[string]any{"message_id": "1", "direction": 1, "sender": m.Destination, "receiver": m.Number, "text": "STOP", "status": 1}
		content = []any{incoming, fields}
	case "0806":
		fields["message_id"], fields["delivery_status"], fields["status"] = []any{fields["message_id"]}, []any{status}, []any{}
	}
	body, _ := json.Marshal(content) // of plain values
	p.body = string(body)
	return p
}

func (s *Simulator) post(p posting) {
	request, err := http.NewRequestWithContext(s.context, http.MethodPost, p.address, strings.NewReader(p.body))
	if err != nil {
		s.options.Log("webhook: the address cannot be used")
		return
	}
	request.Header.Set("Content-Type", "application/json")
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		s.options.Log("webhook: not taken") // the error would show the address
		return
	}
	defer response.Body.Close() //nolint:errcheck // only read
	s.options.Log("webhook: answered %d", response.StatusCode)
}

package smsaero

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// pause lies between two callbacks. It is by the real clock, so that a person sees them come.
const pause = 100 * time.Millisecond

// posting is one callback.
type posting struct {
	address     string
	contentType string
	body        string
}

// report posts what becomes of a message, first status 3 and then the final one, to the address that
// came with it, else to Options.CallbackURL. Endings of the number change that:
//
//	0800  the seal in the address (its query) is forged
//	0801  each one is posted twice
//	0802  the final one comes first
//	0803  the id is unknown
//	0804  the body is no report
//	0805  a form, though JSON was asked for
//	0806  id and status are lists
//	0807  everything is posted before the sending is answered
func (s *Simulator) report(m *message, address string, asJSON bool) {
	if address == "" {
		address = s.options.CallbackURL
	}
	if address == "" {
		return
	}
	first, last := s.callback(m, address, asJSON, 3), s.callback(m, address, asJSON, m.Final)
	all := []posting{first, last}
	switch ending(m.Number) {
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

// callback is one callback with one status.
func (s *Simulator) callback(m *message, address string, asJSON bool, status int) posting {
	p := posting{address: address, contentType: "application/x-www-form-urlencoded"}
	fields := map[string]any{
		"id": m.ID, "number": m.Number, "status": status, "extendStatus": word(status), "dateAnswer": s.options.Now().Unix(),
	}
	switch ending(m.Number) {
	case "0800":
		before, _, _ := strings.Cut(address, "?")
		p.address = before + "?key=00000000000000000000000000000000"
	case "0803":
		fields["id"] = 999_999_999
	case "0804":
		p.body = "<html>"
		return p
	case "0805":
		asJSON = false
	case "0806":
		fields["id"], fields["status"] = []int{m.ID}, []int{status}
	}
	if asJSON {
		body, _ := json.Marshal(fields) // of plain values
		p.contentType, p.body = "application/json", string(body)
		return p
	}
	form := url.Values{}
	for name, value := range fields {
		form.Set(name, strings.Trim(fmt.Sprint(value), "[]"))
	}
	p.body = form.Encode()
	return p
}

func (s *Simulator) post(p posting) {
	request, err := http.NewRequestWithContext(s.context, http.MethodPost, p.address, bytes.NewReader([]byte(p.body)))
	if err != nil {
		s.options.Log("callback: the address cannot be used")
		return
	}
	request.Header.Set("Content-Type", p.contentType)
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		s.options.Log("callback: not taken") // the error would show the address
		return
	}
	defer response.Body.Close() //nolint:errcheck // only read
	s.options.Log("callback: answered %d", response.StatusCode)
}

package smsru

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the obsolete signature is one of the forgeries
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// postTimeout bounds one posting; maxTries is how often one is repeated that was not answered "100".
// Repeats go along with later reports, see Flush.
const (
	postTimeout = 10 * time.Second
	maxTries    = 20
)

// report is one posting to one address.
type report struct {
	to, key string
	records []string
	trick   int // of a number that begins with 4, see the package comment
	tries   int
}

// announce queues the reports on the messages: in transit first, then the end. It says whether there
// is anything to post. A message with a trick has postings of its own.
func (s *Simulator) announce(a *account, accepted []*message) bool {
	if len(a.callbacks) == 0 || len(accepted) == 0 {
		return false
	}
	now := s.options.Now()
	var transit, last []string
	for _, m := range accepted {
		m.told = true
		onWay := record(m.id, min(102, m.last), now)
		end := record(m.id, m.last, now)
		if group, number := (recipient{to: m.to}).trick(); group == '4' {
			s.enqueue(a, tricked(number, onWay, end, now)...)
			continue
		}
		transit = append(transit, onWay)
		if m.last > 102 {
			last = append(last, end)
		}
	}
	for _, records := range [][]string{transit, last} {
		if len(records) > 0 {
			s.enqueue(a, report{records: records})
		}
	}
	return true
}

// tricked makes the postings about one message.
func tricked(trick int, onWay, end string, now time.Time) []report {
	alive := fmt.Sprintf("test\n%d", now.Unix())
	all := []report{{records: []string{onWay}}, {records: []string{end}, trick: trick}}
	switch trick {
	case 3:
		all = append(all, all[1])
	case 4:
		slices.Reverse(all)
	case 5:
		all[1].records = append(all[1].records, record("000000-1", 103, now))
	case 7:
		all[1].records = []string{alive, fmt.Sprintf("callcheck_status\n202626-48053517\n401\n%d", now.Unix()), "novelty\nof\nsms.ru", end}
	case 8:
		all[1].records = append(slices.Repeat([]string{alive}, 11), end)
	}
	return all
}

func record(id string, code int, at time.Time) string {
	return fmt.Sprintf("sms_status\n%s\n%d\n%d", id, code, at.Unix())
}

func (s *Simulator) enqueue(a *account, all ...report) {
	for _, r := range all {
		for _, to := range a.callbacks {
			r.to, r.key = to, a.key
			s.queue = append(s.queue, r)
		}
	}
}

// Flush posts the reports that are due, in order. One that was not answered with "100" stays, is
// posted again by the next Flush, and is given up after 20 times. The forged ones are posted once.
func (s *Simulator) Flush() {
	s.posting.Lock()
	defer s.posting.Unlock()
	s.mu.Lock()
	due := s.queue
	s.queue = nil
	s.mu.Unlock()
	var again []report
	for _, r := range due {
		taken, err := s.post(r)
		if err != nil {
			s.options.Log("callback: not posted") // the error would show the address, which is a secret
		}
		forged := slices.Contains([]int{1, 2, 9, 10}, r.trick)
		if r.tries++; !taken && !forged && r.tries < maxTries && s.ctx.Err() == nil {
			again = append(again, r)
		}
	}
	s.mu.Lock()
	s.queue = append(again, s.queue...)
	s.mu.Unlock()
}

// Waiting says how many postings have not been answered with "100".
func (s *Simulator) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue)
}

// post makes one posting and says whether it was taken.
func (s *Simulator) post(r report) (bool, error) {
	contentType, body := r.encode()
	request, err := http.NewRequestWithContext(s.ctx, http.MethodPost, r.to, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	request.Header.Set("Content-Type", contentType)
	response, err := s.client.Do(request)
	if err != nil {
		return false, err
	}
	defer response.Body.Close() //nolint:errcheck // nothing to be done about it
	reply, err := io.ReadAll(io.LimitReader(response.Body, 1024))
	s.options.Log("callback: %d records, answered %d", len(r.records), response.StatusCode)
	return err == nil && strings.TrimSpace(string(reply)) == "100", err
}

// encode writes the form: multipart, unless the trick is to have it URL-encoded.
func (r report) encode() (contentType string, body []byte) {
	names, values := r.fields()
	if r.trick == 6 {
		form := url.Values{}
		for i, name := range names {
			form.Set(name, values[i])
		}
		return "application/x-www-form-urlencoded", []byte(form.Encode())
	}
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	for i, name := range names {
		_ = form.WriteField(name, values[i]) // a buffer never fails
	}
	_ = form.Close()
	return form.FormDataContentType(), out.Bytes()
}

func (r report) fields() (names, values []string) {
	order := make([]int, len(r.records))
	for i := range order {
		order[i] = i
	}
	if r.trick == 8 {
		slices.SortFunc(order, func(a, b int) int { return strings.Compare(strconv.Itoa(a), strconv.Itoa(b)) })
	}
	for _, i := range order {
		names, values = append(names, fmt.Sprintf("data[%d]", i)), append(values, r.records[i])
	}
	if r.trick == 9 {
		names[0] = "data"
	}
	if hash := r.hash(); hash != "" {
		names, values = append(names, "hash"), append(values, hash)
	}
	return names, values
}

func (r report) hash() string {
	signed := r.key + strings.Join(r.records, "")
	switch r.trick {
	case 1:
		signed = "another key" + signed
	case 2:
		return ""
	case 10:
		sum := md5.Sum([]byte(signed)) //nolint:gosec // see above
		return hex.EncodeToString(sum[:])
	}
	sum := sha256.Sum256([]byte(signed))
	return hex.EncodeToString(sum[:])
}

package smsru

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// maxRecipients is what one call takes, and what one batch of reports holds.
const maxRecipients = 100

// recipient is one number of a call, as it was written, with its text.
type recipient struct {
	written, to, text string
}

// trick returns the group (first of the last four digits) and the number that the rest makes.
func (r recipient) trick() (group byte, number int) {
	if len(r.to) < 4 {
		return 0, 0
	}
	tail := r.to[len(r.to)-4:]
	number, _ = strconv.Atoi(tail[1:])
	return tail[0], number
}

// recipients reads to[NUMBER]=text, multi[NUMBER]=text, or to=a,b with msg or its old name text.
func recipients(form url.Values) []recipient {
	var all []recipient
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, prefix := range []string{"to[", "multi["} {
			if rest, ok := strings.CutPrefix(name, prefix); ok {
				written := strings.TrimSuffix(rest, "]")
				all = append(all, recipient{written, normal(written), form.Get(name)})
			}
		}
	}
	text := form.Get("msg")
	if text == "" {
		text = form.Get("text")
	}
	for _, written := range strings.Split(form.Get("to"), ",") {
		if written = strings.TrimSpace(written); written != "" {
			all = append(all, recipient{written, normal(written), text})
		}
	}
	return all
}

// normal brings a number into the form 79990000001; "" for what is none.
func normal(written string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, written)
	switch {
	case len(digits) == 10:
		return "7" + digits
	case len(digits) == 11 && digits[0] == '8':
		return "7" + digits[1:]
	case len(digits) < 11 || len(digits) > 15:
		return ""
	}
	return digits
}

// whole returns the code that refuses a call as a whole, 0 for none.
func (s *Simulator) whole(form url.Values, all []recipient) int {
	for _, values := range form {
		if !utf8.ValidString(values[0]) {
			return codeNotUTF8
		}
	}
	if len(all) == 0 {
		return codeBadNumber
	}
	if len(all) > maxRecipients {
		return codeTooMany
	}
	if at := form.Get("time"); at != "" {
		seconds, err := strconv.ParseInt(at, 10, 64)
		if err != nil || time.Unix(seconds, 0).After(s.options.Now().AddDate(0, 0, 60)) {
			return codeBadTime
		}
	}
	return 0
}

// judge returns the code for one recipient; codeOK if nothing speaks against it.
func (a *account) judge(r recipient, from string) int {
	_, stopped := a.stopped[r.to]
	group, number := r.trick()
	switch {
	case r.to == "":
		return codeBadNumber
	case len(a.names) == 0:
		return codeNoSender
	case from != "" && !slices.Contains(a.names, from):
		return codeBadSender
	case stopped:
		return codeStopList
	case segments(r.text) > 8:
		return codeTooLong
	case group == '0' && number >= 200:
		return number
	}
	return codeOK
}

func (s *Simulator) send(a *account, form url.Values) answer {
	all := recipients(form)
	if code := s.whole(form, all); code != 0 {
		return refused(code)
	}
	out := done()
	for _, r := range all {
		group, number := r.trick()
		if group == '3' && number >= 400 {
			out.fault = number
			return out
		}
		if group == '3' && number >= 1 && number <= 11 {
			out.fault = number
		}
	}
	test := form.Get("test") == "1"
	if !test && a.used+len(all) > a.limit {
		return refused(codeDayLimit)
	}
	if !test && a.kopecks < segmentPrice {
		return refused(codeNoMoney)
	}
	var entries object
	var accepted []*message
	for _, r := range all {
		code, m := s.accept(a, r, form.Get("from"), test)
		if m != nil && !test {
			accepted = append(accepted, m)
		}
		entries = append(entries, entry(r, code, m)...)
		line := strconv.Itoa(code)
		if m != nil {
			line = m.id
		}
		out.lines = append(out.lines, line)
	}
	out.fields = object{{"sms", entries}, {"balance", roubles(a.kopecks)}}
	out.lines = append(out.lines, "balance="+string(roubles(a.kopecks)))
	out.reports = s.announce(a, accepted)
	return out
}

// accept decides on one recipient; the message is nil for a refusal.
func (s *Simulator) accept(a *account, r recipient, from string, test bool) (int, *message) {
	now := s.options.Now()
	code := a.judge(r, from)
	if code == codeOK && strings.TrimSpace(r.text) == "" {
		code = codeEmpty
	}
	cost := segments(r.text) * segmentPrice
	if test {
		cost = 0
	}
	if code == codeOK && cost > a.kopecks {
		code = codeNoMoney
	}
	if filtered := a.filter(r.to, r.text, now); code == codeOK && filtered != 0 {
		code = filtered
	}
	if code != codeOK {
		return code, nil
	}
	m := &message{id: s.nextID(now), to: r.to, at: now, last: 103, cost: cost}
	if group, number := r.trick(); group == '1' && number >= 100 && number != 999 {
		m.last = number
	}
	if group, number := r.trick(); group != '1' || number != 999 {
		a.messages[m.id] = m
	}
	if !test {
		s.options.Took(r.to, from, r.text)
		a.used++
		a.kopecks -= cost
		a.texts[r.to+"\n"+r.text] = append(a.texts[r.to+"\n"+r.text], now)
	}
	return codeOK, m
}

// nextID is of the form YYYYWW-N.
func (s *Simulator) nextID(now time.Time) string {
	year, week := now.ISOWeek()
	s.number++
	return fmt.Sprintf("%04d%02d-%d", year, week, s.number)
}

// entry writes what became of one recipient, with the oddities of group 2.
func entry(r recipient, code int, m *message) object {
	key := r.to
	if key == "" {
		key = r.written
	}
	if m == nil {
		e := object{{"status", "ERROR"}, {"status_code", code}, {"status_text", words(code)}}
		if code == codeNoSender { // an id that means nothing
			e = append(e, pair{"sms_id", "202626-1000002"})
		}
		return object{{key, e}}
	}
	e := object{{"status", "OK"}, {"status_code", codeOK}, {"sms_id", m.id}}
	group, number := r.trick()
	if group != '2' {
		return object{{key, e}}
	}
	switch number {
	case 1:
		return nil
	case 2:
		key = "79991234567"
	case 3:
		e = e[:2]
	case 4:
		e = object{{"status", "OK"}, {"status_code", "100"}, {"sms_id", 1000000 + len(m.id)}}
	case 5:
		return object{{key, "OK"}}
	case 6:
		key = key[1:]
	case 7:
		key = "8" + key[1:]
	}
	return object{{key, e}}
}

// cost prices what sending would take. Without a text it is the price of one segment. The totals are
// left out when every recipient fails.
func (s *Simulator) cost(a *account, form url.Values) answer {
	all := recipients(form)
	if code := s.whole(form, all); code != 0 {
		return refused(code)
	}
	var entries object
	kopecks, count := 0, 0
	for _, r := range all {
		if code := a.judge(r, form.Get("from")); code != codeOK {
			entries = append(entries, pair{r.written, object{{"status", "ERROR"}, {"status_code", code}, {"status_text", words(code)}}})
			continue
		}
		n := segments(r.text)
		kopecks, count = kopecks+n*segmentPrice, count+n
		entries = append(entries, pair{r.to, object{
			{"status", "OK"}, {"status_code", codeOK}, {"cost", roubles(n * segmentPrice)}, {"sms", n},
		}})
	}
	out := done(pair{"sms", entries})
	if count > 0 {
		out.fields = append(out.fields, pair{"total_cost", roubles(kopecks)}, pair{"total_sms", count})
	}
	return out
}

// status tells the states of up to a hundred messages. An id that is not found is an error inside an
// OK, and the balance is there only when one was found.
func (s *Simulator) status(a *account, form url.Values) answer {
	var entries object
	found := false
	for _, id := range strings.Split(form.Get("sms_id"), ",") {
		id = strings.TrimSpace(id)
		m := a.messages[id]
		if m == nil {
			entries = append(entries, pair{id, object{{"status", "ERROR"}, {"status_code", codeNotFound}, {"status_text", words(codeNotFound)}}})
			continue
		}
		found = true
		code := m.state(s.options.Now())
		entries = append(entries, pair{id, object{
			{"status", "OK"}, {"status_code", code}, {"cost", roubles(m.cost)}, {"status_text", words(code)},
		}})
	}
	if len(entries) > maxRecipients {
		return refused(codeTooMany)
	}
	out := done(pair{"sms", entries})
	if found {
		out.fields = append(out.fields, pair{"balance", roubles(a.kopecks)})
	}
	return out
}

// segments counts as phones do, but for the rarer letters of the GSM alphabet: 160 or 153 of ASCII,
// 70 or 67 of anything else. No text counts as one.
func segments(text string) int {
	units, single, each := len(utf16.Encode([]rune(text))), 70, 67
	if len(text) == units {
		single, each = 160, 153
	}
	if units <= single {
		return 1
	}
	return (units + each - 1) / each
}

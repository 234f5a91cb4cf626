package smsc

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxText is the longest text; in characters.
const maxText = 1000

// Magic ends of phone numbers.
const (
	tailRefused    = 100  // + error
	tailPartly     = 200  // + status in phones
	tailEnd        = 300  // + last status
	tailCause      = 1000 // + err
	tailTaken      = 401
	tailLost       = 402
	tailOther      = 403
	tailForged     = 404
	tailRepeated   = 405
	tailUnsigned   = 406
	statusUnreach  = 20
	statusDeliver  = 1
	statusQueued   = -1
	statusHanded   = 0
	statusNotFound = -3
)

// send answers send.php: prices with cost=1, sends otherwise.
func (o *operator) send(r *http.Request) result {
	o.mu.Lock()
	defer o.mu.Unlock()
	form := r.Form
	text := form.Get("mes")
	phones := strings.FieldsFunc(form.Get("phones"), func(c rune) bool { return c == ',' || c == ';' })
	if len(phones) == 0 || text == "" || utf8.RuneCountInString(text) > maxText || !validID(form.Get("id")) {
		return refuse(1)
	}
	if !validPeriod(form.Get("valid")) {
		return refuse(1)
	}
	parts := segments(text)
	total := price * parts * len(phones)
	request := strings.Join([]string{form.Get("phones"), text, form.Get("sender")}, "\n")
	if form.Get("cost") == "1" {
		if o.tooOften("cost\n" + request) {
			return refuse(9)
		}
		return o.priced(phones, total, parts)
	}
	end := tail(phones[0])
	if code := end - tailRefused; code > 0 && code < 100 {
		return o.refuseWithID(code)
	}
	now := o.options.Now()
	if last, ok := o.sends[request]; ok && now.Sub(last) < filterWindow {
		return refuse(9)
	}
	if form.Get("psw") == "no-money" || form.Get("apikey") == "no-money" || total > o.balance {
		return o.refuseWithID(3)
	}
	if end == tailLost {
		return result{abort: true}
	}
	o.sends[request] = now
	return o.take(r, phones, total, parts)
}

// take stores the messages of a request and answers it.
func (o *operator) take(r *http.Request, phones []string, total, parts int) result {
	id := r.Form.Get("id")
	if id == "" {
		id = strconv.Itoa(o.next)
		o.next++
	}
	var entries []any
	for _, phone := range phones {
		m := message{at: o.options.Now(), end: statusDeliver, cost: total / len(phones), parts: parts}
		end := tail(phone)
		shown := statusHanded
		switch {
		case end > tailPartly && end < tailPartly+100:
			m.end, shown = end-tailPartly, end-tailPartly
			m.at = m.at.AddDate(0, 0, -1) // it has ended already
		case end >= tailEnd && end < tailEnd+100:
			m.end = end - tailEnd
		case end >= tailCause && end < 2*tailCause:
			m.end, m.cause = statusUnreach, end-tailCause
		}
		o.messages[key{digits(phone), id}] = m
		o.options.Took(digits(phone), r.Form.Get("sender"), r.Form.Get("mes"))
		named := digits(phone)
		if end == tailOther {
			named = "79991234567"
		}
		entry := []field{{"phone", named}, {"mccmnc", "25001"}, {"cost", amount(m.cost)}}
		if shown != statusHanded {
			entry = append(entry, field{"status", strconv.Itoa(shown)}, field{"error", "сообщение запрещено"})
		}
		entries = append(entries, entry)
	}
	o.balance -= total
	answer := result{fields: []field{{"id", identifier(id)}, {"cnt", parts * len(phones)}}}
	if cost := r.Form.Get("cost"); cost == "2" || cost == "3" {
		answer.fields = append(answer.fields, field{"cost", amount(total)})
		if cost == "3" {
			answer.fields = append(answer.fields, field{"balance", amount(o.balance)})
		}
	}
	if r.Form.Get("op") == "1" {
		answer.fields = append(answer.fields, field{"phones", entries})
	}
	answer.abort = tail(phones[0]) == tailTaken
	answer.after = o.reports(phones, id)
	return answer
}

func (o *operator) priced(phones []string, total, parts int) result {
	if code := tail(phones[0]) - tailRefused; code > 0 && code < 100 {
		return refuse(code)
	}
	return result{fields: []field{{"cost", amount(total)}, {"cnt", parts * len(phones)}}}
}

// refuseWithID refuses as SMSC does for what it has numbered already.
func (o *operator) refuseWithID(code int) result {
	answer := refuse(code)
	switch code {
	case 3, 6, 7, 8:
		answer.fields = append(answer.fields, field{"id", o.next})
		o.next++
	}
	return answer
}

// identifier is a number where it is one, as the operator's own ids are.
func identifier(id string) any {
	if n, err := strconv.Atoi(id); err == nil {
		return n
	}
	return id
}

func validID(id string) bool {
	return regexp.MustCompile(`^[A-Za-z0-9._-]{0,40}$`).MatchString(id)
}

// validPeriod takes 1 … 24 hours, or hh:mm from 00:01 to 24:00.
func validPeriod(period string) bool {
	hours, minutes, clock := strings.Cut(period, ":")
	if period == "" {
		return true
	}
	h, err := strconv.Atoi(hours)
	m := 0
	if clock && err == nil {
		m, err = strconv.Atoi(minutes)
	}
	if err != nil || h < 0 || m < 0 || m > 59 {
		return false
	}
	total := 60*h + m
	return total >= 1 && total <= 24*60
}

// segments counts 160/153 for ASCII, 70/67 for anything else; near enough for a simulator.
func segments(text string) int {
	n, single, long := utf8.RuneCountInString(text), 160, 153
	if n != len(text) {
		single, long = 70, 67
	}
	if n <= single {
		return 1
	}
	return (n + long - 1) / long
}

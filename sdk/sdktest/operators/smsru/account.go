package smsru

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Codes that the simulator answers on its own account.
const (
	codeOK            = 100
	codeNotFound      = -1
	codeWrongKey      = 200
	codeNoMoney       = 201
	codeBadNumber     = 202
	codeEmpty         = 203
	codeBadSender     = 204
	codeTooLong       = 205
	codeDayLimit      = 206
	codeBadTime       = 208
	codeStopList      = 209
	codeUnknownMethod = 211
	codeNotUTF8       = 212
	codeTooMany       = 213
	codeNoSender      = 221
	codeSameMinute    = 231
	codeSameDay       = 232
	codeBadCallback   = 901
	codeNoCallback    = 902
)

const (
	segmentPrice    = 420 // kopecks
	startingBalance = 1000_00
	dailyLimit      = 1000
	sameTextPerDay  = 10
)

// account is what one api_id owns.
type account struct {
	key       string
	kopecks   int
	limit     int
	used      int // messages of the day
	day       string
	names     []string
	messages  map[string]*message // by sms_id
	texts     map[string][]time.Time
	callbacks []string
	stopped   map[string]string // numbers with the owner's notes
}

// message is one that was accepted.
type message struct {
	id, to string
	at     time.Time
	last   int // the state it will come to
	cost   int // kopecks
	told   bool
}

// state is the delivery code at a time. A report that was posted brings it to its end at once.
func (m *message) state(now time.Time) int {
	switch age := now.Sub(m.at); {
	case m.told || age >= 2*time.Second:
		return m.last
	case age >= time.Second:
		return min(m.last, 102)
	default:
		return codeOK
	}
}

// login finds the account, or the code of the refusal.
func (s *Simulator) login(form url.Values) (*account, int) {
	key := form.Get("api_id")
	if key == "" && form.Get("password") != "" {
		key = form.Get("login")
	}
	refusals := map[string]int{
		"": codeWrongKey, "wrong-key": codeWrongKey, "token-expired": 300, "bad-login": 301, "unconfirmed": 302,
		"maintenance": 220, "server-error": 500,
	}
	if code, refused := refusals[key]; refused {
		return nil, code
	}
	a := s.accounts[key]
	if a == nil {
		a = newAccount(key, s.options.Funds(startingBalance))
		if s.options.CallbackURL != "" {
			a.callbacks = []string{s.options.CallbackURL}
		}
		s.accounts[key] = a
	}
	if day := s.options.Now().Format(time.DateOnly); day != a.day {
		a.day, a.used = day, 0
	}
	return a, 0
}

func newAccount(key string, kopecks int) *account {
	a := &account{
		key: key, kopecks: kopecks, limit: dailyLimit, names: []string{"Orderbell", "Cafe"},
		messages: map[string]*message{}, texts: map[string][]time.Time{}, stopped: map[string]string{},
	}
	switch key {
	case "no-money":
		a.kopecks = 0
	case "no-sender":
		a.names = nil
	case "day-limit":
		a.limit = 2
	}
	return a
}

// filter returns the code of the filter of equal texts, 0 if the text may go.
func (a *account) filter(to, text string, now time.Time) int {
	key := to + "\n" + text
	a.texts[key] = slices.DeleteFunc(a.texts[key], func(t time.Time) bool { return now.Sub(t) >= 24*time.Hour })
	sent := a.texts[key]
	switch {
	case len(sent) > 0 && now.Sub(sent[len(sent)-1]) < time.Minute:
		return codeSameMinute
	case len(sent) >= sameTextPerDay:
		return codeSameDay
	}
	return 0
}

func (s *Simulator) balance(a *account, _ url.Values) answer {
	return done(pair{"balance", roubles(a.kopecks)})
}

func (s *Simulator) limit(a *account, _ url.Values) answer {
	return done(pair{"total_limit", fmt.Sprint(a.limit)}, pair{"used_today", a.used})
}

func (s *Simulator) senders(a *account, _ url.Values) answer {
	if len(a.names) == 0 {
		return done()
	}
	return done(pair{"senders", a.names})
}

func (s *Simulator) callbackAdd(a *account, form url.Values) answer {
	at, err := url.Parse(form.Get("url"))
	if err != nil || at.Host == "" || (at.Scheme != "http" && at.Scheme != "https") {
		return refused(codeBadCallback)
	}
	if !slices.Contains(a.callbacks, at.String()) {
		a.callbacks = append(a.callbacks, at.String())
	}
	return s.callbackGet(a, form)
}

func (s *Simulator) callbackDel(a *account, form url.Values) answer {
	i := slices.Index(a.callbacks, form.Get("url"))
	if i < 0 {
		return refused(codeNoCallback)
	}
	a.callbacks = slices.Delete(a.callbacks, i, i+1)
	return s.callbackGet(a, form)
}

func (s *Simulator) callbackGet(a *account, _ url.Values) answer {
	if len(a.callbacks) == 0 {
		return done()
	}
	return done(pair{"callback", slices.Clone(a.callbacks)})
}

func (s *Simulator) stopAdd(a *account, form url.Values) answer {
	to := normal(form.Get("stoplist_phone"))
	if to == "" {
		return refused(codeBadNumber)
	}
	a.stopped[to] = form.Get("stoplist_text")
	return done()
}

func (s *Simulator) stopDel(a *account, form url.Values) answer {
	delete(a.stopped, normal(form.Get("stoplist_phone")))
	return done()
}

func (s *Simulator) stopGet(a *account, _ url.Values) answer {
	var list object
	for to, note := range a.stopped {
		list = append(list, pair{to, note})
	}
	slices.SortFunc(list, func(x, y pair) int { return strings.Compare(x.name, y.name) })
	return done(pair{"stoplist", list})
}

package main

import (
	"strings"
	"sync"

	"github.com/orderbell/orderbell/sdk"
)

// maxRecords bounds the messages, and maxStrays the receipts of unknown messages, that are kept; some
// megabytes. The gateway asks within seconds, and later as often as a message is old.
const (
	maxRecords = 16384
	maxStrays  = 4096
)

// ledger is what the account knows of its messages: which units they went out as, under which of the
// SMSC's ids, and what receipts said. It lives in memory; docs/adr/0011 says what a restart costs.
// Safe for use by several goroutines.
type ledger struct {
	mu      sync.Mutex
	records map[string]*record // by our id
	order   []string           // oldest first
	units   map[string]unitKey // by the SMSC's id, folded
	strays  map[string]notice  // receipts of units that are not known, by the folded id
	waiting []string           // their ids, oldest first
	same    bool               // seen: the SMSC writes ids in receipts as it does in responses
}

// unitKey names a unit.
type unitKey struct {
	message string
	part    int
}

// record is one message.
type record struct {
	phone   string // digits
	sender  string // of the message's own; usually empty
	units   []unit
	earlier bool // an earlier attempt may have gone out, or was not made here
}

// standing is what became of a unit.
type standing int

const (
	idle    standing = iota // nothing was written
	doubted                 // written, and not answered
	taken
	refused
)

type unit struct {
	standing standing
	id       string // the SMSC's
	text     string // its beginning
	refusal  *sdk.Failure
	notice   notice // zero: none yet
}

// maxQuoted is how much of a unit's text is kept to compare with receipts; in bytes.
const maxQuoted = 64

func newLedger() *ledger {
	return &ledger{records: map[string]*record{}, units: map[string]unitKey{}, strays: map[string]notice{}}
}

// begin notes an attempt before anything is written.
func (l *ledger) begin(m sdk.Message, texts []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fresh := &record{phone: digits(m.To), sender: m.Sender, units: make([]unit, len(texts)), earlier: m.Attempt > 1}
	for i, text := range texts {
		fresh.units[i].text = strings.Clone(text[:min(len(text), maxQuoted)]) // not the whole text
	}
	old, known := l.records[m.ID]
	if known {
		fresh.earlier = old.earlier || old.doubtful()
		l.forgetUnits(m.ID)
	} else {
		l.order = append(l.order, m.ID)
	}
	l.records[m.ID] = fresh
	for len(l.order) > maxRecords {
		l.forgetUnits(l.order[0])
		delete(l.records, l.order[0])
		l.order = l.order[1:]
	}
}

// forgetUnits takes a message's units out of the index.
func (l *ledger) forgetUnits(message string) {
	r := l.records[message]
	if r == nil {
		return
	}
	for _, u := range r.units {
		if key := fold(u.id); u.id != "" && l.units[key].message == message {
			delete(l.units, key)
		}
	}
}

// doubtful says whether a unit may have gone out without anybody knowing, or a part of the message did.
func (r *record) doubtful() bool {
	for _, u := range r.units {
		if u.standing == doubted || u.standing == taken {
			return true
		}
	}
	return false
}

// set changes a unit's standing; f looks at it under the lock.
func (l *ledger) set(key unitKey, f func(r *record, u *unit)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.records[key.message]; r != nil && key.part < len(r.units) {
		f(r, &r.units[key.part])
	}
}

// wrote notes that a unit may be at the SMSC, before it is written.
func (l *ledger) wrote(key unitKey) {
	l.set(key, func(_ *record, u *unit) { u.standing = doubted })
}

// recalled notes that a unit was not written after all.
func (l *ledger) recalled(key unitKey) {
	l.set(key, func(_ *record, u *unit) { u.standing = idle })
}

// refusedBy notes that the SMSC did not take a unit.
func (l *ledger) refusedBy(key unitKey, f *sdk.Failure) {
	l.set(key, func(_ *record, u *unit) { u.standing, u.refusal = refused, f })
}

// takenAs notes the SMSC's id of a unit. Its receipt may be here already.
func (l *ledger) takenAs(key unitKey, id string) {
	l.set(key, func(r *record, u *unit) {
		u.standing, u.id = taken, id
		if id == "" {
			return
		}
		l.units[fold(id)] = key
		if n, at, here := l.stray(id, r.phone); here {
			delete(l.strays, at)
			u.hear(n)
		}
	})
}

// stray looks for a receipt that came before its unit was known.
func (l *ledger) stray(id, phone string) (n notice, at string, here bool) {
	for i, form := range l.forms(id) {
		n, here := l.strays[form]
		if here && (n.about(phone) || i == 0 && n.plausible(phone)) {
			return n, form, true
		}
	}
	return notice{}, "", false
}

// forms is how an id may be written on the other side, as it is first.
func (l *ledger) forms(id string) []string {
	if l.same {
		return []string{fold(id)}
	}
	return forms(id)
}

// hear keeps a receipt. A final one is not changed by what comes late, but for the news that the
// message arrived after all.
func (u *unit) hear(n notice) {
	if u.notice.final() && u.notice.id != "" && n.status != sdk.StatusDelivered {
		return
	}
	u.notice = n
}

// heard takes a receipt to its unit; where there is none it waits for it. It says whether the unit was
// found.
func (l *ledger) heard(n notice) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	key, found := l.find(n)
	if !found {
		key, found = l.doubt(n)
	}
	if found {
		l.records[key.message].units[key.part].hear(n)
		return true
	}
	at := fold(n.id)
	if old, here := l.strays[at]; here {
		if old.final() && n.status != sdk.StatusDelivered {
			return false
		}
	} else {
		l.waiting = append(l.waiting, at)
	}
	l.strays[at] = n
	for len(l.waiting) > maxStrays {
		delete(l.strays, l.waiting[0])
		l.waiting = l.waiting[1:]
	}
	return false
}

// find looks for the unit by its id: as it is written, else the same number in the other base. The
// phone must be right, because the numbers of two messages can look like one in two bases; and once
// ids were seen to agree, the other base is not tried any more.
func (l *ledger) find(n notice) (unitKey, bool) {
	for i, form := range l.forms(n.id) {
		key, known := l.units[form]
		if !known {
			continue
		}
		phone := l.records[key.message].phone
		if n.about(phone) {
			l.same = l.same || i == 0 && len(form) > 1 // a single digit is the same in both bases
			return key, true
		}
		if i == 0 && n.plausible(phone) {
			return key, true
		}
	}
	return unitKey{}, false
}

// doubt looks for the one unit that was never answered, went to the receipt's phone and has the text
// that the receipt quotes. It is then taken under the receipt's id.
func (l *ledger) doubt(n notice) (unitKey, bool) {
	if len(n.quote) == 0 {
		return unitKey{}, false
	}
	var found []unitKey
	for message, r := range l.records {
		if !n.about(r.phone) {
			continue
		}
		for part, u := range r.units {
			if u.standing == doubted && quotes(n.quote, u.text) {
				found = append(found, unitKey{message, part})
			}
		}
	}
	if len(found) != 1 {
		return unitKey{}, false
	}
	u := &l.records[found[0].message].units[found[0].part]
	u.standing, u.id = taken, n.id
	l.units[fold(n.id)] = found[0]
	return found[0], true
}

// state is what is known of a message.
func (l *ledger) state(q sdk.Query) sdk.Receipt {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.records[q.OurID]
	if r == nil {
		if key, known := l.units[fold(q.ProviderID)]; known {
			r = l.records[key.message]
		}
	}
	if r != nil {
		return r.receipt()
	}
	return l.strayState(q.ProviderID, digits(q.To))
}

// sender is the name that a message was given of its own; empty if it was not, or is not known.
func (l *ledger) sender(message string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.records[message]; r != nil {
		return r.sender
	}
	return ""
}

// strayState is what receipts said of a message that this process has not sent.
func (l *ledger) strayState(providerID, phone string) sdk.Receipt {
	if n, _, here := l.stray(providerID, phone); here {
		return combine([]notice{n}, 1)
	}
	ids, total := idsOf(providerID)
	var notices []notice
	for _, id := range ids {
		if n, _, here := l.stray(id, phone); here {
			notices = append(notices, n)
		}
	}
	return combine(notices, total)
}

// receipt says of the message what its units make of it together.
func (r *record) receipt() sdk.Receipt {
	var notices []notice
	var ids []string
	count := map[standing]int{}
	for _, u := range r.units {
		count[u.standing]++
		if u.standing == taken {
			ids = append(ids, u.id)
			if u.notice.id != "" {
				notices = append(notices, u.notice)
			}
		}
	}
	switch {
	case count[taken] == len(r.units):
		all := combine(notices, len(r.units))
		if all.Status == sdk.StatusUnknown && len(notices) < len(r.units) {
			all.Status = sdk.StatusAccepted
		}
		all.ProviderID = joinIDs(ids)
		return all
	case count[refused] > 0 && count[taken] == 0 && count[doubted] == 0:
		return r.late()
	}
	return sdk.Receipt{Status: sdk.StatusUnknown}
}

// late is what a refusal means that came when nobody waited for it any more: a passing one that the
// message is not there, so that it may be sent again, if no earlier attempt is in doubt.
func (r *record) late() sdk.Receipt {
	var f *sdk.Failure
	for _, u := range r.units {
		if u.standing == refused {
			f = u.refusal
		}
	}
	switch {
	case r.earlier || f.Reason == sdk.Internal || f.Reason == sdk.UnknownOutcome:
		return sdk.Receipt{Status: sdk.StatusUnknown, Code: f.Code}
	case f.Reason == sdk.Unavailable || f.Reason == sdk.RateLimited:
		return sdk.Receipt{Status: sdk.StatusAbsent, Code: f.Code}
	}
	return sdk.Receipt{Status: sdk.StatusRejected, Reason: f.Reason, Code: f.Code}
}

// combine makes one statement of those about the parts: delivered when all of them are, and as bad as
// the worst, because a text with a hole is no text.
func combine(notices []notice, total int) sdk.Receipt {
	all := sdk.Receipt{Status: sdk.StatusUnknown}
	delivered := 0
	for _, n := range notices {
		if n.at.After(all.At) {
			all.At = n.at
		}
		switch {
		case n.status == sdk.StatusDelivered:
			delivered++
			if all.Code == "" {
				all.Code = n.code
			}
		case n.final():
			all.Status, all.Code, all.At = n.status, n.code, n.at
			if n.status == sdk.StatusExpired {
				all.Reason = sdk.Expired
			}
			return all
		default:
			all.Code = n.code
			if n.status == sdk.StatusAccepted {
				all.Status = sdk.StatusAccepted
			}
		}
	}
	switch {
	case delivered == total && total > 0:
		all.Status = sdk.StatusDelivered
	case delivered > 0:
		all.Status = sdk.StatusAccepted
	}
	return all
}

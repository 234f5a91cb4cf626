package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

// allowanceDay is the stretch of time that daily limits look back over: a rolling day, so that no
// midnight doubles them.
const allowanceDay = 24 * time.Hour

// Limits bound what one account sends, so that a rule that loops costs a bounded sum. 0 means no limit.
type Limits struct {
	PerSecond      float64
	PerDay         int
	PerPhonePerDay int
}

// allowance counts what an account sent in the last day. It is used by one goroutine.
type allowance struct {
	limits Limits
	sent   []message.Sent // oldest first
	phones map[string]int // of sent, by contact
}

// newAllowance starts from what the store remembers, so that a restart forgives nothing.
func newAllowance(ctx context.Context, outbox Outbox, account string, limits Limits, now time.Time) (*allowance, error) {
	a := &allowance{limits: limits, phones: map[string]int{}}
	if limits.PerDay == 0 && limits.PerPhonePerDay == 0 {
		return a, nil
	}
	sent, err := outbox.SentSince(ctx, account, now.Add(-allowanceDay))
	if err != nil {
		return nil, fmt.Errorf("count what was sent in the last day: %w", err)
	}
	for _, s := range sent {
		a.add(s)
	}
	return a, nil
}

func (a *allowance) add(s message.Sent) {
	a.sent = append(a.sent, s)
	a.phones[s.ContactID]++
}

// forget lets go of what is older than a day.
func (a *allowance) forget(now time.Time) {
	old := 0
	for old < len(a.sent) && a.sent[old].At.Before(now.Add(-allowanceDay)) {
		contact := a.sent[old].ContactID
		if a.phones[contact]--; a.phones[contact] == 0 {
			delete(a.phones, contact)
		}
		old++
	}
	a.sent = a.sent[old:]
}

// take counts the message, or says which limit it would break. A message counts once, however often it
// is tried: an outage must not use the day up.
func (a *allowance) take(m message.Message, now time.Time) *message.Failure {
	if m.Attempts > 1 || (a.limits.PerDay == 0 && a.limits.PerPhonePerDay == 0) {
		return nil
	}
	a.forget(now)
	switch {
	case a.limits.PerDay > 0 && len(a.sent) >= a.limits.PerDay:
		return &message.Failure{Reason: message.LimitExceeded, Detail: fmt.Sprintf("per_day: %d", a.limits.PerDay)}
	case a.limits.PerPhonePerDay > 0 && a.phones[m.ContactID] >= a.limits.PerPhonePerDay:
		return &message.Failure{Reason: message.LimitExceeded, Detail: fmt.Sprintf("per_phone_per_day: %d", a.limits.PerPhonePerDay)}
	}
	a.add(message.Sent{ContactID: m.ContactID, At: now})
	return nil
}

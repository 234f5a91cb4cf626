package main

import (
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// judge says what an answer means, by the patterns of the settings.
type judge struct {
	statuses []span
	success  []*matcher // all of them
	errors   []rule     // the first that fits
	id       *matcher
	words    *matcher
	answerTo *matcher
	cost     *matcher
	balance  *matcher
	token    *matcher
	currency string
}

// span is HTTP statuses from … to, both included.
type span struct{ from, to int }

// maxID is the longest id that the gateway takes; in bytes.
const maxID = 64

// of judges the answer to a message. Failure is the SDK's own view of a status outside 2xx, which
// holds where no pattern knows better. An answer that is both a success and an error says nothing.
func (j *judge) of(m sdk.Message, a answer, failure *sdk.Failure) (sdk.Accepted, *sdk.Failure) {
	refusal, success := j.refusal(a), j.succeeded(a)
	switch {
	case success && refusal != nil:
		return sdk.Accepted{}, j.odd(a, "the answer fits both the sign of success and an error (%s)", refusal.Reason)
	case refusal != nil:
		if refusal.RetryAfter == 0 && failure != nil {
			refusal = refusal.WithRetryAfter(failure.RetryAfter) // as the operator's header has it
		}
		return sdk.Accepted{}, refusal
	case !success && failure != nil:
		return sdk.Accepted{}, failure
	case !success:
		return sdk.Accepted{}, j.odd(a, "the answer is neither the success nor an error of the settings")
	}
	if to, found := j.answerTo.find(a); j.answerTo != nil && (!found || subscriber(to) != subscriber(m.To)) {
		return sdk.Accepted{}, j.odd(a, "the success is not for the message's number")
	}
	accepted := sdk.Accepted{ID: m.ID}
	if j.id != nil {
		id, _ := j.id.find(a)
		if id = strings.TrimSpace(id); id == "" || len(id) > maxID {
			return sdk.Accepted{}, j.odd(a, "the success holds no id where the settings say")
		}
		accepted.ID = id
	}
	if written, found := j.cost.find(a); found {
		if cost, err := sdk.ParseMoney(decimal(written), j.currency); err == nil && !cost.Negative() {
			accepted.Cost = &cost
		}
	}
	return accepted, nil
}

func (j *judge) odd(a answer, format string, args ...any) *sdk.Failure {
	return sdk.Fail(sdk.Internal, format, args...).WithRaw(string(a.body))
}

func (j *judge) succeeded(a answer) bool {
	fits := false
	for _, s := range j.statuses {
		fits = fits || a.status >= s.from && a.status <= s.to
	}
	for _, m := range j.success {
		_, found := m.find(a)
		fits = fits && found
	}
	return fits
}

// refusal is the first error that fits, nil if none does.
func (j *judge) refusal(a answer) *sdk.Failure {
	for _, r := range j.errors {
		code, found := r.matcher.find(a)
		if !found {
			continue
		}
		f := sdk.Fail(r.reason, "as the settings judge this answer").WithCode(code).WithRaw(string(a.body)).WithRetryAfter(r.wait)
		if words, said := j.words.find(a); said && words != "" {
			f.Detail = words
		}
		return f
	}
	return nil
}

// decimal writes an amount with a point and without what groups its digits.
func decimal(amount string) string {
	amount = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(strings.TrimSpace(amount))
	if !strings.Contains(amount, ".") && strings.Count(amount, ",") == 1 {
		return strings.Replace(amount, ",", ".", 1)
	}
	return strings.ReplaceAll(amount, ",", "")
}

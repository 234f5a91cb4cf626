package script

import (
	"time"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// deathError says that a worker died of what it was given.
type deathError struct {
	words  rule.Words
	memory bool // it took too much
}

// Error says it in English.
func (e *deathError) Error() string { return "script: the worker died: " + e.words.EN }

func tooMuchMemory() rule.Words {
	return rule.Say("правило заняло больше памяти, чем разрешённые %d МиБ", "the rule took more memory than the %d MiB that it may", memoryMax>>20)
}

// timeLimit is when a call of a worker ends by its death, and what is then said.
type timeLimit struct {
	after time.Duration
	words rule.Words
}

func evaluationLimit(calls int) timeLimit {
	limit := timeLimit{after: killAfter, words: rule.Say("правило считало дольше %s", "an evaluation takes longer than %s", killAfter)}
	if calls > 1 {
		limit.after += batchBudget // the last evaluation of a batch begins by then
	}
	return limit
}

// loadLimit is for a worker that reads so many files.
func loadLimit(files int) timeLimit {
	after := killAfter + time.Duration(files)*loadPerFile
	return timeLimit{after: after, words: rule.Say("чтение длится дольше %s", "reading takes longer than %s", after)}
}

// watch kills the worker at the limit, unless it is stopped.
func (l timeLimit) watch(lease *child.Lease) *time.Timer {
	return time.AfterFunc(l.after, func() { lease.Kill(l.words.EN) })
}

// bury ends a worker whose call failed and says what it died of. Its lease is still to be released.
func bury(lease *child.Lease, slow timeLimit) *deathError {
	grace := time.NewTimer(connectionGrace)
	defer grace.Stop()
	select {
	case <-lease.Dead():
	case <-grace.C:
		lease.Kill("its connection broke") // it is busy writing down its own death, or worse
		<-lease.Dead()
		if words := lease.LastWords(); words != "" {
			return &deathError{words: rule.Words{EN: words}}
		}
	}
	why := lease.Why()
	lease.Kill("its rule ended it") // so that the death is not held against the program
	switch {
	case why.Kind == child.TooMuchMemory:
		return &deathError{words: tooMuchMemory(), memory: true}
	case why.Detail == slow.words.EN:
		return &deathError{words: slow.words}
	default:
		return &deathError{words: rule.Words{EN: why.Detail}}
	}
}

// starves tells whether a worker whose rule ran out of time is killed for the memory that the rule took:
// the engine can be slower to notice than the rule is to grow. A few looks of the watch are waited for.
func starves(lease *child.Lease) bool {
	looks := time.NewTimer(memoryLooks)
	defer looks.Stop()
	select {
	case <-lease.Dead():
	case <-looks.C:
		return false
	}
	starved := lease.Why().Kind == child.TooMuchMemory
	lease.Kill("its rule ended it") // so that the death is not held against the program
	return starved
}

// blame tells the true cause where a worker died of too much memory under these calls and one of them
// only ran out of time when it was tried alone: growing takes time, and it is a matter of chance which of
// the two ends it.
func (t *turn) blame(indexes []int) {
	var slow *rule.Error
	for _, i := range indexes {
		failed := t.results[i].Err
		switch {
		case failed == nil:
		case failed.Kind == rule.Killed:
			return // it grew again, and says so
		case failed.Kind == rule.TimedOut && slow != nil:
			return // it may be either
		case failed.Kind == rule.TimedOut:
			slow = failed
		}
	}
	if slow != nil {
		*slow = *rule.Failure(rule.Killed, slow.Where, tooMuchMemory())
	}
}

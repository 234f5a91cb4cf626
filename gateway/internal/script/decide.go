package script

import (
	"context"
	"errors"
	"fmt"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// Decide evaluates calls and gives their results in the same order. What goes wrong inside a rule is
// in its Result. An error means that no worker could be had; nothing was decided then.
//
// A worker that hangs or grows is killed. The calls that it did not answer are tried once more, one by
// one on a fresh worker, so that the one at fault is known and the others succeed. Rules are pure, so
// trying again repeats nothing.
func (p *Pool) Decide(ctx context.Context, calls []rule.Call) ([]rule.Result, error) {
	results := make([]rule.Result, len(calls))
	set, loaded := p.current()
	known := map[string]bool{}
	for _, r := range set.Rules {
		known[r.Name] = true
	}
	var open []int // indexes of calls without a result
	for i := range calls {
		switch name := calls[i].Rule; {
		case !known[name]:
			results[i].Err = noRule(name)
		case p.health.isDisabled(name):
			results[i].Err = disabledError()
		default:
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return results, nil
	}

	worker, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { p.free <- worker }()
	t := &turn{pool: p, worker: worker, version: set.Version, loaded: loaded, calls: calls, results: results}
	for len(open) > 0 {
		n := min(len(open), MaxBatch)
		if err := t.batch(ctx, open[:n]); err != nil {
			return nil, err
		}
		open = open[n:]
	}
	return results, nil
}

func disabledError() *rule.Error {
	return rule.Failure(rule.Disabled, "", rule.Say("правило выключено: оно завершилось ошибкой %d раз подряд; исправьте и сохраните его",
		"the rule is switched off because it failed %d times in a row; correct it and save it", failuresInRow))
}

// take waits for a worker without a batch: one batch at a time, so that a kill hits nobody else.
func (p *Pool) take(ctx context.Context) (*child.Supervisor, error) {
	select {
	case worker := <-p.free:
		return worker, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("script: no free worker: %w", ctx.Err())
	}
}

// turn is one Decide with its worker.
type turn struct {
	pool    *Pool
	worker  *child.Supervisor
	version string
	loaded  []byte
	calls   []rule.Call
	results []rule.Result
}

// batch evaluates the calls with these indexes.
func (t *turn) batch(ctx context.Context, indexes []int) error {
	var again, starved []int // starved: one of them took too much memory
	for len(indexes) > 0 {
		n, err := t.ask(ctx, indexes)
		var death *deathError
		if errors.As(err, &death) {
			again = append(again, indexes...)
			if death.memory {
				starved = indexes
			}
			break
		}
		if err != nil {
			return err
		}
		for _, i := range indexes[:n] {
			// The machine may have stood still instead of the rule: a time-out gets its second try, too.
			if failed := t.results[i].Err; failed != nil && failed.Kind == rule.TimedOut {
				again = append(again, i)
				continue
			}
			t.note(i)
		}
		indexes = indexes[n:]
	}
	for _, i := range again {
		if err := t.alone(ctx, i); err != nil {
			return err
		}
	}
	t.blame(starved)
	return nil
}

// alone gives one call its last try.
func (t *turn) alone(ctx context.Context, i int) error {
	if t.pool.health.isDisabled(t.calls[i].Rule) {
		t.results[i] = rule.Result{Err: disabledError()}
		return nil
	}
	_, err := t.ask(ctx, []int{i})
	var death *deathError
	if errors.As(err, &death) {
		t.results[i] = rule.Result{Err: rule.Failure(rule.Killed, t.fileOf(t.calls[i].Rule), death.words)}
		err = nil
	}
	if err == nil {
		t.note(i)
	}
	return err
}

func (t *turn) fileOf(name string) string {
	for _, r := range t.pool.Set().Rules {
		if r.Name == name {
			return r.File
		}
	}
	return ""
}

func (t *turn) note(i int) { t.pool.health.note(t.calls[i].Rule, t.results[i].Err) }

// ask sends the calls to the worker and stores the results of the first n. A *deathError means that
// the worker did not survive and nothing was stored.
func (t *turn) ask(ctx context.Context, indexes []int) (n int, err error) {
	lease, err := t.worker.Acquire(ctx)
	if err != nil {
		return 0, err
	}
	defer lease.Release()
	worker, ok := lease.Service().(*child.Worker)
	if !ok {
		return 0, errors.New("script: the worker does not speak our protocol")
	}
	calls := make([]rule.Call, len(indexes))
	for k, i := range indexes {
		calls[k] = t.calls[i]
	}
	request := encodeEval(t.version, calls)
	for len(request) > maxRequest && len(calls) > 1 { // orders of hundreds of dishes
		calls = calls[:len(calls)/2]
		request = encodeEval(t.version, calls)
	}
	results, hasSet, err := t.send(ctx, lease, worker, request, len(calls))
	if err == nil && !hasSet {
		// The set changed since the worker started.
		if err = t.give(ctx, lease, worker); err == nil {
			results, hasSet, err = t.send(ctx, lease, worker, request, len(calls))
		}
	}
	if err != nil {
		return 0, err
	}
	if !hasSet || len(results) == 0 {
		return 0, errors.New("script: the worker answers nothing")
	}
	// A time-out ends the batch, so that it can only be the last.
	if last := results[len(results)-1].Err; last != nil && last.Kind == rule.TimedOut && starves(lease) {
		results[len(results)-1].Err = rule.Failure(rule.Killed, last.Where, tooMuchMemory())
	}
	for k := range results {
		t.results[indexes[k]] = results[k]
	}
	return len(results), nil
}

func (t *turn) send(ctx context.Context, lease *child.Lease, worker *child.Worker, request []byte, calls int) ([]rule.Result, bool, error) {
	slow := evaluationLimit(calls)
	if !t.pool.opts.noKill {
		defer slow.watch(lease).Stop()
	}
	answer, err := worker.Call(ctx, request)
	if err != nil {
		if ctx.Err() != nil {
			// Nobody waits any more, but what runs in there may never end.
			lease.Kill("its call was given up")
			return nil, false, ctx.Err()
		}
		return nil, false, bury(lease, slow)
	}
	return decodeResults(answer, calls)
}

func (t *turn) give(ctx context.Context, lease *child.Lease, worker *child.Worker) error {
	slow := loadLimit(len(t.pool.Set().Files))
	defer slow.watch(lease).Stop()
	if _, err := worker.Call(ctx, t.loaded); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return bury(lease, slow)
	}
	return nil
}

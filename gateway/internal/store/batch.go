package store

import (
	"context"
	"errors"
	"fmt"
)

// commit runs the batch in one transaction and answers every job.
func (w *writer) commit(ctx context.Context, batch []*job) {
	t, err := w.attempt(ctx, &batch, false)
	if errors.Is(err, errRedo) {
		t, err = w.attempt(ctx, &batch, true)
	}
	if err != nil {
		if w.trouble.Swap(&err) == nil {
			w.log.Error("nothing can be stored: events are refused until it works again", "error", err)
		}
		for _, j := range batch {
			j.done <- err
		}
		return
	}
	if w.trouble.Swap(nil) != nil {
		w.log.Info("storing works again")
	}
	if t.audited.N > 0 {
		w.audited(t.audited)
	}
	if t.late {
		w.late.Add(1)
	}
	if w.commits++; w.commits%checkpointCommits == 0 {
		select {
		case w.grown <- struct{}{}:
		default:
		}
	}
	if w.told != nil && len(t.told) > 0 {
		w.told(t.told)
	}
	for _, j := range batch {
		j.done <- j.err
	}
	w.wake.fire(t.woken)
}

// errRedo says that one job of a batch failed after it had written, so that the batch has to be done
// again with a savepoint for each job. Savepoints cost too much to set them on the good way.
var errRedo = errors.New("store: a job of the batch failed")

// attempt runs the batch once. The error concerns the whole batch; what concerns one job only is in
// the job. Events that come while the others run still go along: a cash server waits for each.
func (w *writer) attempt(ctx context.Context, batch *[]*job, savepoints bool) (*tx, error) {
	t, err := w.begin(ctx)
	if err != nil {
		return nil, err
	}
	events, err := w.runAll(t, *batch, savepoints)
	if ran := len(*batch); err == nil && !savepoints && len(events) < ran {
		*batch = w.drain(ctx, *batch, w.ingest)
		var late []*newEvent
		late, err = w.runAll(t, (*batch)[ran:], savepoints)
		events = append(events, late...)
	}
	if err == nil {
		err = w.storeEvents(t, events)
	}
	if err != nil {
		w.rollback(t, err)
		return nil, err
	}
	if _, err := t.exec("COMMIT"); err != nil {
		w.rollback(t, err)
		w.drop(true)
		return nil, fmt.Errorf("commit: %w", err)
	}
	return t, nil
}

// runAll runs jobs, but for the events that may be stored together: it returns those.
func (w *writer) runAll(t *tx, batch []*job, savepoints bool) (events []*newEvent, err error) {
	for _, j := range batch {
		j.err = nil
		if j.event != nil && !savepoints {
			events = append(events, j.event)
			continue
		}
		if err := w.run(t, j, savepoints); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// storeEvents stores the events of a batch together. When one of them cannot be stored, the batch is
// done again one by one, so that only that one fails.
func (w *writer) storeEvents(t *tx, events []*newEvent) error {
	if len(events) == 0 {
		return nil
	}
	err := w.addEvents(t, events)
	if err != nil && !severe(err) {
		return errRedo
	}
	return err
}

// run runs one job. It returns an error only when the transaction cannot go on.
func (w *writer) run(t *tx, j *job, savepoint bool) error {
	if savepoint {
		if _, err := t.exec("SAVEPOINT job"); err != nil {
			return err
		}
	}
	t.writes = 0
	told, audited := len(t.told), t.audited
	j.err = j.run(t)
	if j.err != nil {
		t.told, t.audited = t.told[:told], audited
	}
	switch {
	case j.err != nil && severe(j.err):
		return j.err
	case j.err != nil && t.writes > 0 && !savepoint:
		return errRedo
	case j.err != nil && savepoint:
		if _, err := t.exec("ROLLBACK TO job"); err != nil {
			return err
		}
	}
	if savepoint {
		if _, err := t.exec("RELEASE job"); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) begin(ctx context.Context) (*tx, error) {
	if w.conn == nil {
		if err := w.connect(ctx); err != nil {
			return nil, err
		}
	}
	t := &tx{w: w, ctx: ctx}
	if _, err := t.exec(w.dialect.begin); err != nil {
		if !errors.Is(err, ErrBusy) {
			w.drop(true)
		}
		return nil, fmt.Errorf("begin: %w", err)
	}
	return t, nil
}

// rollback ends a failed transaction; a connection that cannot even do that, or that met trouble with
// the disk, is replaced.
func (w *writer) rollback(t *tx, cause error) {
	_, err := t.exec("ROLLBACK")
	if err != nil || severe(cause) {
		w.drop(true)
	}
}

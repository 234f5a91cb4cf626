package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
)

func opened(t *testing.T, o Options) *DB {
	t.Helper()
	o.Folder, o.Instance = t.TempDir(), true
	db, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

// hold stops the writer inside a job until the returned function is called.
func hold(t *testing.T, db *DB) (release func()) {
	t.Helper()
	inside, out, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() {
		ended <- db.writer.do(context.Background(), func(*tx) error {
			once.Do(func() { close(inside) })
			<-out
			return nil
		})
	}()
	<-inside
	return func() {
		close(out)
		if err := <-ended; err != nil {
			t.Errorf("held job: %v", err)
		}
	}
}

func event(i int) kds.Event {
	return kds.Event{Body: []byte("x"), Key: kds.Key{Hash: fmt.Sprint(i), Dated: true}}
}

// waitFor blocks until n events wait for the writer.
func waitFor(t *testing.T, db *DB, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); len(db.writer.ingest) < n; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Errorf("%d events wait, want %d", len(db.writer.ingest), n)
			return
		}
	}
}

func TestAnEventIsVisibleToEverybodyWhenItIsAcknowledged(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	var group sync.WaitGroup
	for w := range 16 {
		group.Go(func() {
			for i := range 50 {
				id, _, err := db.AddEvent(t.Context(), event(w*50+i))
				if err == nil {
					_, err = db.Event(t.Context(), id) // another connection: it sees only what is committed
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

func TestAFullQueueIsBusyAtOnce(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{Queue: 4})
	release := hold(t, db)
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			if _, _, err := db.AddEvent(t.Context(), event(i)); err != nil {
				t.Errorf("event %d: %v", i, err)
			}
		})
	}
	waitFor(t, db, 4)
	if _, _, err := db.AddEvent(t.Context(), event(9)); !errors.Is(err, ErrBusy) {
		t.Errorf("the fifth event: %v, want busy", err)
	}
	release()
	group.Wait()
	if n := db.writer.waiting.Load(); n != 0 {
		t.Errorf("%d bytes are still counted as waiting", n)
	}
}

func TestTooManyBytesAreBusyAtOnce(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	release := hold(t, db)
	db.writer.waiting.Store(queueBytes)
	if _, _, err := db.AddEvent(t.Context(), event(1)); !errors.Is(err, ErrBusy) {
		t.Errorf("AddEvent: %v, want busy", err)
	}
	db.writer.waiting.Store(0)
	release()
}

// seesEvents submits a job of the loops that counts the events when its turn comes.
func seesEvents(t *testing.T, db *DB, group *sync.WaitGroup) *int {
	t.Helper()
	seen, waiting := -1, len(db.writer.urgent)
	group.Go(func() {
		err := db.writer.do(t.Context(), func(tx *tx) error {
			_, err := tx.one([]any{&seen}, `SELECT count(*) FROM event`)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	for len(db.writer.urgent) == waiting {
		runtime.Gosched()
	}
	return &seen
}

func TestAnEventGoesAlongWithTheJobThatRunsWhenItComes(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	taken := event(0)
	taken.ID = "01J00000000000000000000000"
	if _, _, err := db.AddEvent(t.Context(), taken); err != nil {
		t.Fatal(err)
	}
	commits := db.writer.commits
	release := hold(t, db)
	var group sync.WaitGroup
	seen := seesEvents(t, db, &group)
	for i := range 3 {
		group.Go(func() {
			if _, _, err := db.AddEvent(t.Context(), event(1+i)); err != nil {
				t.Errorf("event %d: %v", i, err)
			}
		})
	}
	group.Go(func() {
		again := event(9)
		again.ID = taken.ID
		if _, _, err := db.AddEvent(t.Context(), again); !errors.Is(err, ErrTaken) {
			t.Errorf("an event whose ID is taken: %v", err)
		}
	})
	waitFor(t, db, 4)
	release()
	group.Wait()
	if *seen != 4 || db.writer.commits-commits != 2 {
		t.Errorf("the next job saw %d events, %d commits; want 4 and 2: the events with the job before it", *seen, db.writer.commits-commits)
	}
}

func TestEventsGoBeforeTheJobsOfTheLoops(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	release := hold(t, db)
	var group sync.WaitGroup
	seen := seesEvents(t, db, &group)
	for i := range batchJobs { // one more than fit into the batch of the held job
		group.Go(func() {
			if _, _, err := db.AddEvent(t.Context(), event(i)); err != nil {
				t.Error(err)
			}
		})
	}
	waitFor(t, db, batchJobs)
	release()
	group.Wait()
	if *seen != batchJobs {
		t.Errorf("the job saw %d events, want all %d that came before its turn", *seen, batchJobs)
	}
}

func TestACallerWhoGivesUpInTimeHasWrittenNothing(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	release := hold(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() {
		_, _, err := db.AddEvent(ctx, event(1))
		result <- err
	}()
	waitFor(t, db, 1)
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("AddEvent: %v, want canceled", err)
	}
	release()
	if _, _, err := db.AddEvent(t.Context(), event(2)); err != nil { // goes behind the one given up
		t.Fatal(err)
	}
	if n, err := db.Unfinished(t.Context()); err != nil || n != 1 {
		t.Errorf("%d events stored, %v; want the second only", n, err)
	}
}

func TestWhenCommitFailsNobodyIsToldOfSuccess(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer // the logger has a lock
	db := opened(t, Options{Log: hclog.New(&hclog.LoggerOptions{Output: &said})})
	const neighbours = 8
	runs := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		err := db.writer.do(t.Context(), func(tx *tx) error {
			// A foreign key that is only checked by COMMIT makes that fail, and nothing before it.
			if _, err := tx.exec(`PRAGMA defer_foreign_keys = 1`); err != nil {
				return err
			}
			_, err := tx.exec(`INSERT INTO binding VALUES ('b', 'nobody', 'ref', '', 0, 0)`)
			close(runs)
			waitFor(t, db, neighbours) // they go along
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "commit") {
			t.Errorf("the culprit: %v, want a failed commit", err)
		}
	})
	<-runs
	for i := range neighbours {
		group.Go(func() {
			if _, _, err := db.AddEvent(t.Context(), event(i)); err == nil {
				t.Errorf("event %d was acknowledged by a failed commit", i)
			}
		})
	}
	group.Wait()
	if n, err := db.Unfinished(t.Context()); err != nil || n != 0 {
		t.Errorf("%d events stored, %v; want none", n, err)
	}
	if db.Health(t.Context()) == nil {
		t.Error("health is good after a failed commit")
	}
	if err := db.Ready(t.Context()); err != nil {
		t.Errorf("not ready after the next write succeeded: %v", err)
	}
	if _, _, err := db.AddEvent(t.Context(), event(1)); err != nil {
		t.Errorf("after the failure: %v", err)
	}
	if err := db.Close(); err != nil { // nobody logs any more
		t.Error(err)
	}
	for _, line := range []string{"nothing can be stored", "storing works again"} {
		if n := strings.Count(said.String(), line); n != 1 {
			t.Errorf("%d lines that %s, want one; the log:\n%s", n, line, said.String())
		}
	}
}

func TestAJobThatFailsAfterWritingIsUndoneAlone(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	release := hold(t, db)
	failure := errors.New("planted")
	var group sync.WaitGroup
	group.Go(func() {
		err := db.writer.do(t.Context(), func(tx *tx) error {
			return errors.Join(setState(tx, "bad", "x"), failure)
		})
		if !errors.Is(err, failure) {
			t.Errorf("the culprit: %v", err)
		}
	})
	group.Go(func() {
		if err := db.SetState(t.Context(), "good", "x"); err != nil {
			t.Errorf("its neighbour: %v", err)
		}
	})
	for len(db.writer.urgent) < 2 {
		runtime.Gosched()
	}
	release()
	group.Wait()
	for key, want := range map[string]string{"bad": "", "good": "x"} {
		if got, err := db.State(t.Context(), key); err != nil || got != want {
			t.Errorf("state %s is %q, %v; want %q", key, got, err, want)
		}
	}
}

func TestNoSpaceLeftIsToldAndPasses(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	limit := func(pages int) {
		err := db.writer.do(t.Context(), func(tx *tx) error {
			var now int
			_, err := tx.one([]any{&now}, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // SQLite raises it to what the file has
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		e := event(i)
		e.Body = []byte(strings.Repeat("x", 4000))
		_, _, err = db.AddEvent(t.Context(), e)
	}
	if !errors.Is(err, ErrFull) {
		t.Fatalf("AddEvent on a full disk: %v, want full", err)
	}
	if !errors.Is(db.Health(t.Context()), ErrFull) {
		t.Error("health is good on a full disk")
	}
	// The connection was replaced, and with it the planted limit went.
	if _, _, err := db.AddEvent(t.Context(), event(5000)); err != nil {
		t.Errorf("with space again: %v", err)
	}
}

func TestPhonesStayOutOfErrors(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := db.Bind(t.Context(), contact.Binding{GUID: "G", Phone: contact.StoredPhone("+79990000001")})
	if err == nil || strings.Contains(err.Error(), "0000001") {
		t.Errorf("Bind: %v", err)
	}
}

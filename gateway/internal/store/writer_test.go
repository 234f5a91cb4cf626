package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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
			t.Fatalf("%d events wait, want %d", len(db.writer.ingest), n)
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

func TestJobsOfTheLoopsGoBeforeEvents(t *testing.T) {
	t.Parallel()
	db := opened(t, Options{})
	release := hold(t, db)
	var group sync.WaitGroup
	group.Go(func() {
		if _, _, err := db.AddEvent(t.Context(), event(1)); err != nil {
			t.Error(err)
		}
	})
	waitFor(t, db, 1)
	seen := []int{-1, -1}
	for i := range seen {
		group.Go(func() {
			err := db.writer.do(t.Context(), func(tx *tx) error {
				_, err := tx.one([]any{&seen[i]}, `SELECT count(*) FROM event`)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for len(db.writer.urgent) < len(seen) {
		runtime.Gosched()
	}
	release()
	group.Wait()
	if !slices.Equal(seen, []int{0, 0}) {
		t.Errorf("the later jobs of the loops saw %v events, want none", seen)
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
	db := opened(t, Options{})
	release := hold(t, db)
	var group sync.WaitGroup
	group.Go(func() {
		err := db.writer.do(t.Context(), func(tx *tx) error {
			// A foreign key that is only checked by COMMIT makes that fail, and nothing before it.
			if _, err := tx.exec(`PRAGMA defer_foreign_keys = 1`); err != nil {
				return err
			}
			_, err := tx.exec(`INSERT INTO binding VALUES ('b', 'nobody', 'ref', '', 0, 0)`)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "commit") {
			t.Errorf("the culprit: %v, want a failed commit", err)
		}
	})
	for len(db.writer.urgent) == 0 {
		runtime.Gosched()
	}
	for i := range 8 {
		group.Go(func() {
			if _, _, err := db.AddEvent(t.Context(), event(i)); err == nil {
				t.Errorf("event %d was acknowledged by a failed commit", i)
			}
		})
	}
	waitFor(t, db, 8)
	release()
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

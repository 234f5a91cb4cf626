package pipeline

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// diary notes when loops begin and end.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) note(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
}

// take gives the lines since the last take, sorted: loops of different accounts are in no order.
func (d *diary) take() []string {
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	lines := d.lines
	d.lines = nil
	slices.Sort(lines)
	return lines
}

// job is a loop that takes a minute to end.
func (d *diary) job(account string, key int) Job {
	return Job{Account: account, Key: key, Run: func(ctx context.Context) {
		d.note(account + " begins")
		<-ctx.Done()
		time.Sleep(time.Minute)
		d.note(account + " ended")
	}}
}

func TestLoopsFollowTheAccounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var d diary
		var l Loops
		want := func(when string, lines ...string) {
			t.Helper()
			if got := d.take(); !slices.Equal(got, lines) {
				t.Errorf("%s: got %v, want %v", when, got, lines)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		l.Set([]Job{d.job("main", 1), d.job("spare", 1)})
		want("before Run")
		ended := make(chan struct{})
		go func() { defer close(ended); l.Run(ctx) }()
		want("at the start", "main begins", "spare begins")
		l.Set([]Job{d.job("main", 1), d.job("spare", 2), d.job("new", 1)})
		want("one changed and one new", "new begins")
		time.Sleep(time.Minute)
		want("when the changed one has ended", "spare begins", "spare ended")
		l.Set([]Job{d.job("spare", 2), d.job("new", 2)})
		l.Set([]Job{d.job("spare", 2), d.job("new", 3)})
		time.Sleep(time.Hour)
		want("one gone, one changed twice", "main ended", "new begins", "new begins", "new ended", "new ended")
		l.Set([]Job{d.job("spare", 2)})
		l.Set([]Job{d.job("spare", 2), d.job("new", 3)})
		want("gone and there again, while it ends")
		time.Sleep(time.Minute)
		want("when it has ended", "new begins", "new ended")
		stop()
		<-ended
		want("at the end", "new ended", "spare ended")
		l.Set([]Job{d.job("late", 1)})
		want("after the end")
	})
}

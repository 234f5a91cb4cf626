package pipeline

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

// ledger is a store and a provider in one, with one message of the account main.
type ledger struct {
	mu        sync.Mutex
	m         message.Message
	next      time.Time // when it is due; zero: never again
	answers   []message.Status
	lookupErr error
	callbacks bool
	parsed    message.Parsed
	parseErr  error

	asked   []time.Duration // since the start
	pending []message.Callback
	ended   []message.Verdict
	start   time.Time
}

func (l *ledger) ApplyReceipts(_ context.Context, _ string, _ message.Source, receipts []message.Receipt, now time.Time) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	moved := 0
	for _, r := range receipts {
		if next, moves := message.Learn(l.m, r, now); moves {
			l.m.Status, l.m.UpdatedAt, l.next = next.Status, now, now
			moved++
		}
	}
	return moved, nil
}

func (l *ledger) MatchReceipts(context.Context, time.Time) (int, error) { return 0, nil }

func (l *ledger) ClaimLookups(_ context.Context, account string, _ int, now time.Time) ([]message.Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	open := l.m.Status == message.Accepted || l.m.Status == message.Unknown
	if account != "main" || !open || l.next.IsZero() || now.Before(l.next) {
		return nil, nil
	}
	l.next = now.Add(time.Minute)
	return []message.Message{l.m}, nil
}

func (l *ledger) AskAgain(_ context.Context, at map[string]time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if when, there := at[l.m.ID]; there {
		l.next = when
	}
	return nil
}

func (l *ledger) CallbackToken(context.Context, string) (string, error) { return "secret", nil }

func (l *ledger) AddCallback(_ context.Context, c message.Callback) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.ID = "01C"
	l.pending = append(l.pending, c)
	return c.ID, nil
}

func (l *ledger) EndCallback(_ context.Context, _ message.Callback, v message.Verdict, _ string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending, l.ended = nil, append(l.ended, v)
	return nil
}

func (l *ledger) PendingCallbacks(context.Context, []string, time.Time, int) ([]message.Callback, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.pending), nil
}

func (l *ledger) CanLookup(account string) bool { return account != "mute" }

func (l *ledger) HasCallbacks(string) bool { return l.callbacks }

func (l *ledger) Lookup(ctx context.Context, account string, queries []message.Query) ([]message.Receipt, error) {
	if account != "main" { // the neighbour hangs
		<-ctx.Done()
		return nil, ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, time.Since(l.start))
	if l.lookupErr != nil {
		return nil, l.lookupErr
	}
	status := message.Unknown
	if len(l.answers) > 0 {
		status, l.answers = l.answers[0], l.answers[1:]
	}
	return []message.Receipt{{MessageID: queries[0].MessageID, Status: status}}, nil
}

func (l *ledger) ParseCallback(context.Context, message.Callback) (message.Parsed, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.parsed, l.parseErr
}

// learning runs a Reconcile over l for a while, in a bubble of its own time.
func learning(t *testing.T, l *ledger, reachable bool, d time.Duration, during func(r *Reconcile)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l.start, l.next = time.Now(), time.Now()
		l.m.ID, l.m.Account, l.m.UpdatedAt = "01M", "main", time.Now()
		if l.m.Deadline.IsZero() {
			l.m.Deadline = time.Now().Add(time.Hour)
		}
		r := &Reconcile{Accounts: func() []string { return []string{"main", "mute", "hangs"} }, Ledger: l, Postbox: l, Asker: l, Reachable: reachable, Now: time.Now, Log: hclog.NewNullLogger()}
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { r.Run(ctx) })
		for _, account := range r.Accounts() {
			all.Go(func() { r.RunAccount(ctx, account) })
		}
		if during != nil {
			during(r)
		}
		time.Sleep(d)
		stop()
		all.Wait()
	})
}

func TestMessagesAreAskedAboutUntilTheirEndIsKnown(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		from      message.Status
		answers   []message.Status
		err       error
		reachable bool
		want      message.Status
		asked     []time.Duration
	}{
		{"an unknown one turns out to be delivered", message.Unknown, []message.Status{message.Delivered}, nil, false, message.Delivered, []time.Duration{0}},
		{"an unknown one that never arrived is queued again, once that is believed", message.Unknown, slices.Repeat([]message.Status{message.Absent}, 9), nil, false, message.Queued,
			[]time.Duration{0, 10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second}},
		{"an accepted one is asked about less and less often", message.Accepted, []message.Status{message.Accepted, message.Accepted, message.Accepted, message.Delivered}, nil, false,
			message.Delivered, []time.Duration{0, 10 * time.Second, 20 * time.Second, 40 * time.Second}},
		{"where a callback can come it is waited for", message.Accepted, []message.Status{message.Delivered}, nil, true, message.Delivered, []time.Duration{5 * time.Minute}},
		{"for an unknown outcome nobody waits", message.Unknown, []message.Status{message.Accepted, message.Delivered}, nil, true, message.Delivered, []time.Duration{0, 5 * time.Minute}},
		{"a provider that cannot answer is asked again and changes nothing", message.Unknown, nil, errors.New("503"), false, message.Unknown,
			[]time.Duration{0, 30 * time.Second, 60 * time.Second}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := &ledger{m: message.Message{Status: tt.from}, answers: tt.answers, lookupErr: tt.err, callbacks: true}
			learning(t, l, tt.reachable, 20*time.Minute, nil)
			if l.m.Status != tt.want {
				t.Errorf("the message is %s, want %s", l.m.Status, tt.want)
			}
			if len(l.asked) < len(tt.asked) || tt.err == nil && len(l.asked) != len(tt.asked) {
				t.Fatalf("asked %v, want %v", l.asked, tt.asked)
			}
			for i, at := range tt.asked {
				if late := l.asked[i] - at; late < 0 || late > 5*time.Second {
					t.Errorf("asked %v, want %v", l.asked, tt.asked)
				}
			}
		})
	}
}

func TestAMessageIsNotAskedAboutForEver(t *testing.T) {
	t.Parallel()
	l := &ledger{m: message.Message{Status: message.Accepted}}
	learning(t, l, false, 100*time.Hour, nil)
	if n := len(l.asked); n < 20 || n > 50 || l.asked[n-1] > 50*time.Hour {
		t.Errorf("asked %d times, last after %s; want 20 to 50 times in two days", n, l.asked[n-1])
	}
}

func TestACallbackIsKeptVerifiedAndApplied(t *testing.T) {
	t.Parallel()
	delivered := []message.Receipt{{MessageID: "01M", Status: message.Delivered}}
	words := message.CallbackReply{Status: 200, Body: []byte("100")}
	tests := []struct {
		name    string
		account string
		token   string
		parsed  message.Parsed
		err     error
		want    message.Status
		ended   []message.Verdict
		fails   error
	}{
		{"a true one", "main", "secret", message.Parsed{Receipts: delivered, Reply: words}, nil, message.Delivered, []message.Verdict{message.CallbackTaken}, nil},
		{"a forged one changes nothing, whatever it claims", "main", "secret", message.Parsed{Receipts: delivered, Refusal: "wrong hash"}, nil, message.Accepted, []message.Verdict{message.CallbackRefused}, nil},
		{"a wrong token", "main", "Secret", message.Parsed{Receipts: delivered}, nil, message.Accepted, nil, ErrNoSuchCallback},
		{"an account that there is not", "other", "secret", message.Parsed{Receipts: delivered}, nil, message.Accepted, nil, ErrNoSuchCallback},
		{"one that nobody can read stays", "main", "secret", message.Parsed{}, errors.New("starting"), message.Accepted, nil, ErrCallbackLater},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := &ledger{m: message.Message{Status: message.Accepted, ID: "01M"}, parsed: tt.parsed, parseErr: tt.err}
			r := &Reconcile{Accounts: func() []string { return []string{"main"} }, Ledger: l, Postbox: l, Asker: l, Now: time.Now, Log: hclog.NewNullLogger()}
			reply, err := r.Receive(t.Context(), message.Callback{Account: tt.account}, tt.token)
			if !errors.Is(err, tt.fails) || l.m.Status != tt.want || !slices.Equal(l.ended, tt.ended) {
				t.Fatalf("got %+v, %v, message %s, callback %v; want %v, %s, %v", reply, err, l.m.Status, l.ended, tt.fails, tt.want, tt.ended)
			}
			if kept := len(l.pending) == 1; kept != errors.Is(tt.fails, ErrCallbackLater) {
				t.Errorf("kept as pending: %v", kept)
			}
		})
	}
}

func TestACallbackThatNobodyCouldReadIsReadLater(t *testing.T) {
	t.Parallel()
	l := &ledger{m: message.Message{Status: message.Accepted}, callbacks: true, parseErr: errors.New("starting")}
	learning(t, l, true, time.Minute, func(r *Reconcile) {
		if _, err := r.Receive(context.Background(), message.Callback{Account: "main"}, "secret"); !errors.Is(err, ErrCallbackLater) {
			t.Errorf("while nobody can read it: got %v", err)
		}
		time.Sleep(20 * time.Second)
		l.mu.Lock()
		l.parseErr, l.parsed = nil, message.Parsed{Receipts: []message.Receipt{{MessageID: "01M", Status: message.Delivered}}}
		l.mu.Unlock()
	})
	if l.m.Status != message.Delivered || !slices.Equal(l.ended, []message.Verdict{message.CallbackTaken}) {
		t.Errorf("a minute later: message %s, callback %v", l.m.Status, l.ended)
	}
}

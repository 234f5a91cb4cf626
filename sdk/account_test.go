package sdk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/sdk/internal/wire"
)

type trialSettings struct {
	Key  Secret `sdk:"key,required" en:"Key" ru:"Ключ"`
	Mode string `sdk:"mode" en:"Mode" ru:"Режим"`
}

// trial is an account whose Send the test writes.
type trial struct {
	Env
	send   func(context.Context, Message) (Accepted, error)
	closed *atomic.Int32
}

func (a *trial) Send(ctx context.Context, m Message) (Accepted, error) { return a.send(ctx, m) }

func (a *trial) Close() error {
	a.closed.Add(1)
	return nil
}

// batchTrial can send batches, too.
type batchTrial struct {
	Env
	batch func([]Message) ([]Outcome, error)
}

func (a *batchTrial) Send(ctx context.Context, m Message) (Accepted, error) {
	return SendOne(ctx, m, a)
}

func (a *batchTrial) SendBatch(_ context.Context, batch []Message) ([]Outcome, error) {
	return a.batch(batch)
}

var anyKey = accountKey{"main", 1}

func started[A Sender](t *testing.T, p Plugin[trialSettings, A]) *accounts {
	t.Helper()
	p.Name, p.Version, p.Title = "trial", "1", Text{"Trial", "Проба"}
	e, err := newEngine(p)
	if err != nil {
		t.Fatal(err)
	}
	as := newAccounts(e, newScrubber(), hclog.NewNullLogger(), time.Now)
	diagnostics, err := as.add(t.Context(), anyKey, map[string]string{"key": canary}, nil)
	if err != nil || len(diagnostics) > 0 {
		t.Fatalf("open: %v, %v", diagnostics, err)
	}
	return as
}

func opened(t *testing.T, inFlight int, send func(context.Context, Message) (Accepted, error)) (*accounts, *atomic.Int32) {
	t.Helper()
	closed := &atomic.Int32{}
	return started(t, Plugin[trialSettings, *trial]{
		MaxInFlight: inFlight,
		Open: func(_ context.Context, _ trialSettings, env Env) (*trial, error) {
			return &trial{env, send, closed}, nil
		},
	}), closed
}

func openedBatch(t *testing.T, batch func([]Message) ([]Outcome, error)) *accounts {
	t.Helper()
	return started(t, Plugin[trialSettings, *batchTrial]{
		MaxBatch: 3,
		Open: func(_ context.Context, _ trialSettings, env Env) (*batchTrial, error) {
			return &batchTrial{env, batch}, nil
		},
	})
}

func numbered(n int) []Message {
	batch := make([]Message, n)
	for i := range batch {
		batch[i] = Message{ID: fmt.Sprintf("m%02d", i), Attempt: 1, To: "+79990000001", Text: "hello"}
	}
	return batch
}

// shape writes outcomes as "m00 accepted p-m00" or "m00 INTERNAL".
func shape(outcomes []Outcome) []string {
	var lines []string
	for _, o := range outcomes {
		if o.Failure != nil {
			lines = append(lines, o.ID+" "+string(o.Failure.Reason))
			continue
		}
		lines = append(lines, o.ID+" accepted "+o.Accepted.ID)
	}
	return lines
}

func TestSinglesKeepOrderAndIDsWithinTheirBound(t *testing.T) {
	t.Parallel()
	var running, most atomic.Int32
	as, _ := opened(t, 3, func(_ context.Context, m Message) (Accepted, error) {
		n := running.Add(1)
		defer running.Add(-1)
		for {
			seen := most.Load()
			if n <= seen || most.CompareAndSwap(seen, n) {
				break
			}
		}
		switch m.ID {
		case "m03":
			return Accepted{}, Fail(NoMoney, "empty")
		case "m04":
			panic("oh")
		case "m05":
			return Accepted{}, errors.New("odd")
		case "m06":
			return Accepted{}, nil
		case "m07":
			return Accepted{}, fmt.Errorf("wrapped: %w", Fail(BadSender, "no such name"))
		case "m08":
			return Accepted{}, &Failure{Reason: "MOOD"}
		}
		return Accepted{ID: "p-" + m.ID}, nil
	})
	batch := numbered(20)
	batch[9].NotAfter = time.Now().Add(-time.Second)
	got := as.find(anyKey).send(t.Context(), batch)
	var want []string
	special := map[int]string{3: "NO_MONEY", 4: "INTERNAL", 5: "UNKNOWN_OUTCOME", 6: "INTERNAL", 7: "BAD_SENDER", 8: "MOOD", 9: "EXPIRED"}
	for i, m := range batch {
		line := m.ID + " accepted p-" + m.ID
		if reason, ok := special[i]; ok {
			line = m.ID + " " + reason
		}
		want = append(want, line)
	}
	if diff := cmp.Diff(want, shape(got)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if most.Load() > 3 {
		t.Errorf("%d calls ran at once, want at most 3", most.Load())
	}
	if reason := (writer{newScrubber()}).failure(got[8].Failure).GetReason(); reason != wire.Reason_REASON_INTERNAL {
		t.Errorf("an invented reason goes out as %v, want INTERNAL", reason)
	}
}

func TestBatchesAreCutAndPutInOrder(t *testing.T) {
	t.Parallel()
	as := openedBatch(t, func(batch []Message) ([]Outcome, error) {
		if len(batch) > 3 {
			t.Errorf("got a batch of %d, want at most 3", len(batch))
		}
		var out []Outcome
		for _, m := range slices.Backward(batch) {
			out = append(out, Outcome{ID: m.ID, Accepted: &Accepted{ID: "p-" + m.ID}})
		}
		switch batch[0].ID {
		case "m03": // one too few, one that nobody asked for
			return append(out[:2], Outcome{ID: "x", Accepted: &Accepted{ID: "p"}}), nil
		case "m06": // the call failed half-way
			return out[:1], Fail(Unavailable, "later")
		case "m09":
			panic("oh")
		}
		return out, nil
	})
	got := shape(as.find(anyKey).send(t.Context(), numbered(13)))
	want := []string{
		"m00 accepted p-m00", "m01 accepted p-m01", "m02 accepted p-m02", "m03 INTERNAL", "m04 accepted p-m04", "m05 accepted p-m05",
		"m06 UNAVAILABLE", "m07 UNAVAILABLE", "m08 accepted p-m08", "m09 INTERNAL", "m10 INTERNAL", "m11 INTERNAL", "m12 accepted p-m12",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func TestAHangingMessageDoesNotHoldUpTheAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		as, closed := opened(t, 2, func(_ context.Context, m Message) (Accepted, error) {
			if m.ID == "m00" {
				<-release // deaf to its context
			}
			return Accepted{ID: "p-" + m.ID}, nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		began := time.Now()
		got := shape(as.find(anyKey).send(ctx, numbered(3)))
		want := []string{"m00 UNKNOWN_OUTCOME", "m01 accepted p-m01", "m02 accepted p-m02"}
		if diff := cmp.Diff(want, got); diff != "" || time.Since(began) >= 10*time.Second {
			t.Errorf("after %v (-want +got):\n%s", time.Since(began), diff)
		}
		soonOver, cancel2 := context.WithTimeout(t.Context(), time.Second)
		defer cancel2()
		if err := as.remove(soonOver, anyKey); !errors.Is(err, context.DeadlineExceeded) || closed.Load() != 0 {
			t.Errorf("Close while a call runs: got %v, closed %d times", err, closed.Load())
		}
		close(release)
		synctest.Wait()
		if closed.Load() != 1 {
			t.Errorf("after the last call the account was closed %d times, want once", closed.Load())
		}
	})
}

func TestAMessageWhoseTurnDoesNotComeIsUnavailable(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		as, _ := opened(t, 1, func(ctx context.Context, _ Message) (Accepted, error) {
			<-ctx.Done()
			return Accepted{}, ctx.Err()
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		got := shape(as.find(anyKey).send(ctx, numbered(2)))
		slices.SortFunc(got, func(a, b string) int { return strings.Compare(a[4:], b[4:]) })
		if got[0][4:] != "UNAVAILABLE" || got[1][4:] != "UNKNOWN_OUTCOME" {
			t.Errorf("got %v, want one UNAVAILABLE and one UNKNOWN_OUTCOME", got)
		}
	})
}

func TestRevisionsLiveBesideEachOther(t *testing.T) {
	t.Parallel()
	as, closed := opened(t, 1, func(context.Context, Message) (Accepted, error) { return Accepted{ID: "p"}, nil })
	again, err := as.add(t.Context(), anyKey, map[string]string{"key": canary}, nil)
	if err != nil || len(again) > 0 {
		t.Errorf("the same again: got %v, %v, want nothing", again, err)
	}
	other, err := as.add(t.Context(), anyKey, map[string]string{"key": "another"}, nil)
	if err != nil || len(other) != 1 || other[0].Severity != SeverityError {
		t.Errorf("the same revision with other settings: got %v, %v, want an error", other, err)
	}
	second := accountKey{"main", 2}
	if d, err := as.add(t.Context(), second, map[string]string{"key": "another"}, nil); err != nil || len(d) > 0 {
		t.Errorf("revision 2: got %v, %v", d, err)
	}
	if err := as.remove(t.Context(), anyKey); err != nil || closed.Load() != 1 {
		t.Errorf("closing revision 1: %v, closed %d times", err, closed.Load())
	}
	if as.find(anyKey) != nil || as.find(second) == nil {
		t.Error("want revision 2 alone")
	}
	if err := as.remove(t.Context(), anyKey); err != nil || closed.Load() != 1 {
		t.Errorf("closing what is closed: %v, closed %d times", err, closed.Load())
	}
	as.removeAll(t.Context())
	if closed.Load() != 2 {
		t.Errorf("at the end %d accounts were closed, want 2", closed.Load())
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	e, err := newEngine(Plugin[trialSettings, *trial]{
		Name: "trial", Version: "1", Title: Text{"Trial", "Проба"},
		Open: func(_ context.Context, s trialSettings, _ Env) (*trial, error) {
			switch s.Mode {
			case "setting":
				return nil, &SettingError{Field: "mode", Text: Text{"not with " + string(s.Key), "не с " + string(s.Key)}}
			case "failure":
				return nil, Fail(Unauthorized, "key %s", string(s.Key))
			case "panic":
				panic(string(s.Key))
			}
			return &trial{}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	scrub := newScrubber()
	as := newAccounts(e, scrub, hclog.New(&hclog.LoggerOptions{Output: scrub.writer(&log)}), time.Now)
	tests := []struct {
		name, mode, field string
		allow             []string
	}{
		{"a setting that a deeper look refuses", "setting", "mode", nil},
		{"a failure", "failure", "", nil},
		{"a panic", "panic", "", nil},
		{"an address that cannot be allowed", "", "", []string{"nonsense"}},
	}
	for i, test := range tests {
		key := accountKey{"a", uint64(i)} //nolint:gosec // small
		got, err := as.add(t.Context(), key, map[string]string{"key": canary, "mode": test.mode}, test.allow)
		if err != nil || len(got) != 1 || got[0].Severity != SeverityError || got[0].Field != test.field || got[0].Summary.RU == "" {
			t.Errorf("%s: got %+v, %v, want one error on %q", test.name, got, err, test.field)
		}
		if text := fmt.Sprint(got); strings.Contains(text, canary) {
			t.Errorf("%s: the key leaks: %s", test.name, text)
		}
		if as.find(key) != nil {
			t.Errorf("%s: the account is open", test.name)
		}
	}
	if strings.Contains(log.String(), canary) {
		t.Errorf("the log holds the key: %s", log.String())
	}
}

func TestAbilitiesAreThoseOfTheType(t *testing.T) {
	t.Parallel()
	plain, err := newEngine(Plugin[trialSettings, *trial]{
		Name: "a", Version: "1", Title: Text{"A", "А"}, Open: func(context.Context, trialSettings, Env) (*trial, error) { return nil, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Capabilities{MaxBatch: 1, MaxInFlight: 8, Resend: ResendNone, Channels: []Channel{SMS}}
	if diff := cmp.Diff(want, plain.manifest.Capabilities); diff != "" {
		t.Errorf("one method (-want +got):\n%s", diff)
	}
	full, err := newEngine(Plugin[struct{}, able]{
		Name: "a", Version: "1", Title: Text{"A", "А"}, MaxBatch: 50, Open: func(context.Context, struct{}, Env) (able, error) { return able{}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	want = Capabilities{MaxBatch: 50, MaxInFlight: 8, Resend: ResendNone, Channels: []Channel{SMS}, Check: true, Lookup: true, Callbacks: true, Balance: true, Estimate: true}
	if diff := cmp.Diff(want, full.manifest.Capabilities); diff != "" {
		t.Errorf("all methods (-want +got):\n%s", diff)
	}
}

// able has every ability.
type able struct{}

func (able) Send(context.Context, Message) (Accepted, error)         { return Accepted{}, nil }
func (able) SendBatch(context.Context, []Message) ([]Outcome, error) { return nil, nil }
func (able) Lookup(context.Context, []Query) ([]Receipt, error)      { return nil, nil }
func (able) ParseCallback(context.Context, Callback) ([]Receipt, Reply, error) {
	return nil, Reply{}, nil
}
func (able) Balance(context.Context) (Balance, error)             { return Balance{}, nil }
func (able) Estimate(context.Context, []Message) ([]Price, error) { return nil, nil }
func (able) Check(context.Context) ([]Diagnostic, error)          { return nil, nil }
func (able) Close() error                                         { return nil }

func TestAnAuthorsMistakesAreListed(t *testing.T) {
	t.Parallel()
	_, err := newEngine(Plugin[struct{ A int }, Sender]{Name: "Bad Name"})
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{"Plugin.Name", "Plugin.Title", "Plugin.Open", "Plugin.Version", "must be concrete", "field A"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	if _, err := PluginSets(Plugin[struct{}, able]{Name: "a", Version: "1", Title: Text{"A", "А"}}, io.Discard, time.Now); err == nil || !strings.Contains(err.Error(), "MaxBatch") {
		t.Errorf("SendBatch without MaxBatch: got %v", err)
	}
}

func TestTheWatchdogBitesWhenLeftAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dead := func(w *watchdog) bool {
			synctest.Wait()
			select {
			case <-w.done:
				return true
			default:
				return false
			}
		}
		never := newWatchdog(15*time.Second, 2*time.Second)
		time.Sleep(14 * time.Second) // the bubble's clock
		if dead(never) {
			t.Error("dead before anybody could connect")
		}
		time.Sleep(2 * time.Second)
		if !dead(never) {
			t.Error("alive although nobody connected")
		}
		w := newWatchdog(15*time.Second, 2*time.Second)
		w.HandleConn(t.Context(), begin())
		w.HandleConn(t.Context(), begin())
		time.Sleep(time.Hour)
		w.HandleConn(t.Context(), end())
		time.Sleep(time.Hour)
		if dead(w) {
			t.Error("dead while a connection is open")
		}
		w.HandleConn(t.Context(), end())
		time.Sleep(time.Second)
		w.HandleConn(t.Context(), begin()) // reconnected in time
		time.Sleep(time.Hour)
		if dead(w) {
			t.Error("dead although the gateway came back")
		}
		w.HandleConn(t.Context(), end())
		time.Sleep(2100 * time.Millisecond)
		if !dead(w) {
			t.Error("alive 2.1 s after the last connection")
		}
	})
}

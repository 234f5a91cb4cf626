package sdk

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
)

// sentLater sends within a second; the answer comes to the channel.
func sentLater(ctx context.Context, a *account, batch []Message, within time.Duration) <-chan []string {
	answer := make(chan []string, 1)
	go func() {
		ctx, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		answer <- shape(a.send(ctx, batch))
	}()
	return answer
}

func TestACallThatDoesNotReturnGivesTheProcessUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		as, _ := opened(t, 3, func(_ context.Context, m Message) (Accepted, error) {
			switch m.Text {
			case "hang":
				<-never
			case "slow":
				time.Sleep(500 * time.Millisecond)
			case "slower":
				time.Sleep(time.Minute)
			}
			return Accepted{ID: "p-" + m.ID}, nil
		})
		defer close(never)
		as.overdue = newOverdue()
		a := as.find(anyKey)
		var log bytes.Buffer
		a.overdue, a.log = as.overdue, hclog.New(&hclog.LoggerOptions{Output: &log})
		say := func(text string) []Message { m := numbered(1); m[0].Text = text; return m }

		hung := sentLater(t.Context(), a, say("hang"), 2*time.Second)
		if got := <-hung; got[0] != "m00 UNKNOWN_OUTCOME" {
			t.Errorf("the call that hangs: got %v", got)
		}
		time.Sleep(4400 * time.Millisecond) // its time was over after 1.6 s; it was answered 0.2 s later
		if as.overdue.isUp() {
			t.Fatal("given up too early")
		}
		slow, slower := sentLater(t.Context(), a, say("slow"), time.Minute), sentLater(t.Context(), a, say("slower"), time.Hour)
		synctest.Wait()
		waiting := sentLater(t.Context(), a, say("waits"), time.Minute)
		time.Sleep(450 * time.Millisecond)
		synctest.Wait()
		if !as.overdue.isUp() || !strings.Contains(log.String(), "Send did not return") {
			t.Fatalf("given up: %v; log %q", as.overdue.isUp(), log.String())
		}
		began := time.Now()
		for _, want := range []struct {
			name   string
			answer <-chan []string
			line   string
		}{
			{"one that waits for its turn", waiting, "m00 UNAVAILABLE"},
			{"one under way that ends in time", slow, "m00 accepted p-m00"},
			{"one under way that does not", slower, "m00 UNKNOWN_OUTCOME"},
			{"one that comes later", sentLater(t.Context(), a, say("late"), time.Minute), "m00 UNAVAILABLE"},
		} {
			if diff := cmp.Diff([]string{want.line}, <-want.answer); diff != "" {
				t.Errorf("%s (-want +got):\n%s", want.name, diff)
			}
		}
		if took := time.Since(began); took >= parting {
			t.Errorf("the answers took %v, the process lives %v", took, parting)
		}
		time.Sleep(time.Hour) // for the calls that are still in there
	})
}

func TestACallThatReturnsLateIsForgiven(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		as, _ := opened(t, 1, func(context.Context, Message) (Accepted, error) {
			time.Sleep(6 * time.Second)
			return Accepted{ID: "p"}, nil
		})
		a := as.find(anyKey)
		a.overdue = newOverdue()
		if got := <-sentLater(t.Context(), a, numbered(1), 2*time.Second); got[0] != "m00 UNKNOWN_OUTCOME" {
			t.Errorf("got %v", got)
		}
		time.Sleep(time.Hour)
		if a.overdue.isUp() {
			t.Error("the process is given up although the call returned")
		}
	})
}

package script

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/rule"
)

func TestTheCauseOfADeathIsTold(t *testing.T) {
	t.Parallel()
	slow := func() *rule.Error { return timedOut("r.js:2") }
	grew := rule.Failure(rule.Killed, "r.js:2", tooMuchMemory())
	tests := []struct {
		name    string
		results []*rule.Error // of the second tries, after the worker died of too much memory
		want    []string      // kinds
	}{
		{"the one that ran out of time grew before", []*rule.Error{nil, slow(), nil}, []string{"", "killed", ""}},
		{"one that threw did not", []*rule.Error{threw(), slow()}, []string{"threw", "killed"}},
		{"it grew again, another is only slow", []*rule.Error{grew, slow()}, []string{"killed", "timeout"}},
		{"it may be either", []*rule.Error{slow(), slow()}, []string{"timeout", "timeout"}},
		{"none failed again", []*rule.Error{nil, nil}, []string{"", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			turn := &turn{}
			var indexes []int
			for i, e := range tt.results {
				turn.results = append(turn.results, rule.Result{Err: e})
				indexes = append(indexes, i)
			}
			turn.blame(indexes)
			for i, want := range tt.want {
				switch e := turn.results[i].Err; {
				case e == nil && want == "":
				case e == nil || string(e.Kind) != want:
					t.Errorf("call %d: got %+v, want %s", i, e, want)
				case want == "killed" && (!strings.Contains(e.Text, "128 MiB") || !strings.Contains(e.RU, "128 МиБ") || e.Where != "r.js:2"):
					t.Errorf("call %d: got %+v, want the limit of memory", i, e)
				}
			}
		})
	}
}

func threw() *rule.Error { return &rule.Error{Kind: rule.Threw, Text: "Error: x"} }

// TestMemoryIsNotToldAsTime doubles a text: whenever the log says that a worker took too much memory, the
// rule is said to have done so.
func TestMemoryIsNotToldAsTime(t *testing.T) {
	t.Parallel()
	var log logged
	pool := newPool(t, Options{Log: hclog.New(&hclog.LoggerOptions{Output: &log})})
	load(t, pool, named("grows", `let s = "хх"; while (s.length < 1e9) s = s + s; return ctx.skip(s);`), named("good", `return ctx.skip("fine");`))
	for range failuresInRow - 1 {
		before := log.memory()
		results, err := pool.Decide(t.Context(), []rule.Call{testCall("good"), testCall("grows")})
		if err != nil || results[0].Skip != "fine" || results[1].Err == nil {
			t.Fatalf("got %+v, %v", results, err)
		}
		time.Sleep(2 * memoryLooks)
		if failed := results[1].Err; log.memory() > before && (failed.Kind != rule.Killed || failed.Text != tooMuchMemory().EN) {
			t.Errorf("the log says that it was memory, the rule %+v", failed)
		}
	}
}

// logged counts what a pool says of memory.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) memory() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), " MiB of 128 MiB")
}

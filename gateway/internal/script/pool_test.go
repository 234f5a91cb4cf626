package script

import (
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

func named(name, body string) rule.File {
	return rule.File{Name: name + ".js", Version: "v-" + name, Source: strings.Replace(handler(body), `"r"`, `"`+name+`"`, 1)}
}

func newPool(t *testing.T, opts Options) *Pool {
	t.Helper()
	opts.Program = os.Args[0]
	pool, stop := startPool(t, opts)
	t.Cleanup(stop)
	return pool
}

func load(t *testing.T, pool *Pool, files ...rule.File) {
	t.Helper()
	if _, problems, err := pool.Load(t.Context(), files); err != nil || faulty(problems) {
		t.Fatalf("load: %v, %v", problems, err)
	}
}

// outcomes decides calls of the named rules and gives for each the skip or the kind of failure.
func outcomes(t *testing.T, pool *Pool, names ...string) string {
	t.Helper()
	var calls []rule.Call
	for _, name := range names {
		calls = append(calls, testCall(name))
	}
	results, err := pool.Decide(t.Context(), calls)
	if err != nil || len(results) != len(calls) {
		t.Fatalf("decide: %d results, %v", len(results), err)
	}
	var list []string
	for _, r := range results {
		switch {
		case r.Err != nil:
			list = append(list, string(r.Err.Kind))
		default:
			list = append(list, r.Skip)
		}
	}
	return strings.Join(list, " ")
}

func TestTheCulpritFailsAndTheOthersSucceed(t *testing.T) {
	t.Parallel()
	pool := newPool(t, Options{})
	load(t, pool, named("good", `return ctx.skip("fine");`), named("hangs", `Array(1e9).fill(1); return ctx.skip("x");`),
		named("throws", `throw 1;`), named("loops", `for (;;);`))
	got := outcomes(t, pool, "good", "throws", "good", "hangs", "good", "loops", "absent", "good")
	if want := "fine threw fine killed fine timeout no_rule fine"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if st := pool.Status()[0]; st.Deaths != 0 {
		t.Errorf("deaths = %d; what a rule does is not the worker's fault", st.Deaths)
	}
}

func TestSlowPatternTimesOutAndItsWorkerLives(t *testing.T) {
	t.Parallel()
	pool := newPool(t, Options{})
	load(t, pool, named("slow", `return ctx.skip(String(/^(?=(a+)+$)(a+)+b$/.test(Array(60).join("a") + "!")));`))
	if got := outcomes(t, pool, "slow"); got != "timeout" {
		t.Errorf("got %s, want timeout: the library's own limit is not set", got)
	}
	if st := pool.Status()[0]; st.Kills != 0 {
		t.Errorf("kills = %d, want 0", st.Kills)
	}
}

func TestFailsFiveTimesInARow(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var told []string
	pool := newPool(t, Options{Notice: func(name string, last rule.Error) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, name+" "+string(last.Kind))
	}})
	load(t, pool, named("bad", `throw 1;`), named("moody", `if (change.order.table === "12") throw 1; return ctx.skip("ok");`))
	if got, want := outcomes(t, pool, "bad", "bad", "bad", "bad", "bad"), "threw threw threw threw threw"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := outcomes(t, pool, "bad"); got != "disabled" {
		t.Errorf("the sixth time gives %s, want disabled", got)
	}
	mu.Lock()
	if strings.Join(told, ",") != "bad threw" {
		t.Errorf("notices: %v", told)
	}
	mu.Unlock()
	for range 2 { // four failures, then a success: the count begins anew
		outcomes(t, pool, "moody", "moody", "moody", "moody")
		call := testCall("moody")
		call.Order.Table = "1"
		if results, err := pool.Decide(t.Context(), []rule.Call{call}); err != nil || results[0].Skip != "ok" {
			t.Errorf("moody in a good moment: %+v, %v", results, err)
		}
	}
	load(t, pool, named("bad", `throw 1;`))
	if got := outcomes(t, pool, "bad"); got != "threw" {
		t.Errorf("after a new load: %s, want threw", got)
	}
}

func TestAFaultyFileLeavesTheOldSetServing(t *testing.T) {
	t.Parallel()
	pool := newPool(t, Options{})
	load(t, pool, named("r", `return ctx.skip("old");`))
	old := pool.Set()
	for _, bad := range []rule.File{
		{Name: "syntax.js", Source: "rule({"},
		{Name: "hang.js", Source: "Array(1e9).fill(1);"},
		{Name: "same.js", Source: handler(`return ctx.skip("x");`)},
	} {
		set, problems, err := pool.Load(t.Context(), []rule.File{named("r", `return ctx.skip("new");`), bad})
		if err != nil || !faulty(problems) || problems[0].File != bad.Name {
			t.Errorf("%s: problems %v, %v; want them to name the file", bad.Name, problems, err)
		}
		if set.Version != old.Version || pool.Set().Version != old.Version {
			t.Errorf("%s: the set is %s, want the old %s", bad.Name, set.Version, old.Version)
		}
		if got := outcomes(t, pool, "r"); got != "old" {
			t.Errorf("%s: the rule says %s, want old", bad.Name, got)
		}
	}
	load(t, pool, named("r", `return ctx.skip("new");`))
	if got := outcomes(t, pool, "r"); got != "new" {
		t.Errorf("after a good load the rule says %s, want new", got)
	}
}

func TestLoadUsableLeavesOutWhatIsFaulty(t *testing.T) {
	t.Parallel()
	pool := newPool(t, Options{})
	loaded, err := pool.LoadUsable(t.Context(), []rule.File{
		named("a", `return ctx.skip("a");`), {Name: "bad.js", Source: "rule({"}, {Name: "worse.js", Source: "Array(1e9).fill(1);"}, named("b", `return ctx.skip("b");`)}, nil)
	if err != nil || len(loaded.Set.Rules) != 2 || len(loaded.Set.Files) != 2 || !faulty(loaded.Problems) {
		t.Fatalf("set %+v, problems %v, %v", loaded.Set.Rules, loaded.Problems, err)
	}
	if got := outcomes(t, pool, "a", "b"); got != "a b" {
		t.Errorf("got %s", got)
	}
}

func TestManyCallsInSeveralBatches(t *testing.T) {
	t.Parallel()
	pool := newPool(t, Options{Workers: 2})
	load(t, pool, named("good", `return ctx.skip("fine");`), named("slow", `for (let i = 0; i < 1e3; i++); return ctx.skip("slow");`))
	var names []string
	for range 3 * MaxBatch / 2 {
		names = append(names, "good", "slow")
	}
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if got := outcomes(t, pool, names...); got != strings.TrimSpace(strings.Repeat("fine slow ", len(names)/2)) {
				t.Errorf("got %.200s…", got)
			}
		})
	}
	both.Wait()
}

func TestWorkerKilledFromOutside(t *testing.T) {
	t.Parallel()
	pool := newPool(t, Options{})
	load(t, pool, named("good", `return ctx.skip("fine");`))
	outcomes(t, pool, "good")
	process, err := os.FindProcess(pool.Status()[0].PID)
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	if got := outcomes(t, pool, "good"); got != "fine" {
		t.Errorf("right after the kill: %s, want fine", got)
	}
}

func TestNoProgramNoRules(t *testing.T) {
	t.Parallel()
	pool, stop := startPool(t, Options{Program: "/nonexistent/orderbell"})
	defer stop()
	_, _, err := pool.Load(t.Context(), []rule.File{named("r", `return ctx.skip("x");`)})
	var fault *child.Fault
	if !errors.As(err, &fault) || fault.Kind != child.Missing {
		t.Errorf("load = %v, want the missing program", err)
	}
	if results, err := pool.Decide(t.Context(), []rule.Call{testCall("r")}); err != nil || results[0].Err.Kind != rule.NoRule {
		t.Errorf("decide = %+v, %v", results, err)
	}
}

func TestStartedByHand(t *testing.T) {
	t.Parallel()
	if err := child.ServeWorker(nil); !errors.Is(err, child.ErrByHand) {
		t.Errorf("got %v, want %v", err, child.ErrByHand)
	}
}

// TestKillTimerIsTheWall takes the kill timer away and shows that then a script hangs its caller: so
// what contains it elsewhere is the timer and nothing else.
func TestKillTimerIsTheWall(t *testing.T) {
	t.Parallel()
	pool := newPool(t, Options{noKill: true})
	// It fills no memory, or the watch on that would end it on a fast machine.
	load(t, pool, named("hangs", `Array(4294967295).includes(1); return ctx.skip("x");`))
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = pool.Decide(t.Context(), []rule.Call{testCall("hangs")})
	}()
	select {
	case <-done:
		t.Error("without the kill timer the script ended by itself; the hostile collection shows nothing")
	case <-time.After(4 * killAfter):
	}
	process, err := os.FindProcess(pool.Status()[0].PID)
	if err == nil {
		_ = process.Kill()
	}
}

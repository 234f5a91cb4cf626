package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// kills is how often the gateway is killed: 100 times in make check, a few in make test.
func kills() int {
	if os.Getenv("ORDERBELL_LONG") != "" {
		return 100
	}
	return 5
}

// answered is what a load of events was told: the ids of all that were answered 200.
type answered struct {
	first chan struct{} // closed with the first one

	mu  sync.Mutex
	ids []string
}

// killLoop starts the program again and again, posts events from eight connections and kills it at a
// random moment. It returns the ids of all events answered 200: at least one, unless the program never
// answers, because the first round's moment is counted from the first answer, however slow the machine.
func killLoop(t *testing.T, programs apptest.Programs, data string, rounds int) []string {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	got := answered{first: make(chan struct{})}
	for round := range rounds {
		g := apptest.Start(t, programs, data, "")
		ctx, stop := context.WithCancel(t.Context())
		var load sync.WaitGroup
		for worker := range 8 {
			load.Go(func() { got.post(ctx, g, round, worker) })
		}
		if round == 0 {
			select {
			case <-got.first:
			case <-g.Ended():
			case <-time.After(time.Minute):
			}
		}
		life := time.Duration(rnd.ExpFloat64() * float64(75*time.Millisecond))
		select {
		case <-time.After(min(life, time.Second)):
		case <-g.Ended():
			t.Errorf("round %d: the gateway ended by itself; its log:\n%s", round, g.Log())
		}
		g.Kill()
		stop()
		load.Wait()
	}
	return got.ids
}

func (a *answered) post(ctx context.Context, g *apptest.Gateway, round, worker int) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}, Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	for n := 0; ctx.Err() == nil; n++ {
		body := fmt.Appendf(nil, `<a RestCode="1" DateTime="2026-05-20T10:00:00" Situation="3" seqnumber="%d"><Order guid="{%08d-0000-4000-8000-%012d}" kdsstate="sent"/></a>`, n, round*100+worker, n)
		status, answer := g.Post(ctx, client, "/api/v4/kds/events", body)
		if status == 0 {
			return
		}
		var said struct {
			EventID string `json:"event_id"`
		}
		if status != http.StatusOK || json.Unmarshal(answer, &said) != nil {
			continue
		}
		a.mu.Lock()
		if a.ids = append(a.ids, said.EventID); len(a.ids) == 1 {
			close(a.first)
		}
		a.mu.Unlock()
	}
}

// lost counts the answered events that are not in the database.
func lost(t *testing.T, data string, ids []string) int {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Folder: data, Log: hclog.NewNullLogger(), Now: time.Now})
	if err != nil {
		t.Fatalf("open after the kills: %v", err)
	}
	defer func() { _ = db.Close() }()
	n := 0
	for _, id := range ids {
		if _, err := db.Event(t.Context(), id); err != nil {
			n++
		}
	}
	return n
}

func TestNoEventAnswered200IsLostWhenTheGatewayIsKilled(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	ids := killLoop(t, programs, data, kills())
	gone := lost(t, data, ids)
	t.Logf("%d kills, %d events answered 200, %d lost", kills(), len(ids), gone)
	if len(ids) == 0 {
		t.Fatal("no event was answered: the test saw nothing")
	}
	if gone != 0 {
		t.Errorf("%d of %d events answered 200 are not in the database", gone, len(ids))
	}
}

func TestTheKillLoopCatchesAnAnswerBeforeTheCommit(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	mutant, err := apptest.Build(t.Context(), t.TempDir(), "mutant_early_answer")
	if err != nil {
		t.Fatal(err)
	}
	for round := 1; round <= 10; round++ {
		ids := killLoop(t, mutant, data, 3)
		if gone := lost(t, data, ids); gone > 0 {
			t.Logf("caught after %d kills: %d of %d events answered 200 were lost", 3*round, gone, len(ids))
			return
		}
	}
	t.Error("30 kills of a gateway that answers before its commit lost nothing: the kill loop cannot fail")
}

package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// childFolder is the variable that turns this test program into the process that is to be killed.
const childFolder = "ORDERBELL_TEST_ADD_EVENTS"

// addUntilKilled adds events from many goroutines and prints the id of each one that was
// acknowledged, one write to the pipe each, so that what the parent has read was acknowledged.
func addUntilKilled(folder string) {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{Folder: folder, Instance: true})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for {
				key := strconv.FormatUint(rand.Uint64(), 16)
				id, _, err := db.AddEvent(ctx, kds.Event{Body: []byte(strings.Repeat(key, 64)), Key: kds.Key{Hash: key, Dated: true}})
				if err != nil {
					fmt.Println("error", err)
					os.Exit(1)
				}
				_, _ = os.Stdout.WriteString(id + "\n")
			}
		})
	}
	group.Wait()
}

// kills is how often the process is killed; ORDERBELL_KILLS raises it.
func kills(t *testing.T) int {
	text := os.Getenv("ORDERBELL_KILLS")
	if text == "" {
		return 20
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("ORDERBELL_KILLS: %v", err)
	}
	return n
}

func TestNoAcknowledgedEventIsLostWhenTheProcessIsKilled(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	acknowledged := 0
	for round := range kills(t) {
		ids := killOne(t, program, folder, rand.IntN(150))
		acknowledged += len(ids)
		if lost := missing(t, folder, ids); len(lost) > 0 {
			t.Fatalf("kill %d: %d of %d acknowledged events are lost", round+1, len(lost), len(ids))
		}
	}
	t.Logf("%d kills, %d events acknowledged, 0 lost", kills(t), acknowledged)
	if acknowledged == 0 {
		t.Fatal("no event was acknowledged: the test saw nothing")
	}
}

// killOne runs the child until it has acknowledged a number of events (so that a slow machine sees as
// many as a fast one), kills it and returns what it acknowledged.
func killOne(t *testing.T, program, folder string, after int) []string {
	t.Helper()
	child := exec.CommandContext(t.Context(), program) //nolint:gosec // this test program itself
	child.Env = append(os.Environ(), childFolder+"="+folder)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "error") {
			t.Errorf("child: %s", lines.Text())
			break
		}
		ids = append(ids, lines.Text())
		if len(ids) == after+1 {
			_ = child.Process.Kill() // then read what is still in the pipe
		}
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	return ids
}

// missing opens the database as the next start would and looks for the events and for damage.
func missing(t *testing.T, folder string, ids []string) []string {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Folder: folder, Instance: true})
	if err != nil {
		t.Fatalf("open after the kill: %v", err)
	}
	var lost []string
	for _, id := range ids {
		if e, err := db.Event(t.Context(), id); err != nil || len(e.Body) == 0 {
			lost = append(lost, id)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", filepath.Join(folder, store.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var verdict string
	if err := raw.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("integrity_check: %s, %v", verdict, err)
	}
	return lost
}

package kds_test

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

var update = flag.Bool("update", false, "write the golden files anew")

// received is when the test's gateway gets its first event; events follow each other by their own clock.
var received = time.Date(2026, 5, 20, 16, 0, 0, 0, time.UTC)

// house follows orders as the gateway does, with a map for a store.
type house struct {
	how    order.Aggregate
	orders map[string]order.Order
}

func open(how order.Aggregate) *house { return &house{how: how, orders: map[string]order.Order{}} }

// take decodes a body and returns what it did, the orders as they are after it.
func (h *house) take(body []byte) ([]kds.Posting, []order.Order, [][]order.Change, error) {
	postings, err := kds.Decode(body)
	if err != nil {
		return nil, nil, nil, err
	}
	var orders []order.Order
	var changes [][]order.Change
	for _, p := range postings {
		for _, next := range p.Orders {
			next.ReceivedMicros = received.UnixMicro()
			if at := p.OccurredAt(time.FixedZone("", 3*3600)); !at.IsZero() {
				next.OccurredMicros = at.UnixMicro()
				next.ReceivedMicros = at.UnixMicro() // arrives at once
			}
			var prev *order.Order
			if o, ok := h.orders[next.Ref.GUID]; ok {
				prev = &o
			}
			next = order.Carry(prev, next, h.how)
			orders = append(orders, next)
			changes = append(changes, order.Diff(prev, next))
			h.orders[next.Ref.GUID] = next
		}
	}
	return postings, orders, changes, nil
}

func TestSamplesDecodeAsTheGoldenFilesSay(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(samples, "[0-9]*"))
	if err != nil || len(files) < 50 {
		t.Fatalf("samples: got %d files, error %v; want at least 50", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := sample(t, name)
			if strings.HasPrefix(name, "81-") { // a whole request: its body alone is the event
				request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(body)))
				if err != nil {
					t.Fatal(err)
				}
				if body, err = io.ReadAll(request.Body); err != nil {
					t.Fatal(err)
				}
			}
			golden(t, name, describe(open(order.Least), body))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run the test with -update", err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
		t.Errorf("%s: got differs from the golden file (-want +got):\n%s", name, diff)
	}
}

// describe says in words what a body means.
func describe(h *house, body []byte) string {
	var b strings.Builder
	key := kds.KeyOf(body)
	fmt.Fprintf(&b, "key %s… dated %v\n", key.Hash[:12], key.Dated)
	postings, orders, changes, err := h.take(body)
	var bad *kds.Error
	if errors.As(err, &bad) {
		fmt.Fprintf(&b, "refused: %s\n  %s\n  %s\n", bad.Code, bad.Sentence("ru"), bad.Sentence("en"))
		return b.String()
	}
	if err != nil {
		return fmt.Sprintf("not a kds.Error: %v", err)
	}
	for _, p := range postings {
		wall := "none"
		if !p.Wall.IsZero() {
			wall = p.Wall.Format("2006-01-02T15:04:05")
		}
		if p.Zoned {
			wall = p.Wall.Format(time.RFC3339)
		}
		fmt.Fprintf(&b, "posting restaurant %q situation %d name %q seq %d id %q source %q time %s orders %d\n",
			p.Restaurant, p.Situation, p.Name, p.Seq, p.ID, p.Source, wall, len(p.Orders))
		for _, n := range p.Notes {
			fmt.Fprintf(&b, "  note %s\n", n.Sentence("en"))
		}
	}
	for i, o := range orders {
		fmt.Fprintf(&b, "order %s visit %s ident %s name %q seq %q table %q type %q%s\n", o.Ref.GUID, o.Ref.Visit, o.Ref.Ident,
			o.Name, o.Seq, o.Table, o.Type, flags(o))
		describeLines(&b, "  ", o.Dishes)
		fmt.Fprintf(&b, "  stage %s peak %s\n", stage(o.Stage), stage(o.Peak))
		for _, c := range changes[i] {
			fmt.Fprintf(&b, "  change %s\n", describeChange(c))
		}
	}
	return b.String()
}

func flags(o order.Order) string {
	text := ""
	for _, f := range []struct {
		name string
		set  bool
	}{{"finished", o.Finished}, {"deleted", o.Deleted}, {"return", o.Return}, {"empty", o.Empty}} {
		if f.set {
			text += " " + f.name
		}
	}
	if o.State != 0 {
		text += fmt.Sprintf(" state %d", o.State)
	}
	return text
}

func describeLines(b *strings.Builder, indent string, lines []order.Dish) {
	for _, d := range lines {
		why := ""
		if d.Skip != "" {
			why = " does not count: " + string(d.Skip)
		}
		fmt.Fprintf(b, "%sline %s %q x%d state %d stage %s%s\n", indent, short(d.ID), d.Name, d.Quantity, d.State, stage(d.Stage), why)
		describeLines(b, indent+"  ", d.Parts)
	}
}

func describeChange(c order.Change) string {
	text := string(c.Kind)
	if c.Dish != "" {
		text += " " + short(c.Dish)
	}
	if c.Before != order.None {
		text += " before " + c.Before.String()
	}
	if c.Passed {
		text += " passed"
	}
	if c.First {
		text += " first"
	}
	if c.Late != 0 {
		text += " late " + c.Late.String()
	}
	return text
}

func stage(s order.Stage) string {
	if s == order.None {
		return "-"
	}
	return s.String()
}

// short is the end of a GUID, which is what differs in the samples.
func short(id string) string { return "…" + id[max(0, len(id)-4):] }

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

func clock() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

func setup(t *testing.T, settings map[string]string) (*host.Client, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	c := sdktest.Serve(t, provider(newOperator()), log, clock)
	sdktest.Open(t, c, "main", settings)
	return c, log
}

func message(id, text string) sdk.Message {
	return sdk.Message{ID: id, Attempt: 1, To: "+79990000001", Text: text, Segments: 1}
}

// send returns "console-1" for an accepted message, the reason for another.
func send(t *testing.T, c *host.Client, batch ...sdk.Message) []string {
	t.Helper()
	outcomes, err := c.Send(t.Context(), "main", 1, batch)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, o := range outcomes {
		if o.Failure != nil {
			out = append(out, string(o.Failure.Reason))
			continue
		}
		out = append(out, o.Accepted.ID)
	}
	return out
}

func TestEachTextIsPrintedOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "texts.jsonl")
	c, log := setup(t, map[string]string{"file": path})
	first := send(t, c, message("m1", "Заказ 1 <готов>"), message("m2", "Заказ 2 готов"))
	again := send(t, c, message("m2", "Заказ 2 готов"), message("m3", "Заказ 3 готов"))
	if got := fmt.Sprint(first, again); got != "[console-1 console-2] [console-2 console-3]" {
		t.Errorf("got %s", got)
	}
	want := `{"id":"m1","at":"2026-11-24T12:00:00Z","to":"+79990000001","text":"Заказ 1 <готов>","account":"main","n":1}
{"id":"m2","at":"2026-11-24T12:00:00Z","to":"+79990000001","text":"Заказ 2 готов","account":"main","n":2}
{"id":"m3","at":"2026-11-24T12:00:00Z","to":"+79990000001","text":"Заказ 3 готов","account":"main","n":3}
`
	if got, err := os.ReadFile(path); err != nil || string(got) != want { //nolint:gosec // the test's own file
		t.Errorf("file: %v\ngot:\n%swant:\n%s", err, got, want)
	}
	if strings.Count(log.String(), "Заказ 2 готов") != 1 || strings.Contains(log.String(), "9990000001") || !strings.Contains(log.String(), "+7999•••0001") {
		t.Errorf("log: want each text once with a masked number, got\n%s", log)
	}
}

func TestTheFileOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "texts.jsonl")
	settings := map[string]string{"file": path}
	before, _ := setup(t, settings)
	send(t, before, message("m1", "a"), message("m2", "b"))
	if file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0); err != nil {
		t.Fatal(err)
	} else {
		_, _ = file.WriteString("not ours\n{\"id\":\"torn") // what a power cut leaves
		_ = file.Close()
	}
	after, _ := setup(t, settings)
	if got := fmt.Sprint(send(t, after, message("m1", "a"), message("m3", "c"))); got != "[console-1 console-3]" {
		t.Errorf("got %s, want the old number for m1 and the next for m3", got)
	}
	receipts, err := after.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: "m2"}, {OurID: "m9"}})
	if err != nil || receipts[0].Status != sdk.StatusDelivered || receipts[0].ProviderID != "console-2" || receipts[1].Status != sdk.StatusAbsent {
		t.Errorf("Lookup: got %+v, %v", receipts, err)
	}
}

func TestWhatMayHaveBeenPrintedIsNeverCalledAbsent(t *testing.T) {
	t.Parallel()
	kept := func(t *testing.T) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), "texts.jsonl")
		if err := os.WriteFile(path, []byte(`{"id":"torn`), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := []struct {
		name     string
		settings func(t *testing.T) map[string]string
		full     bool
		want     sdk.Status // of a text that the process has not seen
	}{
		{"without a file an earlier process may have printed it", func(*testing.T) map[string]string { return nil }, false, sdk.StatusUnknown},
		{"a file that is new may not have it", func(t *testing.T) map[string]string {
			t.Helper()
			return map[string]string{"file": filepath.Join(t.TempDir(), "new.jsonl")}
		}, false, sdk.StatusUnknown},
		{"a quiet account writes nothing down", func(t *testing.T) map[string]string {
			t.Helper()
			return map[string]string{"file": kept(t), "quiet": "true"}
		}, false, sdk.StatusUnknown},
		{"it may have been forgotten to make room", func(t *testing.T) map[string]string {
			t.Helper()
			return map[string]string{"file": kept(t)}
		}, true, sdk.StatusUnknown},
		{"the file of earlier processes would have it", func(t *testing.T) map[string]string {
			t.Helper()
			return map[string]string{"file": kept(t)}
		}, false, sdk.StatusAbsent},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := newOperator()
			o.full = tt.full
			c := sdktest.Serve(t, provider(o), &bytes.Buffer{}, clock)
			sdktest.Open(t, c, "main", tt.settings(t))
			got, err := c.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: "m1"}})
			if err != nil || got[0].Status != tt.want {
				t.Errorf("got %+v, %v, want %s", got, err, tt.want)
			}
		})
	}
}

func TestATextAfterATornLineIsReadAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "texts.jsonl")
	if err := os.WriteFile(path, []byte(`{"id":"torn`), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{"file": path}
	before, _ := setup(t, settings)
	send(t, before, message("m1", "a"))
	after, _ := setup(t, settings)
	if got, err := after.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: "m1"}}); err != nil || got[0].Status != sdk.StatusDelivered {
		t.Errorf("got %+v, %v, want it delivered", got, err)
	}
}

func TestATextThatCannotBeWrittenDownIsNotPrinted(t *testing.T) {
	t.Parallel()
	log, o := &bytes.Buffer{}, newOperator()
	a, err := open(o, config{File: filepath.Join(t.TempDir(), "texts.jsonl")}, sdk.Env{Account: "main", Now: clock, Log: hclog.New(&hclog.LoggerOptions{Output: log})})
	if err != nil {
		t.Fatal(err)
	}
	_ = a.file.Close() // what a disk that is lost looks like
	if _, err := a.SendBatch(t.Context(), []sdk.Message{message("m1", "Заказ 1 готов")}); sdk.AsFailure(err, "").Reason != sdk.Unavailable {
		t.Errorf("got %v, want that it can be tried again", err)
	}
	if _, known := o.find("m1"); known || strings.Contains(log.String(), "Заказ 1") {
		t.Errorf("it is remembered (%v) or printed:\n%s", known, log)
	}
}

func TestFailuresCanBePlayed(t *testing.T) {
	t.Parallel()
	c, log := setup(t, map[string]string{"fail": "unavailable"})
	if got := send(t, c, message("m1", "a")); got[0] != "UNAVAILABLE" || strings.Contains(log.String(), `"id":"m1"`) {
		t.Errorf("unavailable: got %v, log %s", got, log)
	}
	if _, err := c.Check(t.Context(), "main", 1); sdk.AsFailure(err, "").Reason != sdk.Unavailable {
		t.Errorf("Check: got %v", err)
	}
	c, log = setup(t, map[string]string{"fail": "unknown"})
	if got := send(t, c, message("m1", "a")); got[0] != "UNKNOWN_OUTCOME" || !strings.Contains(log.String(), `"id":"m1"`) {
		t.Errorf("unknown: got %v, want the text printed and its outcome unknown; log %s", got, log)
	}
	if receipts, err := c.Lookup(t.Context(), "main", 1, []sdk.Query{{OurID: "m1"}}); err != nil || receipts[0].ProviderID != "console-1" {
		t.Errorf("Lookup after it: got %+v, %v", receipts, err)
	}
	if d, err := c.Check(t.Context(), "main", 1); err != nil || len(d) != 1 || d[0].Severity != sdk.SeverityWarning {
		t.Errorf("Check: got %+v, %v, want a warning", d, err)
	}
	c, _ = setup(t, map[string]string{"fail": "hang"})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second) // the call must have arrived by then
	defer cancel()
	outcomes, _ := c.Send(ctx, "main", 1, []sdk.Message{message("m1", "a")})
	if f := outcomes[0].Failure; f == nil || f.Reason != sdk.UnknownOutcome {
		t.Errorf("hang: got %v", f)
	}
	c, _ = setup(t, map[string]string{"delay": "10m"})
	ctx, cancel = context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	outcomes, _ = c.Send(ctx, "main", 1, []sdk.Message{message("m1", "a")})
	if f := outcomes[0].Failure; f == nil || f.Reason != sdk.UnknownOutcome {
		t.Errorf("delay: got %v", f)
	}
}

func TestQuietIsQuiet(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "texts.jsonl")
	c, log := setup(t, map[string]string{"quiet": "true", "file": path})
	if got := fmt.Sprint(send(t, c, message("m1", "a"), message("m1x", "b"))); got != "[console-1 console-2]" {
		t.Errorf("got %s", got)
	}
	if content, err := os.ReadFile(path); err != nil || len(content) > 0 || log.Len() > 0 { //nolint:gosec // the test's own file
		t.Errorf("file %q, %v, log %q, want nothing", content, err, log)
	}
	if b, err := c.Balance(t.Context(), "main", 1); err != nil || !b.Unlimited {
		t.Errorf("balance: got %+v, %v", b, err)
	}
}

func TestAFileThatCannotBeWrittenIsSaidAtOpen(t *testing.T) {
	t.Parallel()
	c := sdktest.Serve(t, provider(newOperator()), &bytes.Buffer{}, clock)
	got, err := c.Open(t.Context(), host.OpenRequest{Account: "main", Settings: map[string]string{"file": t.TempDir()}})
	if err != nil || len(got) != 1 || got[0].Field != "file" || got[0].Summary.RU == "" {
		t.Errorf("got %+v, %v, want an error on file", got, err)
	}
}

func TestTheMemoryIsBounded(t *testing.T) {
	t.Parallel()
	o := newOperator()
	for i := range remembered + 5 {
		o.take("main", message(fmt.Sprint(i), ""), clock())
	}
	if _, known := o.find("4"); known || len(o.texts) != remembered {
		t.Errorf("got %d texts, want %d and the oldest forgotten", len(o.texts), remembered)
	}
}

func TestTheManifestSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	c := sdktest.Serve(t, provider(newOperator()), &bytes.Buffer{}, clock)
	m, err := c.Describe(t.Context())
	if err != nil || m.Name != "console" || m.Capabilities.MaxBatch != 100 || m.Capabilities.Resend != sdk.ResendNone || !m.Capabilities.Lookup {
		t.Errorf("got %+v, %v", m, err)
	}
	if text, err := json.Marshal(m); err != nil || !bytes.Contains(text, []byte("Консоль")) {
		t.Errorf("got %s, %v", text, err)
	}
}

func BenchmarkQuietBatchOf100(b *testing.B) {
	c := sdktest.Serve(b, provider(newOperator()), &bytes.Buffer{}, time.Now)
	sdktest.Open(b, c, "main", map[string]string{"quiet": "true"})
	batch := make([]sdk.Message, 100)
	for i := range batch {
		batch[i] = message(fmt.Sprintf("01JABCDEFGHJKMNPQRSTVWX%03d", i), "Заказ 42 готов. Кафе «Пример»")
	}
	for b.Loop() {
		if _, err := c.Send(b.Context(), "main", 1, batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*100/b.Elapsed().Seconds(), "messages/s")
}

package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// benchCalls is how many calls of one account the gateway has under way at once.
const benchCalls = 4

// slowOperator plays sms.ru: up to a hundred texts in a call, and each call takes its time.
type slowOperator struct {
	takes time.Duration

	mu    sync.Mutex
	calls int
	texts int
	most  int           // texts in one call
	spent time.Duration // all calls together
	first time.Time
}

func (o *slowOperator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	if r.URL.Path != "/sms/send" || r.ParseForm() != nil {
		_, _ = w.Write([]byte(`{"status":"OK","status_code":100,"balance":1000}`))
		return
	}
	answered := map[string]any{}
	for name := range r.PostForm {
		if number, ok := strings.CutPrefix(name, "to["); ok {
			number = strings.TrimSuffix(number, "]")
			answered[number] = map[string]any{"status": "OK", "status_code": 100, "sms_id": "202648-" + number}
		}
	}
	body, _ := json.Marshal(map[string]any{"status": "OK", "status_code": 100, "sms": answered})
	time.Sleep(o.takes - time.Since(began))
	o.mu.Lock()
	defer o.mu.Unlock()
	o.calls, o.texts, o.most = o.calls+1, o.texts+len(answered), max(o.most, len(answered))
	o.spent += time.Since(began)
	if o.first.IsZero() {
		o.first = began
	}
	_, _ = w.Write(body)
}

// queue fills the data folder with n messages that wait for the account main.
func queue(b *testing.B, folder string, n int) {
	b.Helper()
	db, err := store.Open(b.Context(), store.Options{Folder: folder, Log: hclog.NewNullLogger(), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, _, err := db.AddEvent(b.Context(), kds.Event{Source: "bench", Restaurant: "199990777", Body: benchEvent(0, "ready"), Key: kds.Key{Hash: "bench", Dated: true}}); err != nil {
		b.Fatal(err)
	}
	events, err := db.ClaimEvents(b.Context(), 1)
	if err != nil || len(events) != 1 {
		b.Fatalf("%d events, %v", len(events), err)
	}
	now := time.Now()
	d := rule.Decision{EventID: events[0].ID, Restaurant: "199990777", Rule: "bench", RuleVersion: "0123456789ab", Change: order.Change{Kind: order.OrderReached(order.Ready), Stage: order.Ready}, Outcome: rule.Sends, At: now}
	for i := range n {
		d.Messages = append(d.Messages, message.Message{
			Restaurant: d.Restaurant, Rule: d.Rule, ContactID: "c", To: contact.StoredPhone(fmt.Sprintf("+7999%07d", i)), Category: contact.Transactional,
			Text: fmt.Sprintf("Заказ %d готов. Кафе", i), Segments: 1, Dedupe: fmt.Sprint("bench/", i), Route: []string{"main"}, Account: "main",
			Status: message.Queued, OnUnknown: message.Hold, Deadline: now.Add(time.Hour), NextAt: now, CreatedAt: now, UpdatedAt: now,
		})
	}
	if err := db.SaveDecided(b.Context(), []rule.Decided{{EventID: events[0].ID, Status: kds.Done, Decisions: []rule.Decision{d}}}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkRatioQueue: ten thousand queued messages go out through the real program, the real sms.ru
// plugin and an operator whose calls take 100 ms and carry a hundred texts, every attempt on disk
// before and after its call. It reports how long that takes against the calls' own time: all of them
// one after the other, and (narrower) as many at once as the gateway makes.
func BenchmarkRatioQueue(b *testing.B) {
	const n, perCall = 10_000, 100
	operator := &slowOperator{takes: 100 * time.Millisecond}
	server := httptest.NewServer(operator)
	defer server.Close()
	data := filepath.Join(b.TempDir(), "data")
	queue(b, data, n)
	g := apptest.Start(b, programs, data, fmt.Sprintf(`restaurants: [{code: "199990777", name: Cafe, timezone: UTC}]
accounts: [{name: main, provider: smsru, settings: {api_id: k-12345678, base_url: %q}, limits: {per_second: 100000, per_day: 100000000, per_phone_per_day: 1000000}}]
egress_allow: [%q]
`, server.URL, strings.TrimPrefix(server.URL, "http://")))
	db := reader(b, g)
	waitAccepted(b, db, n)
	took := lastOutcome(b, db).Sub(operator.first)
	operator.mu.Lock()
	defer operator.mu.Unlock()
	if operator.texts != n || operator.most != perCall {
		b.Errorf("%d texts in %d calls of up to %d, want each of %d once, by the hundred", operator.texts, operator.calls, operator.most, n)
	}
	b.Logf("%d texts in %d calls: %v, the calls alone %v, %v with %d at once", n, operator.calls, took.Round(time.Millisecond),
		operator.spent.Round(time.Millisecond), (operator.spent / benchCalls).Round(time.Millisecond), benchCalls)
	ratio := took.Seconds() / operator.spent.Seconds()
	b.ReportMetric(ratio, "x-calls")
	b.ReportMetric(benchCalls*ratio, "x-calls-at-once") // says more, and depends on what else the machine does
	b.ReportMetric(n/took.Seconds(), "texts/s")
	b.ReportMetric(0, "ns/op")
	if ratio > 1.5 {
		b.Errorf("got %.2f times the calls' own time, want at most 1.5", ratio)
	}
}

// lastOutcome is when the last attempt was recorded.
func lastOutcome(b *testing.B, db *store.DB) time.Time {
	b.Helper()
	var last time.Time
	for after := ""; ; {
		page, next, err := db.Messages(b.Context(), message.Filter{After: after, Limit: 500})
		if err != nil {
			b.Fatal(err)
		}
		for _, m := range page {
			if m.UpdatedAt.After(last) {
				last = m.UpdatedAt
			}
		}
		if next == "" {
			return last
		}
		after = next
	}
}

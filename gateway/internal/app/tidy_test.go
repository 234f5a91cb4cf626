package app

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/oklog/ulid/v2"

	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// keepsakes stores an event that is decided and a text that has ended, both at the time.
func keepsakes(t *testing.T, db *store.DB, at time.Time, name string) (eventID, messageID string) {
	t.Helper()
	phone := contact.StoredPhone("+79990000001")
	who, err := db.Bind(t.Context(), contact.Binding{Restaurant: "1", Number: name, Phone: phone, At: at})
	if err != nil {
		t.Fatal(err)
	}
	eventID, _, err = db.AddEvent(t.Context(), kds.Event{Restaurant: "1", Body: []byte(name), Key: kds.Key{Hash: name, Dated: true}})
	if err != nil {
		t.Fatal(err)
	}
	messageID = ulid.MustNew(ulid.Timestamp(at), ulid.DefaultEntropy()).String()
	m := message.Message{ID: messageID, Restaurant: "1", ContactID: who, To: phone, Text: "Заказ готов", Category: contact.Transactional, Dedupe: name, Status: message.Cancelled}
	d := rule.Decision{Restaurant: "1", Change: order.Change{Kind: order.OrderReached(order.Ready)}, Outcome: rule.Sends, Messages: []message.Message{m}, At: at}
	if err := db.SaveDecided(t.Context(), []rule.Decided{{EventID: eventID, Status: kds.Done, Decisions: []rule.Decision{d}}}); err != nil {
		t.Fatal(err)
	}
	return eventID, messageID
}

func TestTextsAndBodiesGoAfterTheConfiguredDays(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name       string
		age        time.Duration
		text, body bool // is still there
	}{
		{"six-days", 6 * 24 * time.Hour, true, true},
		{"eight-days", 8 * 24 * time.Hour, false, true},
		{"ten-days", 10 * 24 * time.Hour, false, false},
	}
	folder := t.TempDir()
	clock := now
	db, err := store.Open(t.Context(), store.Options{Folder: folder, Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	events, messages := map[string]string{}, map[string]string{}
	for i := len(tests) - 1; i >= 0; i-- { // the oldest first, for identifiers only increase
		clock = now.Add(-tests[i].age)
		events[tests[i].name], messages[tests[i].name] = keepsakes(t, db, clock, tests[i].name)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(config.Sources{Flags: config.Flags{Data: folder, Listen: "127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Retention.TextsDays, cfg.Retention.EventsDays = 7, 9
	var log bytes.Buffer
	a, err := New(t.Context(), Options{
		Config: cfg, Version: "test", Program: filepath.Join(folder, "absent"), Now: func() time.Time { return now },
		Log: hclog.New(&hclog.LoggerOptions{Output: &log, Level: hclog.Info}),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	a.tidyOnce(t.Context())

	for _, tt := range tests {
		m, err := a.db.Message(t.Context(), messages[tt.name])
		if err != nil {
			t.Fatal(err)
		}
		e, err := a.db.Event(t.Context(), events[tt.name])
		if err != nil {
			t.Fatal(err)
		}
		if text, body := m.Text != "" && !m.To.IsZero(), e.Body != nil; text != tt.text || body != tt.body {
			t.Errorf("%s: text %v, body %v; want %v, %v", tt.name, text, body, tt.text, tt.body)
		}
	}
	if said := log.String(); strings.Count(said, "taken away") != 1 || !strings.Contains(said, "bodies=1") || !strings.Contains(said, "texts=2") || strings.Contains(said, "999000") {
		t.Errorf("the log: %s", said)
	}
	log.Reset()
	a.tidyOnce(t.Context())
	if said := log.String(); said != "" {
		t.Errorf("when nothing is due the log has: %s", said)
	}
}

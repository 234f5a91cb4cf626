package screen_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

func TestAnEventTellsWhatItSaidAndWhatItLedTo(t *testing.T) {
	t.Parallel()
	s := setup(t)
	m := s.told(t, "12.1")
	page, _, err := s.Events(t.Context(), adminapi.EventFilter{Order: "12.1", Statuses: []string{"done"}}, "ru")
	must(t, err)
	if len(page) != 1 || page[0].RestaurantCode == "" || page[0].Summary == "" || page[0].Size != len(sample(t)) || fmt.Sprint(page[0].OrderIDs) != "["+m.OrderID+"]" {
		t.Fatalf("page is %+v", page)
	}
	if page[0].Summary != "№ 12.1 готов" {
		t.Errorf("the summary of an order that is ready is %q", page[0].Summary)
	}
	d, err := s.Event(t.Context(), page[0].ID, "ru")
	must(t, err)
	if len(d.Decisions) != 1 || d.Decisions[0].OrderNumber != "12.1" || d.Decisions[0].Change != "order.ready" || d.Decisions[0].Outcome != "sends" || fmt.Sprint(d.Decisions[0].MessageIDs) != "["+m.ID+"]" {
		t.Errorf("event is %+v", d)
	}
	refused(t, "replay of what is done", s.ReplayEvent(t.Context(), anna, page[0].ID), problem.NotNow)
	_, err = s.db.DropBodies(t.Context(), s.now().Add(time.Hour))
	must(t, err)
	_, err = s.RawEvent(t.Context(), anna, page[0].ID)
	refused(t, "a body that is gone", err, problem.NotNow)
	_, err = s.TryEvent(t.Context(), page[0].ID, "ru")
	refused(t, "a try of a body that is gone", err, problem.NotNow)
	if d, err = s.Event(t.Context(), page[0].ID, "ru"); err != nil || d.Size != 0 || len(d.Decisions) != 1 {
		t.Errorf("without its body: %+v, %v", d, err)
	}
}

func TestARawBodyIsShownAsTextWithItsPhonesMasked(t *testing.T) {
	t.Parallel()
	s := setup(t)
	long := strings.Repeat("ж", 40_000)
	for name, c := range map[string]struct {
		body     string
		encoding string
		holds    []string
		cut      bool
	}{
		"a phone in r_keeper's comment":   {`<Order comment="Гость +7 (999) 000-00-01, столик 5"/>`, "utf-8", []string{"+7999•••0001", "столик 5"}, false},
		"phones without signs":            {`{"phone":"79990000001","other":"89990000001"}`, "utf-8", []string{"+7999•••0001"}, false},
		"numbers that are no phones stay": {`<Dish id="1004496" guid="{0A1B2C3D-0000-4000-8000-000000000001}" uni="1" price="1234567890123456789"/>`, "utf-8", []string{"1004496", "{0A1B2C3D-0000-4000-8000-000000000001}", "1234567890123456789"}, false},
		"windows-1251":                    {"<?xml version=\"1.0\" encoding=\"windows-1251\"?><a n=\"\xC1\xEE\xF0\xF9\"/>", "windows-1251", []string{"Борщ"}, false},
		"bytes":                           {"\x89PNG\x0d\x0a\x1a\x0a\x00", "binary", []string{"89 50 4e 47"}, false},
		"a long one":                      {"<a>" + long + "</a>", "utf-8", []string{"жжж"}, true},
	} {
		id, _, err := s.db.AddEvent(t.Context(), kds.Event{Source: "http", Body: []byte(c.body), Status: kds.Quarantined, Key: kds.Key{Hash: name, Dated: true}})
		must(t, err)
		raw, err := s.RawEvent(t.Context(), anna, id)
		must(t, err)
		shown := raw.Text + raw.Hex
		for _, part := range c.holds {
			if !strings.Contains(shown, part) {
				t.Errorf("%s: %q does not hold %q", name, shown[:min(len(shown), 300)], part)
			}
		}
		if raw.Encoding != c.encoding || raw.Cut != c.cut || strings.Contains(shown, "9990000001") || len(shown) > 400_000 {
			t.Errorf("%s: encoding %q, cut %v, %.200q", name, raw.Encoding, raw.Cut, shown)
		}
		if !strings.Contains(name, "a long one") && len(raw.Text) > 0 && raw.Cut {
			t.Errorf("%s is cut", name)
		}
	}
}

// TestEverySampleIsShown goes through the sample postings: none is taken for bytes, and none is changed
// but for phones.
func TestEverySampleIsShown(t *testing.T) {
	t.Parallel()
	s := setup(t)
	const folder = "../../../examples/events"
	all, err := os.ReadDir(folder)
	must(t, err)
	shown := 0
	for _, entry := range all {
		if !strings.HasSuffix(entry.Name(), ".xml") && !strings.HasSuffix(entry.Name(), ".json") {
			continue
		}
		body, err := os.ReadFile(folder + "/" + entry.Name())
		must(t, err)
		id, _, err := s.db.AddEvent(t.Context(), kds.Event{Source: "cli", Body: body, Status: kds.Quarantined, Key: kds.Key{Hash: entry.Name(), Dated: true}})
		must(t, err)
		raw, err := s.RawEvent(t.Context(), anna, id)
		must(t, err)
		want, _, isText := kds.Text(body)
		if isText == (raw.Encoding == "binary") || !raw.Cut && strings.Count(raw.Text, "\n") != strings.Count(want, "\n") {
			t.Errorf("%s: shown as %s, %d bytes of %d", entry.Name(), raw.Encoding, len(raw.Text), len(want))
		}
		shown++
	}
	if shown < 20 {
		t.Errorf("%d samples were looked at", shown)
	}
}

func TestWhatWasNotUnderstoodCanBeDecidedAgain(t *testing.T) {
	t.Parallel()
	s := setup(t)
	id, _, err := s.db.AddEvent(t.Context(), kds.Event{Source: "http", Body: []byte("<odd/>"), Key: kds.Key{Hash: "h", Dated: true}})
	must(t, err)
	must(t, s.db.SaveDecided(t.Context(), []rule.Decided{{EventID: id, Status: kds.Quarantined, Note: "what is odd?"}}))
	d, err := s.Event(t.Context(), id, "ru")
	must(t, err)
	if d.Status != "quarantined" || d.Note != "what is odd?" || d.Summary != "" {
		t.Errorf("event is %+v", d)
	}
	must(t, s.ReplayEvent(t.Context(), anna, id))
	if d, err = s.Event(t.Context(), id, "ru"); err != nil || d.Status != "stored" {
		t.Errorf("after a replay: %+v, %v", d, err)
	}
}

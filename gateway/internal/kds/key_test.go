package kds_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

func TestABodyWithATimeOrAnIDIsDated(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		body string
		want bool
	}{
		{"a time of r_keeper", `<a DateTime="2026-05-20T19:00:00"/>`, true},
		{"a number of r_keeper", `<a seqnumber="7"/>`, true},
		{"spaces and single quotes", "<a\n\tDateTime\n=\n'2026'/>", true},
		{"an empty time", `<a DateTime=""/>`, false},
		{"an empty time and a number", `<a DateTime="" seqnumber='1'/>`, true},
		{"a time of something else", `<a ShiftDateTime="2026"/>`, false},
		{"a time of a foreign namespace", `<a x:DateTime="2026"/>`, false},
		{"a time in another letter case", `<Void dateTime="2026"/>`, false},
		{"a time cut off", `<a DateTime="`, false},
		{"a time of our JSON", `{"occurred_at" : "2026-05-20T19:00:00Z"}`, true},
		{"an id of our JSON", `{"event_id":"X"}`, true},
		{"an empty id", `{"event_id":""}`, false},
		{"no id", `{"event_id":null}`, false},
		{"a longer name", `{"last_event_id":"X"}`, false},
		{"an id as a value", `["event_id","x"]`, false},
		{"nothing", "", false},
		{"an order without time", `<a><Order guid="A"/></a>`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, e := range encodings() {
				body := e.encode(t, []byte(tt.body))
				sum := sha256.Sum256(body)
				got := kds.KeyOf(body)
				if want := (kds.Key{Hash: hex.EncodeToString(sum[:]), Dated: tt.want}); got != want {
					t.Errorf("%s, %s: got %+v, want %+v", tt.body, e.name, got, want)
				}
			}
		})
	}
}

func TestSamplesThatDifferHaveDifferentKeys(t *testing.T) {
	t.Parallel()
	ready, again := kds.KeyOf(sample(t, "08-kds-all-ready.xml")), kds.KeyOf(sample(t, "25-duplicate-of-08.xml"))
	other := kds.KeyOf(sample(t, "26-seqnumber-reused-after-restart.xml"))
	if ready != again || ready.Hash == other.Hash {
		t.Errorf("got 08 %v, 25 %v, 26 %v; want 08 and 25 equal, 26 another", ready, again, other)
	}
}

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smpp"
)

func TestALongTextArrivesWholeInEachWay(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"udh", "sar", "payload"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			r := opened(t, map[string]string{"long_message": way})
			m := r.message("00001", long)
			o := r.send(t, m, 5*time.Second)
			if o.Accepted == nil || o.Accepted.Segments != 3 {
				t.Fatalf("got %+v, %v, want 3 segments accepted", o.Accepted, o.Failure)
			}
			var text strings.Builder
			for i, part := range r.smsc.Taken() {
				text.WriteString(part.Text)
				if way != "payload" && (part.Part != i+1 || part.Parts != 3 || part.Reference != r.smsc.Taken()[0].Reference) {
					t.Errorf("part %d: got %d of %d under %d", i+1, part.Part, part.Parts, part.Reference)
				}
				if part.Payload != (way == "payload") || (part.ESM&0x40 != 0) != (way == "udh") {
					t.Errorf("part %d: payload %v, esm_class %#x do not suit %s", i+1, part.Payload, part.ESM, way)
				}
			}
			if text.String() != long {
				t.Errorf("got %q, want %q", text.String(), long)
			}
			r.becomes(t, sdk.Query{OurID: m.ID, ProviderID: o.Accepted.ID}, sdk.StatusDelivered)
		})
	}
}

func TestWhatIsSubmittedFollowsTheSettings(t *testing.T) {
	t.Parallel()
	r := opened(t, map[string]string{"dest_ton": "2", "dest_npi": "8", "registered_delivery": "2", "source_addr": "+79990000009"})
	m := r.message("00001", "Order {17} ready")
	m.NotAfter = time.Now().Add(20 * time.Minute)
	if o := r.send(t, m, 5*time.Second); o.Accepted == nil {
		t.Fatal(o.Failure)
	}
	got := r.smsc.Taken()[0]
	if want := (smpp.Address{TON: 2, NPI: 8, Addr: digits(m.To)}); got.Dest != want {
		t.Errorf("recipient: got %+v, want %+v", got.Dest, want)
	}
	if want := (smpp.Address{TON: 1, NPI: 1, Addr: "79990000009"}); got.Source != want {
		t.Errorf("sender: got %+v, want %+v", got.Source, want)
	}
	if got.Registered != 2 || got.Coding != 0 || got.Text != m.Text {
		t.Errorf("got registered_delivery %d, data_coding %d, text %q", got.Registered, got.Coding, got.Text)
	}
	if got.Validity != "000000002000000R" && got.Validity != "000000001959000R" {
		t.Errorf("got validity_period %q, want 20 minutes as a period", got.Validity)
	}
	m = r.message("00001", "x")
	m.Sender = "Bar-2"
	if o := r.send(t, m, 5*time.Second); o.Accepted == nil {
		t.Fatal(o.Failure)
	}
	if want := (smpp.Address{TON: 5, Addr: "Bar-2"}); r.smsc.Taken()[1].Source != want {
		t.Errorf("a sender of the message's own: got %+v, want %+v", r.smsc.Taken()[1].Source, want)
	}
	for _, bad := range []string{"Кафе", "TwelveLetters", "a\tb", "1234567890123456789012"} {
		m = r.message("00001", "x")
		m.Sender = bad
		if o := r.send(t, m, 5*time.Second); o.Failure == nil || o.Failure.Reason != sdk.BadSender {
			t.Errorf("sender %q: got %+v, want BAD_SENDER", bad, o)
		}
	}
	m = r.message("00001", "x")
	m.Test = true
	if o := r.send(t, m, 5*time.Second); o.Failure == nil || o.Failure.Reason != sdk.Unsupported {
		t.Errorf("a trial: got %+v, want UNSUPPORTED", o)
	}
	if n := len(r.smsc.Taken()); n != 2 {
		t.Errorf("the SMSC took %d messages, want 2", n)
	}
}

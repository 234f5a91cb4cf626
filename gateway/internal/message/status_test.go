package message_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

func TestAdvance(t *testing.T) {
	t.Parallel()
	const (
		queued, sending, unknown, accepted                = message.Queued, message.Sending, message.Unknown, message.Accepted
		delivered, undelivered, rejected                  = message.Delivered, message.Undelivered, message.Rejected
		expired, cancelled, stays          message.Status = message.Expired, message.Cancelled, ""
	)
	receipts := []message.Status{accepted, delivered, undelivered, rejected, expired, unknown, queued, sending, cancelled, "nonsense"}
	table := []struct {
		from message.Status
		want [10]message.Status // by receipt
	}{
		{queued, [10]message.Status{accepted, delivered, stays, stays, stays, stays, stays, stays, stays, stays}},
		{sending, [10]message.Status{accepted, delivered, undelivered, rejected, expired, stays, stays, stays, stays, stays}},
		{unknown, [10]message.Status{accepted, delivered, undelivered, rejected, expired, stays, stays, stays, stays, stays}},
		{accepted, [10]message.Status{stays, delivered, undelivered, rejected, expired, stays, stays, stays, stays, stays}},
		{delivered, [10]message.Status{}},
		{undelivered, [10]message.Status{}},
		{rejected, [10]message.Status{}},
		{expired, [10]message.Status{}},
		{cancelled, [10]message.Status{}},
	}
	if len(table) != len(message.Statuses()) {
		t.Fatalf("the table has %d rows, there are %d statuses", len(table), len(message.Statuses()))
	}
	for _, row := range table {
		for i, receipt := range receipts {
			want, moves := row.want[i], row.want[i] != stays
			if !moves {
				want = row.from
			}
			got, moved := message.Advance(row.from, message.Receipt{Status: receipt})
			if got != want || moved != moves {
				t.Errorf("%s, receipt %s: got %s, moved %v; want %s, %v", row.from, receipt, got, moved, want, moves)
			}
		}
	}
}

// rank orders statuses by how much is known of the text's fate.
func rank(s message.Status) int {
	if message.Final(s) {
		return 4
	}
	return map[message.Status]int{message.Queued: 0, message.Sending: 1, message.Unknown: 2, message.Accepted: 3}[s]
}

func TestAdvanceNeverGoesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		statuses := rapid.SampledFrom(message.Statuses())
		at := statuses.Draw(t, "from")
		for _, receipt := range rapid.SliceOfN(statuses, 0, 20).Draw(t, "receipts") {
			next, moved := message.Advance(at, message.Receipt{Status: receipt})
			if moved != (next != at) {
				t.Fatalf("%s, receipt %s: got %s but moved is %v", at, receipt, next, moved)
			}
			if moved && rank(next) <= rank(at) {
				t.Fatalf("%s, receipt %s: went back to %s", at, receipt, next)
			}
			if again, twice := message.Advance(next, message.Receipt{Status: receipt}); twice {
				t.Fatalf("%s, receipt %s repeated: moved on to %s", next, receipt, again)
			}
			at = next
		}
	})
}

func TestTheEndsAreFinal(t *testing.T) {
	t.Parallel()
	for _, s := range message.Statuses() {
		want := s != message.Queued && s != message.Sending && s != message.Unknown && s != message.Accepted
		if got := message.Final(s); got != want {
			t.Errorf("Final(%s): got %v, want %v", s, got, want)
		}
	}
}

package message_test

import (
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
)

func TestWhatAReceiptTeaches(t *testing.T) {
	t.Parallel()
	cost := &message.Money{Units: 4, Currency: "RUB"}
	tests := []struct {
		name     string
		from     message.Status
		deadline time.Time
		receipt  message.Receipt
		want     message.Move
		moves    bool
	}{
		{"an accepted message is delivered", message.Accepted, noon, message.Receipt{Status: message.Delivered, ProviderID: "p-1", Cost: cost},
			message.Move{Status: message.Delivered, ProviderID: "p-1", Cost: cost}, true},
		{"the operator's number in a code is masked", message.Accepted, noon, message.Receipt{Status: message.Undelivered, Reason: message.BadRecipient, Code: "105 +79990000001"},
			message.Move{Status: message.Undelivered, Reason: message.BadRecipient, Note: "105 " + contact.StoredPhone("+79990000001").String()}, true},
		{"a delivered message stays delivered", message.Delivered, noon, message.Receipt{Status: message.Undelivered}, message.Move{}, false},
		{"an unknown one that the provider has never seen is sent again", message.Unknown, noon.Add(time.Minute), message.Receipt{Status: message.Absent, ProviderID: "p-9"},
			message.Move{Status: message.Queued, Account: "main", Reason: message.Unavailable}, true},
		{"past its deadline it expires", message.Unknown, noon, message.Receipt{Status: message.Absent},
			message.Move{Status: message.Expired, Account: "main", Reason: message.PastDeadline}, true},
		{"an accepted one that the provider does not know stays", message.Accepted, noon.Add(time.Minute), message.Receipt{Status: message.Absent}, message.Move{}, false},
		{"one that is being sent is not called absent", message.Sending, noon.Add(time.Minute), message.Receipt{Status: message.Absent}, message.Move{}, false},
		{"the provider knows no more than we", message.Unknown, noon, message.Receipt{Status: message.Unknown}, message.Move{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := message.Message{ID: "01M", Status: tt.from, Account: "main", Deadline: tt.deadline, UpdatedAt: noon.Add(-2 * time.Minute), To: contact.StoredPhone("+79990000001")}
			got, moves := message.Learn(m, tt.receipt, noon)
			if !moves && !tt.moves {
				return
			}
			tt.want.MessageID, tt.want.NextAt = "01M", noon
			if moves != tt.moves || got != tt.want {
				t.Errorf("%s, %+v: got %+v %v, want %+v %v", tt.from, tt.receipt, got, moves, tt.want, tt.moves)
			}
		})
	}
}

func TestNeverSeenIsNotBelievedTooEarly(t *testing.T) {
	t.Parallel()
	m := message.Message{ID: "01M", Status: message.Unknown, Account: "main", Deadline: noon.Add(time.Hour), UpdatedAt: noon}
	for age, want := range map[time.Duration]bool{0: false, 2*time.Minute - time.Second: false, 2 * time.Minute: true, time.Hour - time.Minute: true} {
		if move, moves := message.Learn(m, message.Receipt{Status: message.Absent}, noon.Add(age)); moves != want {
			t.Errorf("after %s: got %+v %v, want it to move: %v", age, move, moves, want)
		}
	}
}

func TestAMessageIsAskedAboutLessAndLessOftenAndNotForEver(t *testing.T) {
	t.Parallel()
	asked, age := 0, time.Duration(0)
	for last := time.Duration(0); ; asked++ {
		wait, ok := message.LookupAfter(age)
		if !ok {
			break
		}
		if wait < 10*time.Second || wait > 2*time.Hour || wait < last {
			t.Fatalf("after %s: wait %s, before that %s", age, wait, last)
		}
		age, last = age+wait, wait
	}
	if asked < 20 || asked > 50 || age < 48*time.Hour || age > 50*time.Hour {
		t.Errorf("asked %d times in %s, want 20 to 50 in two days", asked, age)
	}
}

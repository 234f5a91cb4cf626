package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

const guest = "79990000001"

// begun is a ledger with one message whose units are written.
func begun(parts int) *ledger {
	l := newLedger()
	writes(l, "m", guest, parts)
	return l
}

func writes(l *ledger, id, phone string, parts int) {
	l.begin(sdk.Message{ID: id, To: "+" + phone, Attempt: 1}, make([]string, parts))
	for part := range parts {
		l.wrote(unitKey{id, part})
	}
}

func tells(id string, status sdk.Status) notice {
	return notice{id: id, status: status, code: string(status), source: guest}
}

func TestPartsMakeOneStatement(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		heard []notice // about the ids 1, 2, 3
		want  sdk.Status
	}{
		{"nothing heard", nil, sdk.StatusAccepted},
		{"one of three is delivered", []notice{tells("1", sdk.StatusDelivered)}, sdk.StatusAccepted},
		{"all are delivered", []notice{tells("1", sdk.StatusDelivered), tells("3", sdk.StatusDelivered), tells("2", sdk.StatusDelivered)}, sdk.StatusDelivered},
		{"one is lost", []notice{tells("1", sdk.StatusDelivered), tells("2", sdk.StatusUndelivered), tells("3", sdk.StatusDelivered)}, sdk.StatusUndelivered},
		{"one expires and nothing is heard of the rest", []notice{tells("2", sdk.StatusExpired)}, sdk.StatusExpired},
		{"one is on its way", []notice{tells("1", sdk.StatusDelivered), tells("2", sdk.StatusAccepted)}, sdk.StatusAccepted},
		{"of one nobody knows", []notice{tells("1", sdk.StatusDelivered), tells("2", sdk.StatusDelivered), tells("3", sdk.StatusUnknown)}, sdk.StatusAccepted},
		{"of none anybody knows", []notice{tells("1", sdk.StatusUnknown), tells("2", sdk.StatusUnknown), tells("3", sdk.StatusUnknown)}, sdk.StatusUnknown},
		{"an end is not undone by what comes late", []notice{tells("1", sdk.StatusUndelivered), tells("1", sdk.StatusAccepted)}, sdk.StatusUndelivered},
		{"lost, and found after all", []notice{tells("1", sdk.StatusUndelivered), tells("1", sdk.StatusDelivered), tells("2", sdk.StatusDelivered), tells("3", sdk.StatusDelivered)}, sdk.StatusDelivered},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := begun(3)
			for part, id := range []string{"1", "2", "3"} {
				l.takenAs(unitKey{"m", part}, id)
			}
			for _, n := range test.heard {
				if !l.heard(n) {
					t.Errorf("%+v did not find its message", n)
				}
			}
			got := l.state(sdk.Query{OurID: "m"})
			if got.Status != test.want || got.ProviderID != "1,2,3" {
				t.Errorf("got %s of %s, want %s of 1,2,3", got.Status, got.ProviderID, test.want)
			}
			// The receipts may have come before the answers.
			l = begun(3)
			for _, n := range test.heard {
				l.heard(n)
			}
			for part, id := range []string{"1", "2", "3"} {
				l.takenAs(unitKey{"m", part}, id)
			}
			if got := l.state(sdk.Query{OurID: "m"}); got.Status != test.want {
				t.Errorf("receipts first: got %s, want %s", got.Status, test.want)
			}
			// And the process may have been started since.
			l = newLedger()
			for _, n := range test.heard {
				l.heard(n)
			}
			want := test.want
			if len(test.heard) == 0 || test.want == sdk.StatusUnknown {
				want = sdk.StatusUnknown
			}
			if got := l.state(sdk.Query{OurID: "m", ProviderID: "1,2,3", To: "+" + guest}); got.Status != want {
				t.Errorf("after a restart: got %s, want %s", got.Status, want)
			}
		})
	}
}

func TestIDsMeetInBothBases(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		answered, receipted string
		want                bool
	}{
		{"77", "77", true},
		{"0077", "77", true},
		{"ABCDEF01", "abcdef01", true},
		{"3E9", "1001", true},         // hexadecimal, then decimal
		{"3E9", "0000001001", true},   // with zeros in front
		{"1001", "3E9", true},         // the other way round
		{"77", "78", false},           // another message
		{"b7d4c1e2-0f3a", "7", false}, // no number at all
		{"000", "0", false},           // zeros have nothing to tell them apart by
	} {
		l := begun(1)
		l.takenAs(unitKey{"m", 0}, test.answered)
		if got := l.heard(tells(test.receipted, sdk.StatusDelivered)); got != test.want {
			t.Errorf("%s answered, %s in the receipt: found %v, want %v", test.answered, test.receipted, got, test.want)
		}
	}
}

func TestANumberThatLooksLikeAnotherInTheOtherBaseIsNotTakenForIt(t *testing.T) {
	t.Parallel()
	l := begun(1)
	l.takenAs(unitKey{"m", 0}, "10")
	foreign := tells("16", sdk.StatusUndelivered) // 0x10
	foreign.source = "79990000002"
	if l.heard(foreign) {
		t.Error("the receipt of another phone found the message")
	}
	// Two messages to one guest: the one with the very id is meant.
	writes(l, "n", guest, 1)
	l.takenAs(unitKey{"n", 0}, "16")
	l.heard(tells("16", sdk.StatusUndelivered))
	if got := l.state(sdk.Query{OurID: "m"}).Status; got != sdk.StatusAccepted {
		t.Errorf("the message 10: got %s, want ACCEPTED", got)
	}
	// From then on the operator is known to write one base: 22 is not 0x16.
	if l.heard(tells("22", sdk.StatusUndelivered)) {
		t.Error("a receipt of an unknown message found one in the other base")
	}
}

func TestAReceiptWithoutPhonesFindsTheVeryID(t *testing.T) {
	t.Parallel()
	l := begun(1)
	l.takenAs(unitKey{"m", 0}, "77")
	if !l.heard(notice{id: "77", status: sdk.StatusDelivered, source: "", dest: ""}) {
		t.Error("a receipt without phones did not find its message")
	}
	l = begun(1)
	l.takenAs(unitKey{"m", 0}, "3e9")
	if l.heard(notice{id: "1001", status: sdk.StatusDelivered, dest: "1234"}) {
		t.Error("a receipt without phones found a message in the other base")
	}
	swapped := notice{id: "1001", status: sdk.StatusDelivered, source: "Cafe", dest: "89990000001"}
	if !l.heard(swapped) {
		t.Error("a receipt with its addresses swapped, and the phone in the national form, did not find its message")
	}
}

func TestAQuoteSettlesADoubtOnlyIfThereIsOne(t *testing.T) {
	t.Parallel()
	const text = "Заказ 17 готов, ждём вас у стойки"
	about := notice{id: "77", status: sdk.StatusDelivered, source: guest, quote: []byte("Заказ 17 готов, жд")}
	begin := func(l *ledger, id, phone, text string) {
		l.begin(sdk.Message{ID: id, To: "+" + phone, Attempt: 1}, []string{text})
		l.wrote(unitKey{id, 0})
	}
	t.Run("one message in doubt", func(t *testing.T) {
		t.Parallel()
		l := newLedger()
		begin(l, "m", guest, text)
		begin(l, "other guest", "79990000002", text)
		begin(l, "other text", guest, "Заказ 18 готов, ждём вас у стойки")
		if !l.heard(about) {
			t.Fatal("the receipt did not find its message")
		}
		if got := l.state(sdk.Query{OurID: "m"}); got.Status != sdk.StatusDelivered || got.ProviderID != "77" {
			t.Errorf("got %+v, want it delivered as 77", got)
		}
	})
	t.Run("two of them", func(t *testing.T) {
		t.Parallel()
		l := newLedger()
		begin(l, "m", guest, text)
		begin(l, "n", guest, text)
		if l.heard(about) {
			t.Error("the receipt chose one of two")
		}
	})
	t.Run("a message that was refused", func(t *testing.T) {
		t.Parallel()
		l := newLedger()
		begin(l, "m", guest, text)
		l.refusedBy(unitKey{"m", 0}, sdk.Fail(sdk.BadSender, ""))
		if l.heard(about) {
			t.Error("the receipt chose a message that was refused")
		}
	})
}

func TestOnlyALateRefusalForTheMomentMakesAMessageAbsent(t *testing.T) {
	t.Parallel()
	refusedAfter := func(attempt int, reason sdk.Reason) sdk.Receipt {
		l := newLedger()
		l.begin(sdk.Message{ID: "m", To: "+" + guest, Attempt: attempt}, []string{"x"})
		l.wrote(unitKey{"m", 0})
		l.refusedBy(unitKey{"m", 0}, sdk.Fail(reason, "").WithCode("7"))
		return l.state(sdk.Query{OurID: "m"})
	}
	for reason, want := range map[sdk.Reason]sdk.Status{
		sdk.RateLimited: sdk.StatusAbsent, sdk.Unavailable: sdk.StatusAbsent, sdk.BadRecipient: sdk.StatusRejected,
		sdk.UnknownOutcome: sdk.StatusUnknown, sdk.Internal: sdk.StatusUnknown,
	} {
		if got := refusedAfter(1, reason); got.Status != want || got.Code != "7" {
			t.Errorf("%s: got %+v, want %s", reason, got, want)
		}
	}
	if got := refusedAfter(2, sdk.RateLimited); got.Status != sdk.StatusUnknown {
		t.Errorf("a second attempt, the first not made here: got %s, want UNKNOWN", got.Status)
	}
	l := begun(1)
	writes(l, "m", guest, 1) // again, after a doubtful attempt
	l.refusedBy(unitKey{"m", 0}, sdk.Fail(sdk.RateLimited, ""))
	if got := l.state(sdk.Query{OurID: "m"}); got.Status != sdk.StatusUnknown {
		t.Errorf("after a doubtful attempt: got %s, want UNKNOWN", got.Status)
	}
	l = begun(2)
	l.takenAs(unitKey{"m", 0}, "1")
	l.refusedBy(unitKey{"m", 1}, sdk.Fail(sdk.RateLimited, ""))
	if got := l.state(sdk.Query{OurID: "m"}); got.Status != sdk.StatusUnknown {
		t.Errorf("a part of it was taken: got %s, want UNKNOWN", got.Status)
	}
}

func TestAStatementIsAsOldAsItsLatestReceipt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	l := begun(2)
	l.takenAs(unitKey{"m", 0}, "1")
	l.takenAs(unitKey{"m", 1}, "2")
	if got := l.state(sdk.Query{OurID: "m"}); !got.At.IsZero() {
		t.Errorf("nothing heard: got %v, want no time", got.At)
	}
	for i, id := range []string{"2", "1"} {
		n := tells(id, sdk.StatusDelivered)
		n.at = now.Add(time.Duration(i) * time.Second)
		l.heard(n)
	}
	if got := l.state(sdk.Query{OurID: "m"}); !got.At.Equal(now.Add(time.Second)) {
		t.Errorf("got %v, want the later of both", got.At)
	}
}

func TestTheLedgerForgetsTheOldest(t *testing.T) {
	t.Parallel()
	l := newLedger()
	for i := range maxRecords + 10 {
		id := fmt.Sprintf("m%d", i)
		writes(l, id, guest, 1)
		l.takenAs(unitKey{id, 0}, fmt.Sprintf("id-%d", i))
	}
	for i := range maxStrays + 10 {
		l.heard(tells(fmt.Sprintf("stray-%d", i), sdk.StatusDelivered))
	}
	if len(l.records) != maxRecords || len(l.order) != maxRecords || len(l.units) != maxRecords || len(l.strays) != maxStrays || len(l.waiting) != maxStrays {
		t.Errorf("got %d messages in an order of %d, %d units, %d strays in an order of %d", len(l.records), len(l.order), len(l.units), len(l.strays), len(l.waiting))
	}
	if got := l.state(sdk.Query{OurID: "m0", ProviderID: "id-0"}); got.Status != sdk.StatusUnknown {
		t.Errorf("a message that was forgotten: got %s, want UNKNOWN", got.Status)
	}
	if got := l.state(sdk.Query{ProviderID: fmt.Sprintf("stray-%d", maxStrays+9), To: "+" + guest}); got.Status != sdk.StatusDelivered {
		t.Errorf("the latest stray receipt: got %s, want DELIVERED", got.Status)
	}
}

func TestTheIDOfAMessageHoldsThoseOfItsParts(t *testing.T) {
	t.Parallel()
	for _, ids := range [][]string{{"77"}, {"1", "2", "3"}, {strings.Repeat("a", 31), strings.Repeat("b", 32)}} {
		joined := joinIDs(ids)
		got, total := idsOf(joined)
		if len(joined) > maxJoined || strings.Join(got, " ") != strings.Join(ids, " ") || total != len(ids) {
			t.Errorf("%v: got %q, which is %v of %d", ids, joined, got, total)
		}
	}
	uuid := "b7d4c1e2-0f3a-4b6e-9d55-0d7e3a1c2b4f"
	joined := joinIDs([]string{uuid, uuid, uuid})
	if got, total := idsOf(joined); joined != uuid+",+2" || len(got) != 1 || total != 3 {
		t.Errorf("three long ones: got %q, which is %v of %d", joined, got, total)
	}
	l := newLedger()
	l.heard(notice{id: uuid, status: sdk.StatusDelivered, source: guest})
	if got := l.state(sdk.Query{ProviderID: joined, To: "+" + guest}); got.Status != sdk.StatusAccepted {
		t.Errorf("one of three delivered, the others not known: got %s, want ACCEPTED", got.Status)
	}
}

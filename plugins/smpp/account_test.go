package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smpp"
)

// rig is the provider, by way of the wire, with a simulated SMSC behind it.
type rig struct {
	*host.Client
	smsc *smpp.SMSC
	log  *strings.Builder
	sent int
}

type locked struct {
	mu sync.Mutex
	to *strings.Builder
}

// Write appends.
func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(p)
}

// opened opens an account; the settings are added to those that a simulator needs.
func opened(t *testing.T, settings map[string]string) *rig {
	t.Helper()
	smsc, address := served(t)
	r := &rig{smsc: smsc, log: &strings.Builder{}}
	r.Client = sdktest.Serve(t, provider(), &locked{to: r.log}, time.Now)
	sdktest.Open(t, r.Client, "main", reaching(t, address, settings), address)
	t.Cleanup(func() { _ = r.Close(context.Background(), "main", 1) })
	return r
}

// reaching is the settings of an account at the address.
func reaching(t *testing.T, address string, settings map[string]string) map[string]string {
	t.Helper()
	name, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"host": name, "port": port, "tls": "false", "system_id": "cafe", "password": password, "source_addr": "Cafe"}
	maps.Copy(all, settings)
	return all
}

// message makes the next one, to a number with this ending.
func (r *rig) message(ending, text string) sdk.Message {
	r.sent++
	return sdk.Message{
		ID: fmt.Sprintf("01KTSMPP%018d", r.sent), Attempt: 1, To: fmt.Sprintf("+79%04d%s", r.sent%10000, ending), Text: text,
		Channel: sdk.SMS, Category: sdk.Transactional, Segments: 1,
	}
}

// send returns what became of one message, within a deadline that leaves no time for a silent SMSC.
func (r *rig) send(t *testing.T, m sdk.Message, limit time.Duration) sdk.Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	outcomes, _ := r.Send(ctx, "main", 1, []sdk.Message{m}) // the error repeats the outcome
	return outcomes[0]
}

// becomes looks the message up until it has the status, as the gateway does.
func (r *rig) becomes(t *testing.T, q sdk.Query, want sdk.Status) sdk.Receipt {
	t.Helper()
	var got sdk.Receipt
	for until := time.Now().Add(5 * time.Second); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		receipts, err := r.Lookup(t.Context(), "main", 1, []sdk.Query{q})
		if err != nil {
			t.Fatalf("Lookup: %v", err)
		}
		if got = receipts[0]; got.Status == want {
			return got
		}
	}
	t.Fatalf("Lookup of %+v: got %+v, want %s", q, got, want)
	return got
}

const short = 600 * time.Millisecond

func TestWhatTheSMSCSaysOfAMessage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ending string
		text   string
		want   sdk.Reason // empty: accepted
		code   string
		later  sdk.Status // what a look-up comes to; empty: not looked up
		why    string     // its code
		limit  time.Duration
	}{
		"it is delivered":                          {ending: "00001", later: sdk.StatusDelivered, why: "DELIVRD"},
		"the number is refused":                    {ending: "01011", want: sdk.BadRecipient, code: "0x0000000B"},
		"the sender is refused":                    {ending: "01010", want: sdk.BadSender, code: "0x0000000A"},
		"the queue is full":                        {ending: "01020", want: sdk.RateLimited, code: "0x00000014"},
		"too many a second":                        {ending: "01088", want: sdk.RateLimited, code: "0x00000058"},
		"an error in the SMSC":                     {ending: "01008", want: sdk.Unavailable, code: "0x00000008"},
		"an error without a name":                  {ending: "01255", want: sdk.UnknownOutcome, code: "0x000000FF"},
		"a code that nobody knows":                 {ending: "01999", want: sdk.Internal, code: "0x000003E7"},
		"the text's length is refused":             {ending: "01001", want: sdk.RejectedText},
		"the recipient's TON is refused":           {ending: "01080", want: sdk.Unsupported},
		"it expires":                               {ending: "02003", later: sdk.StatusExpired, why: "EXPIRED/11"},
		"it is deleted":                            {ending: "02004", later: sdk.StatusUndelivered, why: "DELETED/11"},
		"it cannot be delivered":                   {ending: "02005", later: sdk.StatusUndelivered, why: "UNDELIV/11"},
		"it is on its way":                         {ending: "02001", later: sdk.StatusAccepted},
		"it is rejected":                           {ending: "02008", later: sdk.StatusRejected, why: "REJECTD/11"},
		"the connection ends before it is taken":   {ending: "00201", want: sdk.UnknownOutcome, later: sdk.StatusUnknown},
		"the connection ends when it is taken":     {ending: "00202", want: sdk.UnknownOutcome, later: sdk.StatusUnknown},
		"no answer, but a receipt that quotes it":  {ending: "00203", want: sdk.UnknownOutcome, later: sdk.StatusDelivered, limit: short},
		"the answer is late":                       {ending: "00204", want: sdk.UnknownOutcome, later: sdk.StatusDelivered, limit: short},
		"a generic_nack":                           {ending: "00205", want: sdk.Unsupported, code: "0x00000002"},
		"taken without an id":                      {ending: "00206", want: sdk.Internal},
		"a web page":                               {ending: "00207", want: sdk.Internal},
		"half an answer":                           {ending: "00208", want: sdk.UnknownOutcome},
		"a late refusal for the moment":            {ending: "00209", want: sdk.UnknownOutcome, later: sdk.StatusAbsent, why: "0x00000058", limit: short},
		"a receipt in optional parameters":         {ending: "00301", later: sdk.StatusDelivered, why: "DELIVRD"},
		"a receipt in text":                        {ending: "00302", later: sdk.StatusDelivered, why: "DELIVRD"},
		"a receipt before the answer":              {ending: "00303", later: sdk.StatusDelivered},
		"a hexadecimal id and a decimal receipt":   {ending: "00304", later: sdk.StatusDelivered},
		"a receipt that comes twice":               {ending: "00305", later: sdk.StatusDelivered},
		"an intermediate receipt before the final": {ending: "00306", later: sdk.StatusDelivered},
		"a receipt as data_sm":                     {ending: "00307", later: sdk.StatusDelivered},
		"no receipt":                               {ending: "00308", later: sdk.StatusAccepted},
		"a receipt in UCS-2":                       {ending: "00309", later: sdk.StatusDelivered},
		"a guest's text that looks like a receipt": {ending: "00310", later: sdk.StatusAccepted},
		"the second part is refused":               {ending: "00401", text: long, want: sdk.UnknownOutcome, code: "0x00000045", later: sdk.StatusUnknown},
		"the second part is throttled once":        {ending: "00402", text: long, later: sdk.StatusDelivered},
		"the second part is never answered":        {ending: "00403", text: long, want: sdk.UnknownOutcome, later: sdk.StatusUnknown, limit: short},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := opened(t, nil)
			text, limit := test.text, test.limit
			if text == "" {
				text = "Заказ 17 готов, ждём вас у стойки"
			}
			if limit == 0 {
				limit = 10 * time.Second
			}
			if limit == short { // it is to be used up by waiting for the answer, not by the bind
				if o := r.send(t, r.message("00001", text), 10*time.Second); o.Accepted == nil {
					t.Fatalf("a text that is answered: got %v", o.Failure)
				}
			}
			m := r.message(test.ending, text)
			o := r.send(t, m, limit)
			switch {
			case test.want == "" && o.Accepted == nil:
				t.Fatalf("got %v, want it accepted", o.Failure)
			case test.want != "" && (o.Failure == nil || o.Failure.Reason != test.want):
				t.Fatalf("got %+v, want %s", o, test.want)
			case test.code != "" && o.Failure.Code != test.code:
				t.Errorf("got the code %q, want %q", o.Failure.Code, test.code)
			}
			if test.later == "" {
				return
			}
			q := sdk.Query{OurID: m.ID, To: m.To}
			if o.Accepted != nil {
				q.ProviderID = o.Accepted.ID
			}
			got := r.becomes(t, q, test.later)
			if test.why != "" && got.Code != test.why {
				t.Errorf("got the code %q, want %q", got.Code, test.why)
			}
			if test.later == sdk.StatusDelivered && got.ProviderID == "" {
				t.Error("a message that was found has no id of the SMSC")
			}
		})
	}
}

// long has three parts in UCS-2.
var long = strings.Repeat("Ваш заказ готов, приходите. ", 6)

func TestAWebPageIsKeptForPeople(t *testing.T) {
	t.Parallel()
	r := opened(t, nil)
	o := r.send(t, r.message("00207", "x"), 5*time.Second)
	if o.Failure == nil || !strings.Contains(o.Failure.Raw, "HTTP/1.1 400") {
		t.Errorf("got %+v, want the page in Raw", o.Failure)
	}
}

func TestAnAnswerThatIsLostLeavesTheNextMessagesAlone(t *testing.T) {
	t.Parallel()
	r := opened(t, nil)
	for _, ending := range []string{"00202", "00201", "00207", "00208"} {
		r.send(t, r.message(ending, "x"), 5*time.Second)
		if o := r.send(t, r.message("00001", "x"), 10*time.Second); o.Accepted == nil {
			t.Errorf("after %s: got %v, want the next message accepted", ending, o.Failure)
		}
	}
}

func TestTheOperatorsOwnCodesHaveTheMeaningOfTheSettings(t *testing.T) {
	t.Parallel()
	r := opened(t, map[string]string{"vendor_codes": "0x3E7=NO_MONEY\n0x0008=BLOCKED_RECIPIENT"})
	for ending, want := range map[string]sdk.Reason{"01999": sdk.NoMoney, "01008": sdk.BlockedRecipient} {
		if o := r.send(t, r.message(ending, "x"), 5*time.Second); o.Failure == nil || o.Failure.Reason != want {
			t.Errorf("%s: got %+v, want %s", ending, o, want)
		}
	}
}

func TestAHundredMessagesHaveTheirOwnIDs(t *testing.T) {
	t.Parallel()
	r := opened(t, map[string]string{"window": "7"})
	var batch []sdk.Message
	for range 100 {
		batch = append(batch, r.message("00001", "Заказ готов"))
	}
	outcomes, err := r.Send(t.Context(), "main", 1, batch)
	if err != nil {
		t.Fatal(err)
	}
	byPhone := map[string]string{}
	for _, taken := range r.smsc.Taken() {
		byPhone[taken.Dest.Addr] = taken.ID
	}
	for i, o := range outcomes {
		if o.Accepted == nil || o.Accepted.ID != byPhone[digits(batch[i].To)] {
			t.Fatalf("message %d: got %+v, %v, want the id %s", i, o.Accepted, o.Failure, byPhone[digits(batch[i].To)])
		}
	}
}

func TestTheSMSCIsNotPressedWhenItComplains(t *testing.T) {
	t.Parallel()
	r := opened(t, map[string]string{"password": "slow-down"})
	var batch []sdk.Message
	for range 20 {
		batch = append(batch, r.message("00001", "x"))
	}
	outcomes, err := r.Send(t.Context(), "main", 1, batch)
	if err != nil {
		t.Fatal(err)
	}
	accepted := 0
	for _, o := range outcomes {
		switch {
		case o.Accepted != nil:
			accepted++
		case o.Failure.Reason != sdk.RateLimited || o.Failure.RetryAfter <= 0:
			t.Errorf("got %+v, want RATE_LIMITED with a time to come again", o.Failure)
		}
	}
	if accepted != 5 || len(r.smsc.Taken()) != 5 {
		t.Errorf("%d were accepted and %d taken, want the 5 of a second", accepted, len(r.smsc.Taken()))
	}
	// With the operator's rate in the settings nothing is refused.
	r = opened(t, map[string]string{"password": "slow-down", "rate": "4"})
	if outcomes, err = r.Send(t.Context(), "main", 1, batch[:9]); err != nil {
		t.Fatal(err)
	}
	for _, o := range outcomes {
		if o.Accepted == nil {
			t.Errorf("at 4 a second: %v", o.Failure)
		}
	}
}

func TestReceiptsAreKeptForMessagesOfAnEarlierLife(t *testing.T) {
	t.Parallel()
	r := opened(t, nil)
	m := r.message("00301", "Заказ 17 готов, ждём вас у стойки")
	o := r.send(t, m, 5*time.Second)
	if o.Accepted == nil {
		t.Fatal(o.Failure)
	}
	// The gateway asks about ids that this process has never given out.
	receipts, err := r.Lookup(t.Context(), "main", 1, []sdk.Query{
		{OurID: "01KTEARLIER00000000000000A", ProviderID: "99999", To: m.To}, {OurID: "01KTEARLIER00000000000000B", To: m.To},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range receipts {
		if got.Status != sdk.StatusUnknown {
			t.Errorf("got %+v, want UNKNOWN, never ABSENT", got)
		}
	}
}

func TestStatusesAreAskedForWhereThatIsWanted(t *testing.T) {
	t.Parallel()
	for ending, want := range map[string]sdk.Status{"00308": sdk.StatusDelivered, "02005": sdk.StatusUndelivered} {
		r := opened(t, map[string]string{"query_sm": "true", "registered_delivery": "0"})
		m := r.message(ending, "x")
		o := r.send(t, m, 5*time.Second)
		if o.Accepted == nil {
			t.Fatal(o.Failure)
		}
		r.becomes(t, sdk.Query{OurID: m.ID, ProviderID: o.Accepted.ID, To: m.To}, want)
		// A process that has just started knows the SMSC's id only.
		r.becomes(t, sdk.Query{OurID: "01KTEARLIER00000000000000A", ProviderID: o.Accepted.ID, To: m.To}, want)
		r.becomes(t, sdk.Query{OurID: "01KTEARLIER00000000000000A", ProviderID: "424242", To: m.To}, sdk.StatusUnknown)
		// It must be asked from the address that it was sent from.
		m = r.message(ending, "x")
		m.Sender = "Bar"
		if o = r.send(t, m, 5*time.Second); o.Accepted == nil {
			t.Fatal(o.Failure)
		}
		r.becomes(t, sdk.Query{OurID: m.ID, ProviderID: o.Accepted.ID, To: m.To}, want)
	}
}

func TestNothingOfAMessageIsInTheLog(t *testing.T) {
	t.Parallel()
	r := opened(t, nil)
	for _, ending := range []string{"00001", "00310", "00203", "01011"} {
		r.send(t, r.message(ending, "Сверхсекретное блюдо готово"), short)
	}
	if err := r.Close(t.Context(), "main", 1); err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"Сверхсекрет", "+79", "7900", password} {
		if strings.Contains(r.log.String(), never) {
			t.Errorf("%q is in the log:\n%s", never, r.log)
		}
	}
	if !strings.Contains(r.log.String(), "bound to the SMSC") {
		t.Errorf("the log does not tell that the account was bound:\n%s", r.log)
	}
}

func TestClosingUnbinds(t *testing.T) {
	t.Parallel()
	closing := func() (took time.Duration) {
		r := opened(t, nil)
		r.send(t, r.message("00001", "x"), 5*time.Second)
		began := time.Now()
		if err := r.Close(t.Context(), "main", 1); err != nil {
			t.Fatal(err)
		}
		took = time.Since(began)
		for until := time.Now().Add(10 * time.Second); r.smsc.Bound() > 0; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(until) {
				t.Fatal("the connection is still there")
			}
		}
		return took
	}
	// Without the answer it would take half a second each time; once may be the machine's fault.
	took := closing()
	for again := 0; took > 400*time.Millisecond && again < 4; again++ {
		took = closing()
	}
	if took > 400*time.Millisecond {
		t.Errorf("it took %v, want it done with the SMSC's answer", took)
	}
}

func TestAClosedLocalAddressIsNotReached(t *testing.T) {
	t.Parallel()
	smsc, address := served(t)
	c := sdktest.Serve(t, provider(), io.Discard, time.Now)
	sdktest.Open(t, c, "main", reaching(t, address, nil)) // not in egress_allow
	r := &rig{Client: c, smsc: smsc}
	o := r.send(t, r.message("00001", "x"), 3*time.Second)
	if o.Failure == nil || o.Failure.Reason != sdk.Unavailable || !strings.Contains(o.Failure.Detail, "egress_allow") {
		t.Errorf("got %+v, want UNAVAILABLE and the word egress_allow", o.Failure)
	}
	if smsc.Bound() != 0 {
		t.Error("the SMSC was reached")
	}
}

// within is a context with this deadline.
func within(t *testing.T, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	return ctx
}

package host

import (
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/internal/wire"
)

var (
	errTooLarge = fmt.Errorf("the request is over %d bytes", MaxMessage)
	errNoAmount = errors.New("the answer holds no amount")
)

// maxRetryAfter caps what an operator may ask for: "come back in a year" would lose the message.
const maxRetryAfter = 24 * time.Hour

// maxSegments is far above what any operator takes (10 by our own rule).
const maxSegments = 255

func writeMessages(batch []sdk.Message) []*wire.Outgoing {
	out := make([]*wire.Outgoing, len(batch))
	for i, m := range batch {
		out[i] = &wire.Outgoing{
			Id: m.ID, Attempt: count(m.Attempt), To: m.To, Text: m.Text, Sender: m.Sender,
			Channel:  wire.Channel(wire.Number(wire.Channel_value, "CHANNEL", m.Channel)),
			Category: wire.Category(wire.Number(wire.Category_value, "CATEGORY", m.Category)),
			Segments: count(m.Segments), Test: m.Test,
		}
		if !m.NotAfter.IsZero() {
			out[i].NotAfter = timestamppb.New(m.NotAfter)
		}
	}
	return out
}

func count(n int) uint32 { return uint32(max(0, min(n, 1<<31-1))) } //nolint:gosec // bounded

// readOutcomes turns the answer into one outcome for each message, in order. Position and id must
// agree; an answer of another length is broken as a whole, because nobody can say whose is missing.
func readOutcomes(answer []*wire.Outcome, batch []sdk.Message) []sdk.Outcome {
	if len(answer) != len(batch) {
		return allFailed(batch, sdk.Fail(sdk.Internal, "the plugin returned %d outcomes for %d messages", len(answer), len(batch)))
	}
	times := make(map[string]int, len(answer))
	for _, o := range answer {
		times[o.GetId()]++
	}
	outcomes := make([]sdk.Outcome, len(batch))
	for i, m := range batch {
		if times[m.ID] > 1 { // which one is true nobody can say
			outcomes[i] = sdk.Outcome{ID: m.ID, Failure: sdk.Fail(sdk.Internal, "the plugin returned %d outcomes for the message", times[m.ID])}
			continue
		}
		outcomes[i] = readOutcome(answer[i], m.ID)
	}
	return outcomes
}

func readOutcome(o *wire.Outcome, id string) sdk.Outcome {
	if o.GetId() != id {
		return sdk.Outcome{ID: id, Failure: sdk.Fail(sdk.Internal, "the plugin returned the outcome of another message")}
	}
	switch result := o.GetResult().(type) {
	case *wire.Outcome_Accepted:
		accepted, err := readAccepted(result.Accepted)
		if err != nil {
			return sdk.Outcome{ID: id, Failure: sdk.Fail(sdk.Internal, "the plugin says accepted, but %v", err)}
		}
		return sdk.Outcome{ID: id, Accepted: accepted}
	case *wire.Outcome_Failure:
		return sdk.Outcome{ID: id, Failure: readFailure(result.Failure)}
	}
	return sdk.Outcome{ID: id, Failure: sdk.Fail(sdk.Internal, "the plugin returned an outcome that has not exactly one result")}
}

func readAccepted(a *wire.Accepted) (*sdk.Accepted, error) {
	if err := checkID(a.GetProviderId()); err != nil {
		return nil, err
	}
	if a.GetSegments() > maxSegments {
		return nil, fmt.Errorf("with %d segments", a.GetSegments())
	}
	cost, err := readCost(a.GetCost())
	if err != nil {
		return nil, err
	}
	return &sdk.Accepted{
		ID: a.GetProviderId(), Segments: int(a.GetSegments()), Cost: cost, Raw: wire.Cut(a.GetRaw(), wire.MaxRaw),
	}, nil
}

// checkID holds an operator's id to 1 … 64 bytes of printable text: it goes into lists and logs.
func checkID(id string) error {
	switch {
	case id == "":
		return errors.New("without the operator's id")
	case len(id) > wire.MaxProviderID:
		return fmt.Errorf("with an id of %d bytes (at most %d)", len(id), wire.MaxProviderID)
	case !wire.Printable(id):
		return errors.New("with an id that holds control characters")
	}
	return nil
}

// readFailure never returns nil. A reason out of range is Internal; one not given is UnknownOutcome.
func readFailure(f *wire.Failure) *sdk.Failure {
	failure := &sdk.Failure{
		Detail: wire.Cut(f.GetDetail(), wire.MaxDetail),
		Code:   wire.Cut(f.GetProviderCode(), wire.MaxCode),
		Raw:    wire.Cut(f.GetRaw(), wire.MaxRaw),
	}
	if f.GetRetryAfter().IsValid() {
		failure.RetryAfter = min(max(f.GetRetryAfter().AsDuration(), 0), maxRetryAfter)
	}
	failure.Reason = readReason(f.GetReason())
	if failure.Reason == "" {
		failure.Reason = sdk.UnknownOutcome
	}
	return failure
}

// readReason returns "" for a reason that was not given and Internal for one that we do not know.
func readReason(r wire.Reason) sdk.Reason {
	name, known := wire.Name(wire.Reason_name, "REASON", r)
	if !known {
		return sdk.Internal
	}
	return sdk.Reason(name)
}

// failed returns the failure as an error, nil for none.
func failed(f *wire.Failure) error {
	if f == nil {
		return nil
	}
	return readFailure(f)
}

// failureOf says what a call that failed in the process means for the messages in it.
func failureOf(err error) *sdk.Failure {
	switch {
	case errors.Is(err, ErrNotSent), errors.Is(err, ErrNotOpen):
		return sdk.Fail(sdk.Unavailable, "%v", err)
	case errors.Is(err, ErrLost):
		return sdk.Fail(sdk.UnknownOutcome, "%v", err)
	default:
		return sdk.Fail(sdk.Internal, "%v", err)
	}
}

func notTried() *sdk.Failure {
	return sdk.Fail(sdk.Unavailable, "not tried: an earlier part of the batch failed")
}

func allFailed(batch []sdk.Message, f *sdk.Failure) []sdk.Outcome {
	outcomes := make([]sdk.Outcome, len(batch))
	for i, m := range batch {
		outcomes[i] = sdk.Outcome{ID: m.ID, Failure: f}
	}
	return outcomes
}

func readPrices(answer []*wire.Price, batch []sdk.Message) ([]sdk.Price, error) {
	if len(answer) != len(batch) {
		return nil, fmt.Errorf("the plugin returned %d prices for %d messages", len(answer), len(batch))
	}
	prices := make([]sdk.Price, len(batch))
	for i, p := range answer {
		if p.GetId() != batch[i].ID {
			return nil, errors.New("the plugin returned the price of another message")
		}
		prices[i] = sdk.Price{ID: p.GetId(), Segments: int(min(p.GetSegments(), maxSegments))}
		if p.GetFailure() != nil {
			prices[i].Failure = readFailure(p.GetFailure())
			continue
		}
		cost, err := readCost(p.GetCost())
		if err != nil {
			return nil, fmt.Errorf("the plugin returned a price %w", err)
		}
		prices[i].Cost = cost
	}
	return prices, nil
}

// readCost reads an amount that must not be negative; nil for none.
func readCost(m *wire.Money) (*sdk.Money, error) {
	money, err := readMoney(m)
	if err == nil && money != nil && money.Negative() {
		err = errors.New("with a negative cost")
	}
	return money, err
}

func readMoney(m *wire.Money) (*sdk.Money, error) {
	if m == nil {
		return nil, nil //nolint:nilnil // no amount is a legal answer
	}
	money := sdk.Money{Units: m.GetUnits(), Nanos: m.GetNanos(), Currency: m.GetCurrency()}
	mixed := money.Units > 0 && money.Nanos < 0 || money.Units < 0 && money.Nanos > 0
	if mixed || money.Nanos <= -1e9 || money.Nanos >= 1e9 {
		return nil, errors.New("with an amount whose parts do not fit")
	}
	if len(money.Currency) != 3 || !wire.Printable(money.Currency) {
		return nil, errors.New("with an amount without a currency of three letters")
	}
	return &money, nil
}

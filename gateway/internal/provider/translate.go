package provider

import (
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/sdk"
)

// The gateway's words and the SDK's are kept apart on purpose, so that neither side's model bends to
// the other's; this file is the only place where they meet.

func toPlugin(m message.Outgoing) sdk.Message {
	return sdk.Message{
		ID: m.ID, Attempt: m.Attempt, To: m.To.Reveal(), Text: m.Text, Channel: sdk.SMS,
		Category: sdk.Category(strings.ToUpper(string(m.Category))), NotAfter: m.NotAfter,
		Segments: m.Segments, Test: m.Test,
	}
}

// fromPlugin translates what became of the message. The SDK masks phones in what a provider says; that a
// plugin was built with it is not taken for granted.
func fromPlugin(o sdk.Outcome, m message.Outgoing) message.Outcome {
	got := message.Outcome{ID: o.ID}
	if o.Failure != nil {
		f := fromFailure(o.Failure)
		f.Detail, f.Raw = m.To.Hide(f.Detail), m.To.Hide(f.Raw)
		got.Failure = &f
		return got
	}
	got.Accepted = &message.Acceptance{
		ProviderID: o.Accepted.ID, Segments: o.Accepted.Segments, Cost: fromMoney(o.Accepted.Cost), Raw: m.To.Hide(o.Accepted.Raw),
	}
	return got
}

func fromFailure(f *sdk.Failure) message.Failure {
	return message.Failure{Reason: message.Reason(f.Reason), Detail: f.Detail, ProviderCode: f.Code, RetryAfter: f.RetryAfter, Raw: f.Raw}
}

func fromMoney(m *sdk.Money) *message.Money {
	if m == nil {
		return nil
	}
	return &message.Money{Units: m.Units, Nanos: m.Nanos, Currency: m.Currency}
}

func fromReceipts(all []sdk.Receipt) []message.Receipt {
	receipts := make([]message.Receipt, len(all))
	for i, r := range all {
		receipts[i] = message.Receipt{
			MessageID: r.OurID, ProviderID: r.ProviderID, Status: fromStatus(r.Status), Reason: message.Reason(r.Reason),
			At: r.At, Cost: fromMoney(r.Cost), Code: r.Code,
		}
	}
	return receipts
}

func fromStatus(s sdk.Status) message.Status {
	switch s {
	case sdk.StatusAbsent:
		return message.Absent
	case sdk.StatusAccepted:
		return message.Accepted
	case sdk.StatusDelivered:
		return message.Delivered
	case sdk.StatusUndelivered:
		return message.Undelivered
	case sdk.StatusRejected:
		return message.Rejected
	case sdk.StatusExpired:
		return message.Expired
	case sdk.StatusUnknown:
	}
	return message.Unknown
}

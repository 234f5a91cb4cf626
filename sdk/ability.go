package sdk

import "context"

// Sender is what every account must be able to do. Send hands one message to the operator and
// returns when the operator has answered. Return a Failure (see Fail) to say why it did not work;
// any other error counts as UnknownOutcome. Send is called from several goroutines at once, at most
// Plugin.MaxInFlight. An Accepted.ID beside an error is a contradiction, which counts as Internal.
type Sender interface {
	Send(ctx context.Context, m Message) (Accepted, error)
}

// BatchSender sends several messages in one call of the operator. It must return one outcome for
// each message; the SDK puts them in order by ID and treats what is missing, there twice or contradicts
// itself as Internal. The error is for a call that failed as a whole: it then holds for every message
// without an outcome. Batches have at most Plugin.MaxBatch messages.
type BatchSender interface {
	SendBatch(ctx context.Context, batch []Message) ([]Outcome, error)
}

// Lookuper asks the operator what became of messages. It returns one receipt for each query, in
// order; StatusAbsent means that the operator has never seen the message.
type Lookuper interface {
	Lookup(ctx context.Context, queries []Query) ([]Receipt, error)
}

// CallbackParser verifies and reads what was posted to the callback address. A forged call is
// refused with Fail(Unauthorized, …). It must not call the operator.
type CallbackParser interface {
	ParseCallback(ctx context.Context, c Callback) ([]Receipt, Reply, error)
}

// Balancer tells what the account holds.
type Balancer interface {
	Balance(ctx context.Context) (Balance, error)
}

// Estimator prices messages without sending them: one price for each, in order.
type Estimator interface {
	Estimate(ctx context.Context, batch []Message) ([]Price, error)
}

// Checker logs in without sending. Diagnostics carry findings that do not stop the account from
// working ("2 of 10 free messages used"); an error means that it would not work.
type Checker interface {
	Check(ctx context.Context) ([]Diagnostic, error)
}

// Closer is told when the account is no longer used and its last call has returned.
type Closer interface {
	Close() error
}

// SendOne sends one message through SendBatch: the Send of a provider that has only a batch call.
func SendOne(ctx context.Context, m Message, batch BatchSender) (Accepted, error) {
	answer, err := batch.SendBatch(ctx, []Message{m})
	o := arrange([]Message{m}, answer, err)[0]
	if o.Failure != nil {
		return Accepted{}, o.Failure
	}
	return *o.Accepted, nil
}

package sdk

// wrongAnswer is how the author's code broke the rule that each message has exactly one outcome, and each
// outcome exactly one result. What became of the message cannot be told from such an answer, so it counts
// as Internal: nobody sends the text a second time because of it.
type wrongAnswer struct{ text string }

// Error says what the author did.
func (w *wrongAnswer) Error() string { return w.text }

func wrong(text string) *Failure { return Fail(Internal, "%v", &wrongAnswer{text}) }

// single is the outcome of one message from what Send returned.
func single(id string, accepted Accepted, err error) Outcome {
	o := Outcome{ID: id, Failure: AsFailure(err, UnknownOutcome)}
	// An id of the operator beside an error is an acceptance. An empty one is what Go returns beside an error;
	// a nil *Failure that came as an error says nothing at all.
	if accepted.ID != "" || err == nil {
		o.Accepted = &accepted
	}
	if err != nil && o.Failure == nil {
		o.Failure = wrong("the provider's code returned an error that is a nil *Failure")
	}
	return settle(o)
}

// arrange puts a batch's outcomes in the order of its messages. Of two outcomes for one message none is
// believed: the acceptance may be true whichever comes last.
func arrange(part []Message, answer []Outcome, err error) []Outcome {
	byID := make(map[string]Outcome, len(answer))
	for _, o := range answer {
		if _, twice := byID[o.ID]; twice {
			o = Outcome{ID: o.ID, Failure: wrong("the provider's code returned more than one outcome for the message")}
		}
		byID[o.ID] = o
	}
	missing := AsFailure(err, UnknownOutcome)
	if missing == nil {
		missing = wrong("the batch call returned no outcome for the message")
	}
	outcomes := make([]Outcome, len(part))
	for i, m := range part {
		o, known := byID[m.ID]
		if !known {
			o = Outcome{ID: m.ID, Failure: missing}
		}
		outcomes[i] = settle(o)
	}
	return outcomes
}

// settle makes an outcome well-formed: it has one result, and an acceptance has an id.
func settle(o Outcome) Outcome {
	switch {
	case o.Failure != nil && o.Accepted != nil:
		o.Failure = wrong("the provider's code returned an acceptance and a failure for one message: " + o.Failure.Error()).
			WithCode(o.Failure.Code).WithRaw(o.Accepted.Raw)
	case o.Failure == nil && o.Accepted == nil:
		o.Failure = wrong("the provider's code returned an outcome without a result")
	case o.Failure == nil && o.Accepted.ID == "":
		o.Failure = Fail(Internal, "the operator accepted without an id").WithRaw(o.Accepted.Raw)
	}
	if o.Failure != nil {
		o.Accepted = nil
	}
	return o
}

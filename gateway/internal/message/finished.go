package message

// Finished is one ended attempt with where its message goes.
type Finished struct {
	Attempt Attempt // EndedAt and Outcome set
	Next    Move    // from Next
}

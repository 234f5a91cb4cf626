package message

// Statuses lists every status, in the order of a message's life.
func Statuses() []Status {
	return []Status{Queued, Sending, Unknown, Accepted, Delivered, Undelivered, Rejected, Expired, Cancelled}
}

// Final tells whether a message in s never moves again by itself. (A person who presses "send
// again" makes a new generation of the message.)
func Final(s Status) bool {
	switch s {
	case Delivered, Undelivered, Rejected, Expired, Cancelled:
		return true
	case Queued, Sending, Unknown, Accepted, Absent:
	}
	return false
}

// Advance says where a receipt moves a message, and whether it moves at all. It is one table: what
// is not in it does not happen, so late and repeated receipts never move a message backwards.
//
//   - A final status stays: the first end counts, a later one contradicts it and is only recorded.
//   - Unknown is settled by any word that says what became of it.
//   - Sending takes every word too: a receipt may overtake the answer to the call that caused it.
//     Whoever records that answer afterwards must move the message only if it is still sending.
//   - Queued means that an attempt failed or was doubtful and another is due. Word that the text went
//     out after all stops the next attempt; a bad end of the earlier one is no reason to give up.
//   - Receipts that say queued, sending, unknown or cancelled tell nothing new.
func Advance(from Status, r Receipt) (Status, bool) {
	switch r.Status {
	case Accepted:
		if from == Queued || from == Sending || from == Unknown {
			return Accepted, true
		}
	case Delivered:
		if !Final(from) {
			return Delivered, true
		}
	case Undelivered, Rejected, Expired:
		if from == Sending || from == Unknown || from == Accepted {
			return r.Status, true
		}
	case Queued, Sending, Unknown, Cancelled, Absent:
	}
	return from, false
}

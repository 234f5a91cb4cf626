package message

import "time"

// Sent is one attempt that reached a provider, as daily limits count it.
type Sent struct {
	ContactID string
	At        time.Time
}

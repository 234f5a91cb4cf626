package rule

import "time"

// Saved is a rule file as it once stood on disk.
type Saved struct {
	File
	Cases string    // NAME.cases.json; empty: none
	At    time.Time // when it was saved or first seen
	By    string    // who saved it; empty: it was changed on disk
}

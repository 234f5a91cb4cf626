package storetest

import (
	"fmt"
	"sync/atomic"

	"github.com/oklog/ulid/v2"
)

// names numbers whatever a case needs a fresh name for; cases do not depend on the numbers.
var names atomic.Int64

func nextName() string { return fmt.Sprintf("#%d", names.Add(1)) }

// nextID is a ULID, as callers of the store make them; increasing.
func nextID() string {
	var id ulid.ULID
	_ = id.SetTime(uint64(1779278400000 + names.Add(1))) //nolint:gosec // positive
	return id.String()
}

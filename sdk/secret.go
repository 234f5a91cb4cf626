package sdk

import (
	"fmt"
	"log/slog"

	"github.com/orderbell/orderbell/sdk/internal/mask"
)

// masked stands for a secret wherever one would be printed.
const masked = mask.Sign

// Secret is a string that does not print: every format verb, JSON and log shows •••. The value is
// had by string(s), which is easy to find in review. In a configuration struct the type makes the
// setting write-only in the admin's form.
type Secret string

// Format writes the mask for every verb.
func (Secret) Format(s fmt.State, _ rune) { _, _ = fmt.Fprint(s, masked) }

// String returns the mask.
func (Secret) String() string { return masked }

// GoString returns the mask.
func (Secret) GoString() string { return masked }

// MarshalText returns the mask.
func (Secret) MarshalText() ([]byte, error) { return []byte(masked), nil }

// MarshalJSON returns the mask.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + masked + `"`), nil }

// LogValue returns the mask.
func (Secret) LogValue() slog.Value { return slog.StringValue(masked) }

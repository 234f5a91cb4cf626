package host

import "github.com/orderbell/orderbell/sdk/internal/mask"

// Hide takes secrets, in every spelling in which they are likely to turn up, and phone numbers out of a text
// that a plugin wrote past the SDK: what the runtime prints of a crash, or the author straight to stderr.
// Secrets of less than 4 bytes are left, for they would mask half of each line.
func Hide(text string, secrets []string) string {
	return mask.Phones(mask.Secrets(mask.Spellings(secrets)).Replace(text))
}

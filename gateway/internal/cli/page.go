package cli

import (
	"errors"
	"io"
)

// pageFlags are those of every list that may be long.
type pageFlags struct {
	Limit int `default:"50" help:"${limit}"`
}

// longestPage is what the store gives at once, as the HTTP interface says.
const longestPage = 500

// allowed refuses a length that the store would quietly make another one: a list that is shorter than
// what was asked for is taken for the whole.
func (f pageFlags) allowed(s *session) error {
	if f.Limit < 1 || f.Limit > longestPage {
		return usageError{errors.New(word{"--limit: от 1 до 500", "--limit: 1 to 500"}.pick(s.lang))}
	}
	return nil
}

// listedPage is a list for scripts, in the shape of the HTTP interface (contract, section 5).
type listedPage[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"` // there is more, after this one
}

func printPage[T any](w io.Writer, items []T, next string) error {
	return printJSON(w, listedPage[T]{Items: append([]T{}, items...), Next: next})
}

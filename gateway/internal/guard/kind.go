package guard

import "errors"

// asKind gives the word for what the store found; false when the store did not get so far.
func asKind(err error) (string, bool) {
	coded, ok := errors.AsType[interface {
		error
		Code() string
	}](err)
	if !ok {
		return "", false
	}
	return coded.Code(), true
}

// isKind tells whether the store found just that.
func isKind(err error, kind string) bool {
	got, ok := asKind(err)
	return ok && got == kind
}

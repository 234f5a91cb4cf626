package host

import (
	"errors"
	"fmt"
)

// What a failed call means for what was asked. Test with errors.Is.
var (
	// ErrNotSent: the call certainly did not reach the plugin: the process is gone, the call was too
	// large, or its context had ended. Nothing was sent.
	ErrNotSent = errors.New("the plugin was not reached")
	// ErrLost: the call was on its way when the plugin died, hung or ran out of time. What it was
	// asked to do may have happened.
	ErrLost = errors.New("the plugin was lost during the call")
	// ErrNotOpen: the plugin knows no such account and revision: it was restarted, or Open was not
	// called. Nothing was sent.
	ErrNotOpen = errors.New("the account is not open in the plugin")
	// ErrNoAbility: the provider cannot do this (see Manifest.Capabilities).
	ErrNoAbility = errors.New("the provider has no such ability")
	// ErrCrashed: the provider's code panicked in the call, or the plugin broke the protocol. What it
	// was asked to do may have happened.
	ErrCrashed = errors.New("the plugin failed in the call")
)

// Error is a call that failed in the plugin process, not at the operator (that is an *sdk.Failure).
type Error struct {
	Call string // "Send"
	Kind error  // one of the errors above
	Err  error  // what gRPC said; nil when the host refused
}

// Error says which call failed, how and why.
func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("provider call %s: %v", e.Call, e.Kind)
	}
	return fmt.Sprintf("provider call %s: %v: %v", e.Call, e.Kind, e.Err)
}

// Unwrap returns the kind and the error beneath.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

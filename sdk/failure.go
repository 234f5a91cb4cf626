package sdk

import (
	"errors"
	"fmt"
	"time"
)

// Failure is why a message, or a call, failed. It is an error; Fail makes one.
type Failure struct {
	Reason     Reason
	Detail     string        // for people; never put a secret or a phone number here. At most 1 KiB is kept
	Code       string        // the operator's own code, "201"
	RetryAfter time.Duration // for RateLimited and Unavailable; 0: not said
	Raw        string        // the operator's answer, if that helps; scrubbed, at most 2 KiB is kept
	Cause      error         // what lies beneath; stays inside the plugin
}

// Fail makes a failure. The format is for people: "acme code %d".
func Fail(reason Reason, format string, args ...any) *Failure {
	f := &Failure{Reason: reason, Detail: fmt.Sprintf(format, args...)}
	for _, arg := range args {
		if err, ok := arg.(error); ok {
			f.Cause = err
		}
	}
	return f
}

// WithCode returns a copy that carries the operator's code.
func (f *Failure) WithCode(code string) *Failure {
	g := *f
	g.Code = code
	return &g
}

// WithRaw returns a copy that carries the operator's answer.
func (f *Failure) WithRaw(raw string) *Failure {
	g := *f
	g.Raw = raw
	return &g
}

// WithRetryAfter returns a copy that says when to come back.
func (f *Failure) WithRetryAfter(d time.Duration) *Failure {
	g := *f
	g.RetryAfter = d
	return &g
}

// Error says the reason, the operator's code and the detail.
func (f *Failure) Error() string {
	text := string(f.Reason)
	if f.Code != "" {
		text += " (" + f.Code + ")"
	}
	if f.Detail != "" {
		text += ": " + f.Detail
	}
	return text
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Cause }

// AsFailure returns the failure inside err, or one with the fallback reason around it; nil for nil.
func AsFailure(err error, fallback Reason) *Failure {
	if err == nil {
		return nil
	}
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	return &Failure{Reason: fallback, Detail: err.Error(), Cause: err}
}

// SettingError is how Open refuses a setting that only a deeper look finds wrong.
type SettingError struct {
	Field string // the settings key; empty: the account as a whole
	Text  Text
}

// Error is the English text with the field's name.
func (e *SettingError) Error() string {
	if e.Field == "" {
		return e.Text.In("en")
	}
	return e.Field + ": " + e.Text.In("en")
}

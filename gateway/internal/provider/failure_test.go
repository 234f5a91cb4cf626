package provider

import (
	"errors"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

func TestAFailedCallIsDoubtfulUnlessItCertainlySentNothing(t *testing.T) {
	t.Parallel()
	refusal := &SettingsError{Account: "main", Diagnostics: []sdk.Diagnostic{{Severity: sdk.SeverityError, Field: "key"}}}
	tests := []struct {
		name string
		err  error
		want message.Reason
	}{
		{"no error and no outcomes", nil, message.Internal},
		{"something nobody knows", errors.New("what?"), message.UnknownOutcome},
		{"the plugin was lost", &host.Error{Call: "Send", Kind: host.ErrLost}, message.UnknownOutcome},
		{"the plugin crashed", &host.Error{Call: "Send", Kind: host.ErrCrashed}, message.UnknownOutcome},
		{"the plugin was not reached", &host.Error{Call: "Send", Kind: host.ErrNotSent}, message.Unavailable},
		{"the account is not open", &host.Error{Call: "Send", Kind: host.ErrNotOpen}, message.Unavailable},
		{"the settings are refused", refusal, message.Unauthorized},
		{"the operator says why", sdk.Fail(sdk.NoMoney, "0.00"), message.NoMoney},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := whatFailed(tt.err); got.Reason != tt.want {
				t.Errorf("%v: got %s, want %s", tt.err, got.Reason, tt.want)
			}
		})
	}
}

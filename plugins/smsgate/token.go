package main

import (
	"context"
	"net/http"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// Life of a token: a day is asked for, and it is not used in its last minute.
const (
	tokenLife  = 24 * time.Hour
	tokenGrace = time.Minute
)

// tokens keeps the account's token between calls. It is safe for use by several goroutines; whoever
// holds the turn may look at the rest.
type tokens struct {
	turn    chan struct{} // a mutex that can be waited for with a context
	current sdk.Secret
	expires time.Time
}

func newTokens() *tokens { return &tokens{turn: make(chan struct{}, 1)} }

// token returns the one at hand, unless that is the stale one, or logs in for a new one (documentation,
// Authentication).
func (a *account) token(ctx context.Context, stale sdk.Secret) (sdk.Secret, error) {
	select {
	case a.tokens.turn <- struct{}{}:
	case <-ctx.Done():
		return "", sdk.Fail(sdk.Unavailable, "no time was left to log in")
	}
	defer func() { <-a.tokens.turn }()
	if a.tokens.current != stale && a.Now().Before(a.tokens.expires.Add(-tokenGrace)) {
		return a.tokens.current, nil
	}
	wish := struct {
		TTL    int64    `json:"ttl"` // seconds
		Scopes []string `json:"scopes"`
	}{int64(tokenLife / time.Second), a.scopes()}
	var given struct {
		Token   loose `json:"access_token"`
		Expires loose `json:"expires_at"`
	}
	err := sdk.PostJSON(ctx, a.HTTP, a.BaseURL+"/auth/token", wish, &given, sdk.BasicAuth(a.Username, a.Password))
	if err != nil {
		return "", loginFailure(err)
	}
	expires, err := time.Parse(time.RFC3339, string(given.Expires))
	if err != nil || given.Token == "" {
		return "", sdk.Fail(sdk.Unavailable, "the answer to the log-in holds no token")
	}
	a.tokens.current, a.tokens.expires = sdk.Secret(given.Token), expires
	return a.tokens.current, nil
}

// scopes are the least that the account's calls need.
func (a *account) scopes() []string {
	scopes := []string{"messages:send", "messages:read", "devices:list"}
	if a.WebhookURL != "" {
		scopes = append(scopes, "webhooks:list", "webhooks:write")
	}
	return scopes
}

// loginFailure says why there is no token. Whatever it was, no message has gone: an outcome that is
// unknown, or an answer that is not understood, is the log-in's alone.
func loginFailure(err error) error {
	f := *sdk.AsFailure(explain(err), sdk.Unavailable)
	switch {
	case statusOf(err) == http.StatusNotFound:
		f.Reason, f.Detail = sdk.Unauthorized, "this server knows no JWT; set auth to basic"
	case f.Reason == sdk.UnknownOutcome, f.Reason == sdk.Internal:
		f.Reason, f.Detail = sdk.Unavailable, "log-in: "+f.Detail
	}
	f.Raw = "" // it may hold the token
	return &f
}

package main

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/orderbell/orderbell/sdk"
)

type account struct {
	config
	sdk.Env
	send    call
	balance call // without a host: the operator has no such call
	login   call // likewise
	judge   judge
	token   tokenStore
}

// Send makes the described call.
func (a *account) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	v := a.forMessage(m, a.Now())
	if m.Sender != "" && !a.send.uses("sender") {
		return sdk.Accepted{}, sdk.Fail(sdk.Unsupported, "the description of the call has no {sender}, so a message cannot bring its own name")
	}
	for _, h := range a.send.headers {
		if h.value.uses("sender") && !headerSafe(v["sender"]) {
			return sdk.Accepted{}, sdk.Fail(sdk.BadSender, "a header cannot carry this sender name")
		}
	}
	got, failure := a.ask(ctx, &a.send, v)
	if failure != nil && got.status == 0 {
		return sdk.Accepted{}, a.hide(failure)
	}
	accepted, refusal := a.judge.of(m, got, failure)
	if refusal != nil {
		return sdk.Accepted{}, a.hide(refusal)
	}
	return accepted, nil
}

// uses says whether a placeholder occurs anywhere in the call.
func (c *call) uses(name string) bool {
	for _, h := range c.headers {
		if h.value.uses(name) {
			return true
		}
	}
	return c.path.uses(name) || c.query.uses(name) || c.body != nil && c.body.uses(name)
}

// ask makes a call, with a token if one is needed. A 401 says that nothing was done, so the call is
// made once more with a new token.
func (a *account) ask(ctx context.Context, c *call, v values) (answer, *sdk.Failure) {
	if a.login.host == "" || !c.uses("token") {
		return c.do(ctx, a.HTTP, v)
	}
	token, failure := a.token.get(ctx, a, "")
	if failure != nil {
		return answer{}, failure
	}
	v["token"] = token
	got, failure := c.do(ctx, a.HTTP, v)
	if got.status != http.StatusUnauthorized {
		return got, failure
	}
	renewed, refused := a.token.get(ctx, a, token)
	if refused != nil {
		return answer{}, refused
	}
	v["token"] = renewed
	return c.do(ctx, a.HTTP, v)
}

// Balance makes the described call.
func (a *account) Balance(ctx context.Context) (sdk.Balance, error) {
	if a.balance.host == "" {
		return sdk.Balance{}, sdk.Fail(sdk.Unsupported, "no address of the balance is set")
	}
	got, failure := a.ask(ctx, &a.balance, a.credentials())
	if failure != nil && got.status == 0 {
		return sdk.Balance{}, a.hide(failure)
	}
	if refusal := a.judge.refusal(got); refusal != nil {
		return sdk.Balance{}, a.hide(refusal)
	}
	if failure != nil {
		return sdk.Balance{}, a.hide(failure)
	}
	written, found := a.judge.balance.find(got)
	amount, err := sdk.ParseMoney(decimal(written), a.Currency)
	if !found || err != nil {
		return sdk.Balance{}, a.hide(sdk.Fail(sdk.Internal, "the answer holds no amount where the settings say").WithRaw(string(got.body)))
	}
	return sdk.Balance{Amount: amount}, nil
}

// Check does as much as can be done without sending: it fetches a token and asks for the balance.
func (a *account) Check(ctx context.Context) ([]sdk.Diagnostic, error) {
	var found []sdk.Diagnostic
	if a.send.exposes() || a.balance.host != "" && a.balance.exposes() {
		found = append(found, sdk.Diagnostic{Severity: sdk.SeverityWarning, Field: "data_in_url",
			Summary: sdk.Text{EN: "Keys or phone numbers stand in addresses, which servers on the way write to their logs.", RU: "Ключи или телефоны стоят в адресах, а адреса попадают в журналы серверов по пути."},
			Cure:    sdk.Text{EN: "Use POST with a body if the operator allows it.", RU: "Перейдите на POST с телом, если оператор это допускает."}})
	}
	switch {
	case a.balance.host != "":
		_, err := a.Balance(ctx)
		return found, err
	case a.login.host != "":
		if _, failure := a.token.get(ctx, a, ""); failure != nil {
			return found, a.hide(failure)
		}
		return found, nil
	}
	return append(found, sdk.Diagnostic{Severity: sdk.SeverityInfo,
		Summary: sdk.Text{EN: "Nothing was asked of the operator: no balance call is described.", RU: "У оператора ничего не спрошено: запрос баланса не описан."},
		Cure:    sdk.Text{EN: "Send a test message.", RU: "Отправьте пробное сообщение."}}), nil
}

// hide masks what the SDK does not know to be secret: the token, and login and password in one.
func (a *account) hide(f *sdk.Failure) *sdk.Failure {
	g := *f
	secrets := []string{a.credentials()["basic"]}
	secrets = append(secrets, a.token.all()...)
	for _, secret := range secrets {
		if len(secret) >= 4 {
			g.Raw = strings.ReplaceAll(g.Raw, secret, "•••")
			g.Detail = strings.ReplaceAll(g.Detail, secret, "•••")
			g.Code = strings.ReplaceAll(g.Code, secret, "•••")
		}
	}
	return &g
}

// tokenStore keeps the token of the log-in. Its zero value is ready for use.
type tokenStore struct {
	mu      sync.Mutex
	current string
	before  string        // may still turn up in an answer
	busy    chan struct{} // closed when the running log-in has ended; nil: none runs
}

// get returns a token other than the stale one. Of several goroutines only one logs in.
func (s *tokenStore) get(ctx context.Context, a *account, stale string) (string, *sdk.Failure) {
	for {
		s.mu.Lock()
		if s.current != "" && s.current != stale {
			defer s.mu.Unlock()
			return s.current, nil
		}
		if s.busy == nil {
			s.busy = make(chan struct{})
			s.mu.Unlock()
			token, failure := a.logIn(ctx)
			s.mu.Lock()
			defer s.mu.Unlock()
			close(s.busy)
			s.busy = nil
			if failure == nil {
				s.before, s.current = s.current, token
			}
			return token, failure
		}
		wait := s.busy
		s.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			return "", sdk.Fail(sdk.Unavailable, "the log-in did not end in time")
		}
	}
}

// all returns the tokens that must not be shown.
func (s *tokenStore) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []string{s.current, s.before}
}

// logIn fetches a token. Whatever goes wrong, the message itself has not been sent: a failure is never
// an unknown outcome.
func (a *account) logIn(ctx context.Context) (string, *sdk.Failure) {
	got, failure := a.login.do(ctx, a.HTTP, a.credentials())
	if token, found := a.judge.token.find(got); failure == nil && found && token != "" && headerSafe(token) {
		return token, nil
	}
	switch {
	case failure == nil:
		failure = sdk.Fail(sdk.Unauthorized, "the answer to the log-in holds no token where the settings say").WithRaw(string(got.body))
	case got.status >= 400 && got.status < 500 && failure.Reason == sdk.Internal:
		failure = sdk.Fail(sdk.Unauthorized, "log-in: %s", failure.Detail).WithCode(failure.Code).WithRaw(failure.Raw)
	case failure.Reason == sdk.UnknownOutcome, failure.Reason == sdk.Internal:
		failure = sdk.Fail(sdk.Unavailable, "log-in: %s", failure.Detail).WithCode(failure.Code).WithRaw(failure.Raw)
	}
	return "", failure
}

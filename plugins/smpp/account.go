package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"github.com/orderbell/orderbell/sdk"
)

// account is one login at one SMSC. Its connection begins with its first use.
type account struct {
	config
	sdk.Env
	secured  *tls.Config // nil: plain
	table    table
	throttle *throttle
	ledger   *ledger
	keeper   *keeper
}

func newAccount(c config, env sdk.Env, secured *tls.Config, codes map[status]sdk.Reason) *account {
	a := &account{
		config: c, Env: env, secured: secured, table: table{own: codes},
		throttle: newThrottle(c.Rate, env.Now), ledger: newLedger(),
	}
	a.keeper = newKeeper(env, c.EnquireLink, a.connect)
	return a
}

// Send submits one text, its parts one after the other: what comes after a refused part is not sent.
// Once a part was taken, nothing less than the whole text is a success, and nothing is repeated.
func (a *account) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	if m.Test {
		return sdk.Accepted{}, sdk.Fail(sdk.Unsupported, "SMPP has no trial sending")
	}
	s, err := a.compose(m)
	if err != nil {
		return sdk.Accepted{}, err
	}
	a.ledger.begin(m, s.texts)
	var ids []string
	for part, unit := range s.units {
		id, err := a.submit(ctx, unit, unitKey{m.ID, part})
		if err != nil {
			return sdk.Accepted{}, incomplete(err, part, len(s.units))
		}
		ids = append(ids, id)
	}
	a.throttle.taken()
	return sdk.Accepted{ID: joinIDs(ids), Segments: s.segments}, nil
}

// incomplete is the failure of a part after others were taken: the guest may get a piece of the text,
// so that nothing may be sent again without looking.
func incomplete(err error, part, parts int) error {
	if part == 0 {
		return err
	}
	f := *sdk.AsFailure(err, sdk.UnknownOutcome)
	f.Detail = fmt.Sprintf("part %d of %d did not go out, the ones before did: %s", part+1, parts, f.Detail)
	f.Reason, f.RetryAfter = sdk.UnknownOutcome, 0
	return &f
}

// submit sends one unit and returns the SMSC's id. A part behind the first waits out the SMSC's
// complaints as long as ctx allows, because its message is begun.
func (a *account) submit(ctx context.Context, unit *pdu.SubmitSM, key unitKey) (string, error) {
	for {
		id, err := a.submitOnce(ctx, unit, key)
		f := sdk.AsFailure(err, sdk.UnknownOutcome)
		if f == nil || key.part == 0 || f.Reason != sdk.RateLimited || !a.throttle.rest(ctx) {
			return id, err
		}
	}
}

func (a *account) submitOnce(ctx context.Context, unit *pdu.SubmitSM, key unitKey) (string, error) {
	if err := a.throttle.turn(ctx); err != nil {
		return "", err
	}
	a.ledger.wrote(key)
	f, err := a.ask(ctx, unit, func(late frame) { _, _ = a.settle(late, key) })
	if err != nil {
		if failure := sdk.AsFailure(err, sdk.UnknownOutcome); failure.Reason != sdk.UnknownOutcome && failure.Reason != sdk.Internal {
			a.ledger.recalled(key)
		}
		return "", err
	}
	return a.settle(f, key)
}

// ask asks over the bound connection. One that ended before anything was written is replaced, once.
func (a *account) ask(ctx context.Context, unit pdu.PDU, late func(frame)) (frame, error) {
	for again := false; ; again = true {
		l, err := a.keeper.get(ctx, false)
		if err != nil {
			return frame{}, sdk.AsFailure(err, sdk.Unavailable)
		}
		f, err := l.ask(ctx, unit, late)
		if err == nil || again || !errors.Is(err, errUnsent) {
			return f, err
		}
	}
}

// settle reads the answer to a submit_sm, and keeps what it says.
func (a *account) settle(f frame, key unitKey) (string, error) {
	if s := f.status(); s != 0 {
		failure := a.table.refusal(s)
		if failure.Reason == sdk.RateLimited {
			failure = failure.WithRetryAfter(a.throttle.complained())
		}
		if failure.Reason != sdk.UnknownOutcome && failure.Reason != sdk.Internal {
			a.ledger.refusedBy(key, failure)
		}
		return "", failure
	}
	answer, ok := f.unit.(*pdu.SubmitSMResp)
	if !ok || f.head.CommandID != data.SUBMIT_SM_RESP {
		return "", sdk.Fail(sdk.Internal, "the answer to submit_sm cannot be read").WithRaw(shown(f.raw))
	}
	if !usable(answer.MessageID) {
		return "", sdk.Fail(sdk.Internal, "the SMSC took the message without a usable id").WithRaw(shown(f.raw))
	}
	a.ledger.takenAs(key, answer.MessageID)
	return answer.MessageID, nil
}

// delivered takes what the SMSC delivers: receipts into the ledger; what guests write is not for us.
func (a *account) delivered(d delivery) {
	n, ok := noticeOf(d)
	if !ok {
		a.Log.Info("a message that is no receipt was acknowledged and dropped", "octets", len(d.body))
		return
	}
	n.at = a.Now()
	found := a.ledger.heard(n)
	a.Log.Debug("a receipt", "id", n.id, "state", n.code, "known", found)
}

// Check binds, unless that is done, and asks for a sign of life. It does not wait for a pause between
// attempts to end.
func (a *account) Check(ctx context.Context) ([]sdk.Diagnostic, error) {
	l, err := a.keeper.get(ctx, true)
	if err == nil {
		err = l.enquireOnce(ctx)
	}
	var p *problem
	if errors.As(err, &p) {
		return []sdk.Diagnostic{{Severity: sdk.SeverityError, Field: p.field, Summary: p.summary, Cure: p.cure}}, p.failure
	}
	if err != nil || a.secured != nil {
		return nil, err
	}
	return []sdk.Diagnostic{{
		Severity: sdk.SeverityWarning, Field: "tls",
		Summary: sdk.Text{EN: "The connection is not encrypted.", RU: "Соединение не шифруется."},
		Cure:    sdk.Text{EN: "Ask the operator for the port with TLS, or for a VPN.", RU: "Узнайте у оператора порт с TLS или подключение через VPN."},
	}}, nil
}

// Close ends the session as the protocol wants it.
func (a *account) Close() error {
	a.keeper.close()
	return nil
}

package sdktest_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

type wireSettings struct {
	Key     sdk.Secret `sdk:"api_key,required" min:"8" max:"64" en:"Key" ru:"Ключ"`
	Address string     `sdk:"address,required" max:"64" en:"Address" ru:"Адрес"`
}

// telegraph is a provider without HTTP: a line of the message, a line of answer, on a connection of its
// own. It does everything right; its vices are switches.
type telegraph struct {
	wireSettings
	sdk.Env
	harmless bool // takes every end of a connection for one before the message
	again    bool // sends once more when there is no answer
	trusting bool // takes any answer for a success
}

func (a *telegraph) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	accepted, err := a.send(ctx, m)
	if f := sdk.AsFailure(err, ""); a.again && f != nil && f.Reason == sdk.UnknownOutcome && ctx.Err() == nil {
		return a.send(ctx, m)
	}
	return accepted, err
}

func (a *telegraph) send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	conn, err := a.Dial(ctx, "tcp", a.Address)
	if err != nil {
		return sdk.Accepted{}, sdk.Fail(sdk.Unavailable, "%v", err)
	}
	defer conn.Close() //nolint:errcheck // nothing to be done about it
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	if _, err := fmt.Fprintf(conn, "%s\t%s\t%s\t%s\n", string(a.Key), m.ID, m.To, m.Text); err != nil {
		return sdk.Accepted{}, sdk.Fail(sdk.UnknownOutcome, "writing broke off")
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	switch {
	case err != nil && a.harmless:
		return sdk.Accepted{}, sdk.Fail(sdk.Unavailable, "the connection ended")
	case err != nil:
		return sdk.Accepted{}, sdk.Fail(sdk.UnknownOutcome, "no answer")
	}
	id, ok := strings.CutPrefix(strings.TrimSpace(answer), "OK ")
	if !ok && !a.trusting {
		return sdk.Accepted{}, sdk.Fail(sdk.Internal, "an answer that is none").WithRaw(answer)
	}
	return sdk.Accepted{ID: id}, nil
}

// telegraphed runs the suite on a telegraph, perhaps with a vice.
func telegraphed(spoil func(*telegraph)) func(*testing.T) {
	return func(t *testing.T) {
		sdktest.Run(t, sdk.Plugin[wireSettings, *telegraph]{
			Name: "bad", Title: sdk.Text{EN: "Telegraph", RU: "Телеграф"}, Version: "1.2.3",
			Open: func(_ context.Context, s wireSettings, env sdk.Env) (*telegraph, error) {
				a := &telegraph{wireSettings: s, Env: env}
				spoil(a)
				return a, nil
			},
		}, sdktest.Operator{
			Listen:   telegraphist,
			Settings: map[string]string{"api_key": trialKey, "address": "{host}:{port}"},
			IDFor:    func(m sdk.Message) string { return "id-" + m.ID },
		})
	}
}

// telegraphist is the operator at the other end.
func telegraphist(t testing.TB) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close() //nolint:errcheck // nothing to be done about it
				message, err := bufio.NewReader(conn).ReadString('\n')
				if fields := strings.Split(message, "\t"); err == nil && len(fields) == 4 {
					_, _ = fmt.Fprintf(conn, "OK id-%s\n", fields[1])
				}
			}()
		}
	}()
	return listener.Addr().String()
}

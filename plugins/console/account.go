package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

type account struct {
	config
	sdk.Env
	operator *operator

	// older tells that the file was there when the account was opened, so that it has what the account took
	// in earlier lives of the process, too.
	older bool

	mu   sync.Mutex // one writer to the file
	file *os.File   // nil: none
	torn bool       // the file's last line has no end
}

func open(o *operator, c config, env sdk.Env) (*account, error) {
	a := &account{config: c, Env: env, operator: o}
	if c.File == "" {
		return a, nil
	}
	var err error
	if a.older, a.torn, err = o.learn(c.File); err != nil {
		return nil, cannotWrite(err)
	}
	// Owner only: the file holds phone numbers.
	file, err := os.OpenFile(c.File, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, cannotWrite(err)
	}
	a.file = file
	return a, nil
}

func cannotWrite(err error) error {
	return &sdk.SettingError{Field: "file", Text: sdk.Text{EN: "The file cannot be used: " + err.Error(), RU: "Файл недоступен: " + err.Error()}}
}

// Close closes the file.
func (a *account) Close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}

// Send takes one text.
func (a *account) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	return sdk.SendOne(ctx, m, a)
}

// SendBatch takes texts. An id that was seen before is accepted under its old number and not printed.
func (a *account) SendBatch(ctx context.Context, batch []sdk.Message) ([]sdk.Outcome, error) {
	if err := a.trouble(ctx); err != nil {
		return nil, err
	}
	outcomes := make([]sdk.Outcome, len(batch))
	if a.Quiet {
		for i, m := range batch {
			outcomes[i] = accepted(m, text{N: a.operator.number()})
		}
		return outcomes, nil
	}
	var fresh []text
	for i, m := range batch {
		t, isNew := a.operator.take(a.Account, m, a.Now())
		if isNew {
			fresh = append(fresh, t)
		}
		outcomes[i] = accepted(m, t)
	}
	if err := a.write(fresh); err != nil {
		a.operator.forget(fresh)
		a.Log.Error("the file cannot be written", "error", err)
		return nil, sdk.Fail(sdk.Unavailable, "the file cannot be written")
	}
	for _, t := range fresh {
		a.Log.Info("text", "to", t.To, "text", t.Text, "id", t.ID, "number", t.providerID()) // the log masks the phone
	}
	if a.Fail == "unknown" {
		return nil, sdk.Fail(sdk.UnknownOutcome, "the text went out, the answer is lost (setting fail)")
	}
	return outcomes, nil
}

func accepted(m sdk.Message, t text) sdk.Outcome {
	return sdk.Outcome{ID: m.ID, Accepted: &sdk.Accepted{ID: t.providerID(), Segments: m.Segments}}
}

// trouble plays the slow and the broken operator.
func (a *account) trouble(ctx context.Context) error {
	if a.Fail == "unavailable" {
		return sdk.Fail(sdk.Unavailable, "out of order (setting fail)")
	}
	if a.Fail == "hang" {
		<-ctx.Done()
		return sdk.Fail(sdk.UnknownOutcome, "no answer in time (setting fail)")
	}
	if a.Delay <= 0 {
		return nil
	}
	wait := time.NewTimer(a.Delay)
	defer wait.Stop()
	select {
	case <-wait.C:
		return nil
	case <-ctx.Done():
		return sdk.Fail(sdk.UnknownOutcome, "no answer in time (setting delay)")
	}
}

// write appends texts to the file, all with one write. It comes before the printing: a text that is
// printed and not in the file would be printed again after a restart.
func (a *account) write(texts []text) error {
	if a.file == nil || len(texts) == 0 {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var lines bytes.Buffer
	if a.torn {
		lines.WriteByte('\n')
	}
	encoder := json.NewEncoder(&lines)
	encoder.SetEscapeHTML(false)
	for _, t := range texts {
		if err := encoder.Encode(t); err != nil {
			return err
		}
	}
	_, err := a.file.Write(lines.Bytes())
	a.torn = err != nil
	return err
}

// Lookup answers by our id: what was taken counts as delivered. A text that is not remembered was never
// printed only where everything is: the gateway sends again what is absent.
func (a *account) Lookup(_ context.Context, queries []sdk.Query) ([]sdk.Receipt, error) {
	receipts := make([]sdk.Receipt, len(queries))
	missing := sdk.StatusUnknown
	if a.older && !a.Quiet && !a.operator.forgets() {
		missing = sdk.StatusAbsent
	}
	for i, q := range queries {
		receipts[i] = sdk.Receipt{OurID: q.OurID, Status: missing}
		if t, known := a.operator.find(q.OurID); known {
			receipts[i] = sdk.Receipt{OurID: q.OurID, ProviderID: t.providerID(), Status: sdk.StatusDelivered, At: t.At}
		}
	}
	return receipts, nil
}

// Balance is unlimited: printing is free.
func (a *account) Balance(context.Context) (sdk.Balance, error) {
	return sdk.Balance{Unlimited: true}, nil
}

// Check works unless the account is told to fail.
func (a *account) Check(context.Context) ([]sdk.Diagnostic, error) {
	if a.Fail == "unavailable" {
		return nil, sdk.Fail(sdk.Unavailable, "out of order (setting fail)")
	}
	if a.Fail == "none" {
		return nil, nil
	}
	return []sdk.Diagnostic{{
		Severity: sdk.SeverityWarning, Field: "fail",
		Summary: sdk.Text{EN: "The account is told to lose answers.", RU: "Учётная запись настроена терять ответы."},
		Cure:    sdk.Text{EN: "Set fail to none.", RU: "Выберите «работает»."},
	}}, nil
}

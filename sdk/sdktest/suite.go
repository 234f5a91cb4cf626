package sdktest

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// Run holds a provider to everything that the gateway relies on, as subtests of t, and logs a card of
// what it can do and what was looked at. The suite decides what is tested: what the provider's type
// and manifest claim, and what every provider must bear. Run it with -race as well.
//
// The provider runs in the test's own process and then once more as a child process, which is the
// test binary itself: that needs Main in a TestMain. With -short the child processes are left out.
func Run[C any, A sdk.Sender](t *testing.T, p sdk.Plugin[C, A], o Operator) {
	t.Helper()
	s := &suite{operator: o, card: newCard()}
	s.serve = func(t testing.TB, into *journal) *host.Client {
		return Serve(t, watched(p, into), into.served(), into.now)
	}
	t.Cleanup(func() { t.Log(s.card.text(s.manifest, t.Failed())) })
	if !t.Run("manifest", func(t *testing.T) {
		if _, err := sdk.PluginSets(p, io.Discard, time.Now); err != nil {
			t.Fatal(err)
		}
		s.describe(t)
	}) {
		return // the rest would only repeat it
	}
	s.run(t)
}

// watched is the plugin with what its author's code does kept in the journal: the accounts that it
// opens, and the lines that it logs as they are before they are scrubbed.
func watched[C any, A sdk.Sender](p sdk.Plugin[C, A], into *journal) sdk.Plugin[C, A] {
	open := p.Open
	p.Open = func(ctx context.Context, settings C, env sdk.Env) (A, error) {
		env.Log = hclog.New(&hclog.LoggerOptions{Name: p.Name, Level: hclog.Trace, Output: into.raw(), JSONFormat: true})
		account, err := open(ctx, settings, env)
		if err == nil {
			into.opened(account)
		}
		return account, err
	}
	return p
}

// suite is one Run.
type suite struct {
	operator Operator
	serve    func(testing.TB, *journal) *host.Client
	manifest sdk.Manifest
	secrets  []string // the values of the secret settings
	readable bool     // the operator's requests show a message's text, so that they can be told apart
	json     bool     // the operator answers a message in JSON
	card     *card
	rigs     atomic.Int64
}

// run sends one message and, if that went well, looks at everything else. Each part and each case has
// a provider and an operator of its own.
func (s *suite) run(t *testing.T) {
	t.Helper()
	if !t.Run("a good day", s.goodDay) {
		return // nothing else can be believed
	}
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"settings", s.settings}, {"secrets", s.secrecy}, {"cancellation", s.cancellation}, {"outages", s.outages}, {"answers", s.answers},
		{"batch", s.batch}, {"hundred calls at once", s.hundred}, {"cases", s.cases}, {"sending twice", s.twice},
		{"questions", s.questions}, {"callbacks", s.callbacks}, {"process", s.process},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel() // they mostly wait
			part.run(t)
		})
	}
}

// goodDay sends one message to an operator without faults.
func (s *suite) goodDay(t *testing.T) {
	for _, field := range s.manifest.Settings {
		secret := s.operator.Settings[field.Key]
		if field.Kind != sdk.KindSecret || secret == "" {
			continue
		}
		if len(secret) < 4 {
			t.Fatalf("Operator.Settings: the secret %s needs at least 4 bytes, so that it can be searched for", field.Key)
		}
		s.secrets = append(s.secrets, secret)
	}
	r := s.rig(t)
	m := r.message()
	r.wantAccepted(t, m, r.send(t, m)[0])
	s.readable = r.stage != nil && r.stage.seen(tokenOf(m)) > 0
	s.json = r.stage != nil && r.stage.answeredInJSON()
	s.card.did("a good day", 1)
}

// rig is the provider with one open account and an operator of its own.
type rig struct {
	*host.Client
	suite    *suite
	stage    *stage // nil without Operator.Handler
	journal  *journal
	settings map[string]string
	allow    []string
	number   int64
	sent     atomic.Int64
}

// account is how the suite calls the account that it opens, at revision 1.
const account = "main"

// unopened starts the provider and its operator.
func (s *suite) unopened(t testing.TB) *rig {
	t.Helper()
	r := &rig{suite: s, journal: &journal{}, number: s.rigs.Add(1)}
	r.Client = s.serve(t, r.journal)
	r.fill(t)
	return r
}

// rig opens the account, too.
func (s *suite) rig(t testing.TB) *rig {
	t.Helper()
	r := s.unopened(t)
	Open(t, r.Client, account, r.settings, r.allow...)
	return r
}

// fill builds the operator's stage and the settings that lead to it.
func (r *rig) fill(t testing.TB) {
	t.Helper()
	r.settings = maps.Clone(r.suite.operator.Settings)
	if r.settings == nil {
		r.settings = map[string]string{}
	}
	if !r.suite.operator.played() {
		return
	}
	if r.suite.operator.Listen != nil {
		r.fillLine(t)
		return
	}
	r.stage = newStage(t, r.suite.operator.handler(t))
	r.allow = []string{r.stage.address()}
	const place = "{operator}"
	if !slices.ContainsFunc(slices.Collect(maps.Values(r.settings)), func(v string) bool { return strings.Contains(v, place) }) {
		if !slices.ContainsFunc(r.suite.manifest.Settings, func(f sdk.Field) bool { return f.Key == "base_url" }) {
			t.Fatal("no setting leads to the played operator: give the provider a setting base_url (advanced, with the operator's address as default), or write {operator} into one of Operator.Settings")
		}
		r.settings["base_url"] = place
	}
	for key, value := range r.settings {
		r.settings[key] = strings.ReplaceAll(value, place, "http://"+r.stage.address())
	}
}

// message makes the next message: an id and a text that no other message of the run has, and a number
// that none of the last thousand had. All numbers end in 00001: to many a simulator the ending is an order.
func (r *rig) message() sdk.Message {
	n := r.sent.Add(1)
	return sdk.Message{
		ID: madeNow() + fmt.Sprintf("%06d%010d", r.number, n), Attempt: 1, To: fmt.Sprintf("+799%03d00001", n%1000),
		Text: fmt.Sprintf("Заказ kit%dn%dx готов", r.number, n), Channel: sdk.SMS, Category: sdk.Transactional, Segments: 1,
	}
}

// madeNow is the part of a ULID that says when it was made: a provider may read it.
func madeNow() string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	var made [10]byte
	for i, ms := len(made)-1, time.Now().UnixMilli(); i >= 0; i, ms = i-1, ms/int64(len(letters)) {
		made[i] = letters[ms%int64(len(letters))]
	}
	return string(made[:])
}

func (r *rig) messages(n int) []sdk.Message {
	batch := make([]sdk.Message, n)
	for i := range batch {
		batch[i] = r.message()
	}
	return batch
}

// tokenOf is the part of the text that survives every way to write it into a request.
func tokenOf(m sdk.Message) string {
	words := strings.Fields(m.Text)
	return words[1]
}

// breaks plays the fault for the message alone, as far as requests can be told apart: a provider may
// have to log in first.
func (r *rig) breaks(f fault, m sdk.Message) { r.stage.plays(f, r.target(m)) }

func (r *rig) target(m sdk.Message) string {
	if r.suite.readable {
		return tokenOf(m)
	}
	return ""
}

// patience is the deadline of a call that is expected to be answered.
const patience = 10 * time.Second

// send sends through the wire and returns one outcome for each message.
func (r *rig) send(t testing.TB, batch ...sdk.Message) []sdk.Outcome {
	t.Helper()
	return r.sendWithin(t, patience, batch...)
}

func (r *rig) sendWithin(t testing.TB, limit time.Duration, batch ...sdk.Message) []sdk.Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	outcomes, err := r.Send(ctx, account, 1, batch)
	if err != nil {
		t.Errorf("Send: %v", err)
	}
	return outcomes
}

func (*rig) wantAccepted(t testing.TB, m sdk.Message, o sdk.Outcome) {
	t.Helper()
	if o.Accepted == nil {
		t.Errorf("message %s: got %v, want accepted (raw answer: %q)", m.ID, o.Failure, o.Failure.Raw)
	}
}

// wantReason wants the message failed for one of the reasons.
func (*rig) wantReason(t testing.TB, o sdk.Outcome, reasons ...sdk.Reason) {
	t.Helper()
	switch {
	case o.Accepted != nil:
		t.Errorf("got accepted as %q, want %v", o.Accepted.ID, reasons)
	case !slices.Contains(reasons, o.Failure.Reason):
		t.Errorf("got %v, want %v", o.Failure, reasons)
	}
}

// journal keeps what the author's code did. It is safe for use by several goroutines.
type journal struct {
	mu       sync.Mutex
	lines    strings.Builder // as the author's code logged them
	scrubbed strings.Builder // as the SDK let them out
	accounts []any
	ahead    time.Duration // of the provider's clock
}

// now is the provider's clock.
func (j *journal) now() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return time.Now().Add(j.ahead)
}

// passes lets time pass for the provider.
func (j *journal) passes(d time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ahead += d
}

func (j *journal) opened(account any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.accounts = append(j.accounts, account)
}

// account returns the one opened last.
func (j *journal) account() any {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.accounts[len(j.accounts)-1]
}

func (j *journal) log() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines.String() + j.scrubbed.String()
}

// letOut is the log as it leaves the provider.
func (j *journal) letOut() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.scrubbed.String()
}

func (j *journal) raw() io.Writer    { return &column{j, &j.lines} }
func (j *journal) served() io.Writer { return &column{j, &j.scrubbed} }

// column is one of a journal's texts.
type column struct {
	journal *journal
	text    *strings.Builder
}

// Write appends.
func (p *column) Write(b []byte) (int, error) {
	p.journal.mu.Lock()
	defer p.journal.mu.Unlock()
	return p.text.Write(b)
}

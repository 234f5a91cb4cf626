package provider

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// Limits of calls to plugins.
const (
	// callTimeout is what a plugin is given for one call.
	callTimeout = 15 * time.Second
	// acquireTimeout is how long a call waits for a process that is just starting.
	acquireTimeout = 5 * time.Second
	// overrunsAllowed is how many calls of one kind for one account may run out of time in a row, one after the
	// other, before the program is given up.
	overrunsAllowed = 3
	// pingTimeout is how long a plugin may take to answer after a call ran out of time.
	pingTimeout = 5 * time.Second
	// memoryMax is the resident size above which a plugin is killed.
	memoryMax = 256 << 20
	// defaultBatch is how many messages a plugin that sends one by one is handed in a call: the SDK
	// sends them side by side.
	defaultBatch = 16
)

// Options are what a Host is made of.
type Options struct {
	Catalogue   Catalogue
	Accounts    []Account
	EgressAllow []string // private or loopback host:port that plugins may call
	TempDir     string
	Environ     []string // all that plugins get of the environment
	Log         hclog.Logger

	egress      *egress       // EgressAllow and what came to it
	callTimeout time.Duration // callTimeout, or less in tests
}

// Host keeps the provider processes of all accounts alive and carries calls to them. One process
// serves all accounts of its provider. Safe for concurrent use.
type Host struct {
	opts Options

	changing sync.Mutex // one change of programs or accounts at a time; taken before mu

	mu        sync.Mutex
	catalogue Catalogue
	accounts  map[string]*revision // the newest of each account
	last      uint64               // number of the newest revision of all
	processes map[string]*process  // by provider
	missing   map[string]error     // by provider: why it has no process
	running   context.Context      // of Run; nil before it and after its end
	alive     sync.WaitGroup       // what Run waits for; added to only while running
}

// New makes a host. Accounts of a provider that is not in the catalogue are kept: what is sent
// through them fails with a reason, and Check says it.
//
//nolint:contextcheck // nothing runs yet, so nothing is waited for
func New(opts Options) *Host {
	opts.egress = &egress{list: slices.Clone(opts.EgressAllow)}
	opts.callTimeout = cmp.Or(opts.callTimeout, callTimeout)
	h := &Host{
		opts: opts, catalogue: opts.Catalogue,
		accounts: map[string]*revision{}, processes: map[string]*process{}, missing: map[string]error{},
	}
	h.Apply(context.Background(), opts.Accounts)
	return h
}

// Run keeps the processes alive until ctx ends, then drains and stops them. It may be called once.
func (h *Host) Run(ctx context.Context) {
	h.mu.Lock()
	h.running = ctx
	for _, p := range h.processes {
		h.start(p)
	}
	h.mu.Unlock()
	<-ctx.Done()
	h.mu.Lock()
	h.running = nil
	h.mu.Unlock()
	h.alive.Wait()
}

// start keeps a process alive until it is retired or Run ends. The caller holds mu; before Run nothing
// happens, for Run starts all that there is.
func (h *Host) start(p *process) {
	if h.running == nil {
		return
	}
	ctx, stop := context.WithCancel(h.running)
	p.stop = stop
	h.alive.Go(func() {
		defer stop()
		if err := p.supervisor.Run(ctx); err != nil {
			h.opts.Log.Error("provider process not stopped cleanly", "provider", p.name, "error", err)
		}
	})
}

// Batch is how many messages one call of the account should carry.
func (h *Host) Batch(account string) int {
	_, p, done, err := h.use(account)
	if err != nil {
		return defaultBatch
	}
	defer done()
	return p.batch()
}

// Send calls the account's provider. It returns one outcome for each message, in order, whatever
// happens: a plugin that cannot be reached gives UNAVAILABLE, one that is lost during the call gives
// UNKNOWN_OUTCOME.
func (h *Host) Send(ctx context.Context, account string, batch []message.Outgoing) []message.Outcome {
	r, p, done, err := h.use(account)
	if err != nil {
		return failAll(batch, cannotUse(err))
	}
	defer done()
	var outcomes []message.Outcome
	for len(batch) > 0 {
		n := min(len(batch), p.batch())
		outcomes = append(outcomes, p.send(ctx, r, batch[:n])...)
		batch = batch[n:]
	}
	return outcomes
}

// Check asks the account's provider to log in, without sending, and reports all that is known.
func (h *Host) Check(ctx context.Context, account string) Report {
	r, p, done, err := h.use(account)
	if err != nil {
		return Report{Account: account, Provider: h.providerOf(account), Err: err}
	}
	defer done()
	return p.check(ctx, r)
}

func (h *Host) providerOf(account string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.accounts[account]; r != nil {
		return r.Provider
	}
	return ""
}

// Balance asks the account's provider what the account holds.
func (h *Host) Balance(ctx context.Context, account string) (sdk.Balance, error) {
	r, p, done, err := h.use(account)
	if err != nil {
		return sdk.Balance{}, err
	}
	defer done()
	var balance sdk.Balance
	err = p.call(ctx, r, "Balance", func(ctx context.Context, c *host.Client) error {
		balance, err = c.Balance(ctx, r.Name, r.number)
		return err
	})
	return balance, err
}

// CanLookup tells whether the account's provider can say what became of a message. False while it does
// not serve.
func (h *Host) CanLookup(account string) bool { return h.capabilities(account).Lookup }

// HasCallbacks tells whether the account's provider calls back. False while it does not serve.
func (h *Host) HasCallbacks(account string) bool { return h.capabilities(account).Callbacks }

// Manifest is what the account's provider says of itself; empty while it does not serve.
func (h *Host) Manifest(account string) sdk.Manifest {
	_, p, done, err := h.use(account)
	if err != nil {
		return sdk.Manifest{}
	}
	defer done()
	return p.says()
}

func (h *Host) capabilities(account string) sdk.Capabilities { return h.Manifest(account).Capabilities }

// Lookup asks the account's provider what became of messages: one receipt for each query, in order.
func (h *Host) Lookup(ctx context.Context, account string, queries []message.Query) ([]message.Receipt, error) {
	r, p, done, err := h.use(account)
	if err != nil {
		return nil, err
	}
	defer done()
	asked := make([]sdk.Query, len(queries))
	for i, q := range queries {
		asked[i] = sdk.Query{OurID: q.MessageID, ProviderID: q.ProviderID, To: q.To.Reveal()}
	}
	var receipts []sdk.Receipt
	err = p.call(ctx, r, "Lookup", func(ctx context.Context, c *host.Client) error {
		receipts, err = c.Lookup(ctx, r.Name, r.number, asked)
		return err
	})
	return fromReceipts(receipts), err
}

// ParseCallback lets the account's provider verify and read a callback. An error means that nobody has
// looked at it; one that the provider refused has a Refusal.
func (h *Host) ParseCallback(ctx context.Context, cb message.Callback) (message.Parsed, error) {
	r, p, done, err := h.use(cb.Account)
	if err != nil {
		return message.Parsed{}, err
	}
	defer done()
	var parsed message.Parsed
	err = p.call(ctx, r, "ParseCallback", func(ctx context.Context, c *host.Client) error {
		receipts, reply, err := c.ParseCallback(ctx, r.Name, r.number, sdk.Callback{
			Method: cb.Method, URL: cb.URL, Query: cb.Query, Header: cb.Header, Body: cb.Body, RemoteIP: cb.RemoteIP,
		})
		parsed = message.Parsed{Receipts: fromReceipts(receipts), Reply: message.CallbackReply(reply)}
		return err
	})
	switch failure, refused := errors.AsType[*sdk.Failure](err); {
	case refused:
		parsed.Refusal = failure.Error()
	case errors.Is(err, host.ErrNoAbility):
		parsed.Refusal, parsed.Reply.Status = "this provider does not call back", http.StatusNotFound
	case err != nil:
		return message.Parsed{}, err
	}
	return parsed, nil
}

// Status tells how the processes are, by provider.
func (h *Host) Status() map[string]child.Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := map[string]child.Status{}
	for name, p := range h.processes {
		all[name] = p.status()
	}
	return all
}

// cannotUse says what it means for messages that their account cannot be used at all.
func cannotUse(err error) message.Failure {
	if _, gone := errors.AsType[*NoAccountError](err); gone {
		return message.Failure{Reason: message.NoAccount, Detail: err.Error()}
	}
	return message.Failure{Reason: message.Unavailable, Detail: err.Error()}
}

func failAll(batch []message.Outgoing, f message.Failure) []message.Outcome {
	outcomes := make([]message.Outcome, len(batch))
	for i, m := range batch {
		outcomes[i] = message.Outcome{ID: m.ID, Failure: &f}
	}
	return outcomes
}

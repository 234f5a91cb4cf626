package script

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// Options are what a Pool is made of.
type Options struct {
	Program string   // the gateway's own program
	Args    []string // that make it a script worker; default "script-worker"
	Env     []string // of the workers; default none
	Workers int      // processes; default 1
	TempDir string   // see child.Spec
	Log     hclog.Logger
	// Notice is called when a rule is switched off because it failed too often. It must not block and
	// may be called concurrently. May be nil.
	Notice func(name string, last rule.Error)

	noKill bool // only tests: what the walls are worth shows when one is gone
}

// Pool runs rules in worker processes. It implements pipeline.Decider. All methods are safe for
// concurrent use. Before the first Load its set is empty and every call answers rule.NoRule.
type Pool struct {
	opts    Options
	workers []*child.Supervisor
	free    chan *child.Supervisor // workers without a batch
	health  *health

	mu     sync.Mutex
	set    rule.Set
	loaded []byte // the request that gives a worker the set
}

// New makes a pool; no process is started before Run.
func New(opts Options) *Pool {
	if opts.Args == nil {
		opts.Args = []string{"script-worker"}
	}
	if opts.Workers < 1 {
		opts.Workers = 1
	}
	if opts.Log == nil {
		opts.Log = hclog.NewNullLogger()
	}
	p := &Pool{opts: opts, health: newHealth(opts.Notice), free: make(chan *child.Supervisor, opts.Workers)}
	for range opts.Workers {
		worker := child.New(p.spec(p.prepare))
		p.workers = append(p.workers, worker)
		p.free <- worker
	}
	return p
}

func (p *Pool) spec(prepare func(context.Context, any) error) child.Spec {
	return child.Spec{
		Name: "script-worker", Path: p.opts.Program, Args: p.opts.Args, Env: p.opts.Env,
		Handshake: child.WorkerHandshake(), Plugins: child.WorkerPlugins(), Service: child.WorkerService,
		Prepare: prepare, CallsMayKill: true, MemoryMax: memoryMax, TempDir: p.opts.TempDir,
		DrainTimeout: 2 * killAfter, Log: p.opts.Log.Named("script-worker"),
	}
}

// Run keeps the workers alive until ctx ends; then it stops them and returns.
func (p *Pool) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, worker := range p.workers {
		all.Go(func() {
			if err := worker.Run(ctx); err != nil {
				p.opts.Log.Error("script worker", "error", err)
			}
		})
	}
	all.Wait()
}

// Status tells how the workers are.
func (p *Pool) Status() []child.Status {
	list := make([]child.Status, 0, len(p.workers))
	for _, worker := range p.workers {
		list = append(list, worker.Status())
	}
	return list
}

// Resume starts quarantined workers again.
func (p *Pool) Resume() {
	for _, worker := range p.workers {
		worker.Resume()
	}
}

// Set gives the rules that serve.
func (p *Pool) Set() rule.Set {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.set
}

func (p *Pool) current() (set rule.Set, loaded []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.set, p.loaded
}

// prepare gives a worker that has just started the set that serves.
func (p *Pool) prepare(ctx context.Context, service any) error {
	_, loaded := p.current()
	if loaded == nil {
		return nil
	}
	worker, ok := service.(*child.Worker)
	if !ok {
		return errors.New("script: the worker does not speak our protocol")
	}
	_, err := worker.Call(ctx, loaded)
	return err
}

// Load compiles files in a process of their own and, if nothing is wrong, lets them serve in place of
// the set before. Problems that are no warnings leave everything as it was: the old set keeps serving
// and is returned. An error means that no file could be looked at.
func (p *Pool) Load(ctx context.Context, files []rule.File) (rule.Set, []Problem, error) {
	rules, problems, err := p.try(ctx, files)
	if err != nil || faulty(problems) {
		return p.Set(), problems, err
	}
	return p.serve(files, rules), problems, nil
}

func faulty(problems []Problem) bool {
	for _, problem := range problems {
		if !problem.Warning {
			return true
		}
	}
	return false
}

// serve lets a set that was tried serve. Workers get it before their next batch.
func (p *Pool) serve(files []rule.File, rules []rule.Rule) rule.Set {
	set := rule.Set{Version: setVersion(files), Rules: rules, Files: files}
	p.mu.Lock()
	p.set, p.loaded = set, encodeLoad(set.Version, files)
	p.mu.Unlock()
	p.health.reset()
	p.Resume() // the rules that served may be what the workers died of
	return set
}

func setVersion(files []rule.File) string {
	hash := sha256.New()
	for _, file := range files {
		hash.Write([]byte(file.Name + "\x00" + file.Source + "\x00"))
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
}

// try compiles files in a process of their own, so that what a file does while it is read can harm
// nobody. A file that brings the process down is found by trying the files one by one.
func (p *Pool) try(ctx context.Context, files []rule.File) ([]rule.Rule, []Problem, error) {
	trialCtx, stop := context.WithCancel(ctx)
	trial := child.New(p.spec(nil))
	done := make(chan struct{})
	go func() { defer close(done); _ = trial.Run(trialCtx) }()
	defer func() { stop(); <-done }()

	rules, problems, err := loadInto(ctx, trial, files)
	var death *deathError
	if !errors.As(err, &death) {
		return rules, problems, err
	}
	for _, file := range files {
		_, _, err := loadInto(ctx, trial, []rule.File{file})
		switch {
		case errors.As(err, &death):
			problems = append(problems, Problem{File: file.Name, Code: KillsWorker, Detail: death.words.EN, DetailRU: death.words.RU})
		case err != nil:
			return nil, nil, err
		}
	}
	if problems == nil {
		return nil, nil, err
	}
	return nil, problems, nil
}

// loadInto gives a worker a set and returns what it found in it.
func loadInto(ctx context.Context, supervisor *child.Supervisor, files []rule.File) ([]rule.Rule, []Problem, error) {
	lease, err := supervisor.Acquire(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer lease.Release()
	worker, ok := lease.Service().(*child.Worker)
	if !ok {
		return nil, nil, errors.New("script: the worker does not speak our protocol")
	}
	slow := loadLimit(len(files))
	defer slow.watch(lease).Stop()
	answer, err := worker.Call(ctx, encodeLoad(setVersion(files), files))
	if err != nil {
		if ctx.Err() != nil {
			return nil, nil, err
		}
		return nil, nil, bury(lease, slow)
	}
	return decodeLoaded(answer)
}

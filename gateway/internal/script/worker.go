// Package script runs rules written in JavaScript. Pool is the gateway's side; ServeWorker is the body
// of the worker process, the only place where the engine runs. What a script does can harm its worker
// at most: it is interrupted, or its process is killed and replaced.
package script

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// ServeWorker is the body of the command "orderbell script-worker". It returns when its gateway is
// done with it, and an error when it was started by hand.
func ServeWorker() error {
	guardProcess()
	return child.ServeWorker(newWorker(engine{}).handle)
}

const (
	softMemory  = 80 << 20 // above it the collector works harder, long before the watch kills
	gcPercent   = 200      // a worker's live heap is a few MiB; collecting less often is cheaper
	setsOfRules = 2        // kept: the one that serves and the one before
)

// guardProcess sets what holds for the whole process. Only the worker process may call it.
func guardProcess() {
	// The engine hands patterns with look-around or back-references to this library, where they can
	// run for hours and cannot be interrupted. It is this major version that the engine imports.
	regexp2.DefaultMatchTimeout = interruptAfter
	debug.SetMaxStack(goStackMax)
	debug.SetMemoryLimit(softMemory)
	debug.SetGCPercent(gcPercent)
}

// worker holds sets of compiled rules. Safe for concurrent use.
type worker struct {
	engine engine

	mu   sync.Mutex
	sets []*compiledSet // newest last
}

func newWorker(e engine) *worker { return &worker{engine: e} }

// handle answers one request of the pool.
func (w *worker) handle(_ context.Context, request []byte) ([]byte, error) {
	if len(request) == 0 {
		return nil, errWire
	}
	switch request[0] {
	case opLoad:
		return w.load(request[1:])
	case opEval:
		return w.evaluate(request[1:])
	default:
		return nil, errWire
	}
}

func (w *worker) load(data []byte) ([]byte, error) {
	version, files, err := decodeLoad(data)
	if err != nil {
		return nil, err
	}
	set, problems := w.engine.compile(version, files)
	if !faulty(problems) {
		w.mu.Lock()
		w.sets = append(w.sets, set)
		if len(w.sets) > setsOfRules {
			w.sets = w.sets[1:]
		}
		w.mu.Unlock()
		time.AfterFunc(time.Second, debug.FreeOSMemory) // what compiling needed; rules are loaded rarely
	}
	return encodeLoaded(set.list(), problems), nil
}

func (w *worker) find(version string) *compiledSet {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, set := range w.sets {
		if set.version == version {
			return set
		}
	}
	return nil
}

// evaluate runs calls one after the other until the budget is used up; the pool asks for the rest
// again. So its clock for the whole request is a clock for each evaluation, too.
func (w *worker) evaluate(data []byte) ([]byte, error) {
	request, err := decodeEval(data)
	if err != nil {
		return nil, err
	}
	if len(request.calls) == 0 {
		return nil, errors.New("script: an empty batch")
	}
	set := w.find(request.version)
	if set == nil {
		return []byte{answerNoSet}, nil
	}
	began := time.Now()
	results := make([]rule.Result, 0, len(request.calls))
	for i := range request.calls {
		if i > 0 && time.Since(began) > batchBudget {
			break
		}
		results = append(results, w.engine.evaluate(set, &request.calls[i]))
	}
	return encodeResults(results), nil
}

package script

import "time"

// Limits of rule sources, evaluations and what they give back.
const (
	MaxBatch  = 64       // calls of one request to a worker
	MaxSource = 64 << 10 // bytes of a rule file
	MaxDepth  = 200      // brackets inside brackets in a rule file

	interruptAfter  = 100 * time.Millisecond // an evaluation ends by a clean error with its line
	killAfter       = 500 * time.Millisecond // … or by the death of its worker: built-ins ignore interrupts
	batchBudget     = 50 * time.Millisecond  // a worker answers a batch with what it has by then
	loadPerFile     = 20 * time.Millisecond  // beside killAfter, for each file that a worker reads
	connectionGrace = 200 * time.Millisecond // for a process to end after its connection did
	memoryLooks     = 20 * time.Millisecond  // for the watch on memory to look at a worker that ran out of time
	memoryMax       = 128 << 20              // resident bytes of a worker
	stackFrames     = 256                    // of a script
	goStackMax      = 64 << 20               // bytes of a worker's Go stack: past it the worker dies quickly

	maxRequest    = 3 << 20 // bytes of a batch; gRPC's own limit is a little higher
	maxMessages   = 5
	maxText       = 4 << 10 // bytes of one message's text
	maxShortText  = 200     // bytes of dedupe, category
	maxSkip       = 500     // bytes of a reason to skip
	maxLogLines   = 50
	maxLogLine    = 500 // bytes
	maxErrorText  = 1 << 10
	maxRules      = 100 // in one set
	maxTries      = 2   // evaluations of one call
	failuresInRow = 5   // then the rule is disabled
)

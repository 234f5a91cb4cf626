// Package child keeps child processes alive: provider plugins and script workers. A child is started
// with nothing inherited, watched, drained before it is stopped, restarted with back-off when it dies
// and set aside when it dies too often. Nothing that a child does reaches its neighbours or the gateway.
package child

import (
	"context"
	"os"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

// Defaults of Spec.
const (
	DefaultStartTimeout = 10 * time.Second * slowness
	DefaultDrainTimeout = 20 * time.Second
	DefaultMaxMessage   = 4 << 20
	// DefaultMinPort and DefaultMaxPort bound the loopback ports of children where there are no unix
	// sockets (Windows). They keep clear of 11010, which is the gateway's own.
	DefaultMinPort = 49200
	DefaultMaxPort = 49999

	defaultBackoffMin = time.Second
	defaultBackoffMax = time.Minute
	defaultQuarantine = time.Minute
)

// Spec describes one child process. The zero value of a field marked "default" takes that default.
type Spec struct {
	Name string   // for logs and sentences: "smsru 1.2.0"
	Path string   // the program; on Windows ".exe" is added when it is missing
	Args []string // without the program's name
	Env  []string // all of the environment that the child gets, beside what the handshake needs

	// Sum is the SHA-256 that the program must have, checked at each start over the very file that is
	// then executed. Its folder must not be writable by others. Nil: not checked (our own program).
	Sum []byte

	Handshake plugin.HandshakeConfig
	Plugins   map[int]plugin.PluginSet // by protocol version
	Service   string                   // key in the PluginSet; what Lease.Service gives

	// Prepare runs after each start, before the first lease: open accounts, load rules. An error or
	// the end of StartTimeout counts as a death.
	Prepare func(ctx context.Context, service any) error

	// CallsMayKill says that a death while leases are out is the fault of the call, not of the
	// program: it is restarted at once (rate-limited) and does not lead to quarantine.
	CallsMayKill bool

	MemoryMax    uint64        // resident bytes above which the child is killed; 0: no limit
	MaxMessage   int           // bytes of one message, both ways; default DefaultMaxMessage
	StartTimeout time.Duration // from exec to the end of Prepare; default DefaultStartTimeout
	DrainTimeout time.Duration // how long a stop waits for leases; default DefaultDrainTimeout
	BackoffMin   time.Duration // wait before the first restart; default 1 s
	BackoffMax   time.Duration // longest wait; default 60 s

	// QuarantineMin is the rest after five deaths in a minute. It is doubled each time that follows, up to half
	// an hour, until the program has served for a minute. Default 60 s.
	QuarantineMin time.Duration

	// TempDir is where each start gets a folder of its own (socket, working directory, TMPDIR), removed
	// afterwards. Folders of dead gateways are swept at Run. Default: the system's. It should be short:
	// a socket's path has at most about 100 bytes; where it is too long the system's is taken.
	TempDir string

	MinPort, MaxPort uint // default DefaultMinPort, DefaultMaxPort

	Log hclog.Logger // default: none
	// Hide takes out of a line that the child wrote what must never be shown, phone numbers too. It must not
	// call the supervisor. Default: Scrub.
	Hide func(line string) string
	// Changed is called after each change of state, in order, from the supervisor's own goroutine; it
	// must not block. May be nil.
	Changed func(Status)
}

func (s Spec) withDefaults() Spec {
	if s.MaxMessage == 0 {
		s.MaxMessage = DefaultMaxMessage
	}
	if s.StartTimeout == 0 {
		s.StartTimeout = DefaultStartTimeout
	}
	if s.DrainTimeout == 0 {
		s.DrainTimeout = DefaultDrainTimeout
	}
	if s.BackoffMin == 0 {
		s.BackoffMin = defaultBackoffMin
	}
	if s.BackoffMax == 0 {
		s.BackoffMax = defaultBackoffMax
	}
	if s.QuarantineMin == 0 {
		s.QuarantineMin = defaultQuarantine
	}
	if s.MinPort == 0 && s.MaxPort == 0 {
		s.MinPort, s.MaxPort = DefaultMinPort, DefaultMaxPort
	}
	s.TempDir = shortTempDir(s.TempDir, os.TempDir())
	if s.Log == nil {
		s.Log = hclog.NewNullLogger()
	}
	if s.Hide == nil {
		s.Hide = Scrub
	}
	return s
}

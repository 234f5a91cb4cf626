//go:build !linux && !windows

package child

// gauge knows nothing here: the system tells resident sizes only through C. What remains is the time
// limit of each call.
type gauge struct{}

func newGauge(int) *gauge { return &gauge{} }

func (g *gauge) rss() uint64 { return 0 }

func (g *gauge) close() {}

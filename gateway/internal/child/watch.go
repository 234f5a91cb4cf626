package child

import (
	"fmt"
	"time"
)

const (
	watchBusy  = 5 * time.Millisecond   // between looks while calls are out
	watchIdle  = 250 * time.Millisecond // else
	watchAfter = 10                     // quiet looks before it slows down
)

// watch looks at the resident size until the process ends, and kills it above the limit. It is the only
// guard that holds against one big allocation inside a built-in function.
func (p *process) watch() {
	g := newGauge(p.run.processID())
	defer g.close()
	timer := time.NewTimer(watchBusy)
	defer timer.Stop()
	quiet := 0
	for {
		select {
		case <-p.run.gone:
			return
		case <-p.urgent:
		case <-timer.C:
		}
		p.look(g)
		quiet++
		if p.calls.Load() > 0 {
			quiet = 0
		}
		pause := watchBusy
		slow := quiet > watchAfter
		if slow {
			pause = watchIdle
		}
		p.slow.Store(slow)
		timer.Reset(pause)
	}
}

func (p *process) look(g *gauge) {
	rss := g.rss()
	if rss == 0 {
		return
	}
	p.rss.Store(rss)
	if rss > p.peak.Load() {
		p.peak.Store(rss)
	}
	limit := p.spec.MemoryMax
	if limit == 0 || rss <= limit {
		return
	}
	p.kill(&Fault{Kind: TooMuchMemory, Name: p.spec.Name, Path: p.spec.Path,
		Detail: fmt.Sprintf("%d MiB of %d MiB", rss>>20, limit>>20)})
}

// wake makes the watch look often, because a call begins.
func (p *process) wake() {
	if p.slow.CompareAndSwap(true, false) {
		poke(p.urgent)
	}
}

package sdktest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// card is the summary at the end: what the provider can do, and what was looked at.
type card struct {
	mu      sync.Mutex
	order   []string
	checks  map[string]int
	skipped []string
}

func newCard() *card { return &card{checks: map[string]int{}} }

// did counts checks of a kind.
func (c *card) did(what string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.checks[what]; !known {
		c.order = append(c.order, what)
	}
	c.checks[what] += n
}

// skip says what was not looked at, and why.
func (c *card) skip(what, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skipped = append(c.skipped, what+" ("+why+")")
}

func (c *card) text(m sdk.Manifest, failed bool) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out strings.Builder
	line := func(name, value string) { _, _ = fmt.Fprintf(&out, "  %-12s %s\n", name, value) }
	verdict := "conforms"
	if failed {
		verdict = "DOES NOT CONFORM"
	}
	_, _ = fmt.Fprintf(&out, "%s %s (SDK %s) %s\n", m.Name, m.Version, m.SDKVersion, verdict)
	line("title", m.Title.EN+" / "+m.Title.RU)
	line("abilities", strings.Join(abilities(m.Capabilities), ", "))
	line("resend", resend(m.Capabilities))
	line("batch", fmt.Sprintf("%d in a call, %d calls at once%s", m.Capabilities.MaxBatch, m.Capabilities.MaxInFlight, rate(m.Capabilities)))
	var keys []string
	for _, f := range m.Settings {
		keys = append(keys, f.Key+" "+strings.ToLower(string(f.Kind)))
	}
	line("settings", strings.Join(keys, ", "))
	var checked []string
	for _, what := range c.order {
		checked = append(checked, fmt.Sprintf("%s %d", what, c.checks[what]))
	}
	line("checked", strings.Join(checked, ", "))
	if len(c.skipped) > 0 {
		slices.Sort(c.skipped)
		line("not checked", strings.Join(slices.Compact(c.skipped), ", "))
	}
	return strings.TrimRight(out.String(), "\n")
}

func abilities(c sdk.Capabilities) []string {
	list := []string{"send"}
	for _, a := range []struct {
		name string
		has  bool
	}{
		{"batch", c.MaxBatch > 1}, {"check", c.Check}, {"balance", c.Balance}, {"estimate", c.Estimate}, {"lookup", c.Lookup},
		{"callbacks", c.Callbacks}, {"sender names", c.SenderNames}, {"validity", c.Validity}, {"scheduled", c.Scheduled},
	} {
		if a.has {
			list = append(list, a.name)
		}
	}
	for _, channel := range c.Channels {
		list = append(list, strings.ToLower(string(channel)))
	}
	return list
}

func resend(c sdk.Capabilities) string {
	if c.ResendWindow <= 0 {
		return string(c.Resend)
	}
	return fmt.Sprintf("%s within %s", c.Resend, c.ResendWindow.Round(time.Second))
}

func rate(c sdk.Capabilities) string {
	if c.MaxPerSecond <= 0 {
		return ""
	}
	return fmt.Sprintf(", %g a second", c.MaxPerSecond)
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime/debug"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/config"
)

// gcPercent lets the heap, which is small, grow further between collections: a tenth of the processor
// time of a burst for a few megabytes.
const gcPercent = 400

// softMemory is where that ends: a heap above it is collected more often. A flood of bodies with hundreds of
// orders each needs no more, and is decided as fast (docs/adr/0008); the operator's GOMEMLIMIT goes before it.
const softMemory = 48 << 20

// settled is how long after the start what the start alone needed is given back to the system: the
// collector would come to it only when the first busy hour fills the memory up again.
const settled = 5 * time.Second

type runCommand struct {
	configFlags
	Listen      string `help:"${listen}"`
	AdminListen string `name:"admin-listen" help:"${admin_listen}"`
	Plugins     string `help:"${plugins}" placeholder:"DIR"`
	Rules       string `help:"${rules}" placeholder:"DIR"`
}

// Run serves until it is asked to stop. It prints one line with the address once it serves.
func (c *runCommand) Run(ctx context.Context, s *session) error {
	cfg, err := c.from(s, config.Sources{Flags: config.Flags{Listen: c.Listen, AdminListen: c.AdminListen, Plugins: c.Plugins, Rules: c.Rules}})
	if err != nil {
		return err
	}
	debug.SetGCPercent(gcPercent)
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
	gateway, err := app.New(ctx, s.options(cfg, s.logger(cfg)))
	if _, ours := errors.AsType[config.Faults](err); ours {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	link, err := gateway.SetupLink(ctx)
	if err != nil {
		return errors.Join(err, gateway.Close())
	}
	err = gateway.Run(ctx, func() {
		time.AfterFunc(settled, debug.FreeOSMemory)
		_, _ = fmt.Fprintln(s.out, intakeAddress(gateway.Address()).pick(s.lang))
		if link != "" {
			_, _ = fmt.Fprintf(s.out, word{
				"Первая настройка, на этом компьютере, 30 минут, один раз: %s\n",
				"Set-up, on this machine, for 30 minutes, once: %s\n",
			}.pick(s.lang), link)
		}
	})
	if closed := gateway.Close(); err == nil {
		err = closed
	}
	return err
}

// intakeAddress says where events are taken, by an address that can be used: the one at which the gateway
// listens may stand for all addresses of the machine, and from other machines a key is needed.
func intakeAddress(listen string) word {
	const keyed = "/k/%s" + intakePath
	told := word{"Orderbell принимает события: http://%s" + intakePath, "Orderbell takes events at http://%s" + intakePath}
	key := word{"КЛЮЧ — intake_key ресторана, на странице «Рестораны» или в orderbell.yaml", "KEY is the restaurant's intake_key, on the page Restaurants or in orderbell.yaml"}
	address, err := netip.ParseAddrPort(listen)
	switch {
	case err != nil || address.Addr().Unmap().IsLoopback():
		return word{fmt.Sprintf(told.ru, listen), fmt.Sprintf(told.en, listen)}
	case address.Addr().IsUnspecified():
		local, port := reachable(listen), address.Port()
		return word{
			fmt.Sprintf(told.ru+" (этот компьютер), http://КОМПЬЮТЕР:%d"+keyed+" (другие; %s)", local, port, "КЛЮЧ", key.ru),
			fmt.Sprintf(told.en+" (this machine), http://MACHINE:%d"+keyed+" (others; %s)", local, port, "KEY", key.en),
		}
	default:
		return word{
			fmt.Sprintf("Orderbell принимает события: http://%s"+keyed+" (%s)", listen, "КЛЮЧ", key.ru),
			fmt.Sprintf("Orderbell takes events at http://%s"+keyed+" (%s)", listen, "KEY", key.en),
		}
	}
}

// workerCommand is the body of the children that run rules. It is not for people.
type workerCommand struct{}

// Run serves rules to the gateway that started this process.
func (workerCommand) Run() error { return app.ServeScripts() }

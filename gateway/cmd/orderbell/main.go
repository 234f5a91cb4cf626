// Command orderbell is the gateway: it takes kitchen events and has guests texted.
package main

import (
	"os"

	"github.com/orderbell/orderbell/gateway/internal/cli"
)

// version is set by the build.
var version = "dev"

func main() { os.Exit(cli.Main(cli.System(version))) }

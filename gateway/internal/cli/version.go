package cli

import (
	"fmt"
	"runtime"
)

type versionCommand struct {
	JSON bool `name:"json" help:"${json}"`
}

func (c *versionCommand) Run(s *session) error {
	if c.JSON {
		return printJSON(s.out, map[string]string{"version": s.Version, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH})
	}
	_, err := fmt.Fprintf(s.out, "orderbell %s (%s, %s/%s)\n", s.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

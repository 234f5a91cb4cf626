package cli

import (
	"context"
	"fmt"

	"github.com/orderbell/orderbell/gateway/internal/app"
)

type compactCommand struct {
	configFlags
	JSON bool `name:"json" help:"${json}"`
}

// Run rewrites the database; the gateway must not run.
func (c *compactCommand) Run(ctx context.Context, s *session) error {
	opts, err := c.existing(s)
	if err != nil {
		return err
	}
	before, after, err := app.Compact(ctx, opts)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, map[string]int64{"before": before, "after": after})
	}
	const megabyte = 1e6
	_, err = fmt.Fprintf(s.out, word{"База сжата: было %.1f МБ, стало %.1f МБ. Между строками ничего не осталось.\n", "The database is compacted: %.1f MB became %.1f MB. Nothing is left between its rows.\n"}.pick(s.lang),
		float64(before)/megabyte, float64(after)/megabyte)
	return err
}

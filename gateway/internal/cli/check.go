package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/orderbell/orderbell/gateway/internal/app"
)

type checkCommand struct {
	configFlags
	JSON bool `name:"json" help:"${json}"`
}

// Run examines everything that serving needs, without serving. Faults of the configuration are wrong
// usage (2); anything else that is broken is a failure (1).
func (c *checkCommand) Run(ctx context.Context, s *session) error {
	opts, left, err := c.effective(ctx, s)
	if _, usage := errors.AsType[usageError](err); usage { // that a database cannot be read is a finding like others
		return err
	}
	findings := []app.Finding{{Part: "config", Name: opts.Config.File(), OK: true, Text: app.Text{
		RU: "настройки в порядке", EN: "the configuration is in order"}}}
	findings = append(findings, left...)
	findings = append(findings, app.Check(ctx, opts)...)
	return printFindings(s, c.JSON, findings)
}

// printFindings shows findings and fails if one of them is not OK.
func printFindings(s *session, asJSON bool, findings []app.Finding) error {
	bad := 0
	for _, f := range findings {
		if !f.OK {
			bad++
		}
		if asJSON {
			continue
		}
		mark := "✓"
		switch {
		case !f.OK:
			mark = "✗"
		case f.Warn:
			mark = "!"
		}
		name := f.Part
		if f.Name != "" {
			name += " " + f.Name
		}
		_, _ = fmt.Fprintf(s.out, "%s %s: %s\n", mark, name, f.Text.In(s.lang))
	}
	if asJSON {
		if err := printJSON(s.out, map[string]any{"ok": bad == 0, "items": findings}); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf(word{"найдено неполадок: %d", "%d faults found"}.pick(s.lang), bad)
	}
	return nil
}

// spoken gives an error in the user's language where it can speak it.
func spoken(err error, lang string) string {
	if e, ok := errors.AsType[interface {
		error
		Sentence(lang string) string
	}](err); ok {
		return e.Sentence(lang)
	}
	return err.Error()
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

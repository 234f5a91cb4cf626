package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/orderbell/orderbell/gateway/internal/app"
)

type pluginCheckCommand struct {
	Path string `arg:"" help:"${plugin_files}"`
	JSON bool   `name:"json" help:"${json}"`
}

// pointNames are the headings of the card.
var pointNames = map[string]word{
	"file": {"файл", "file"}, "system": {"система", "system"}, "start": {"запуск", "start"}, "protocol": {"протокол", "protocol"},
	"name": {"имя", "name"}, "languages": {"языки", "languages"}, "settings": {"настройки", "settings"}, "refusals": {"отказы", "refusals"},
	"secrets": {"секреты", "secrets"}, "memory": {"память", "memory"}, "stop": {"остановка", "stop"},
}

// Run examines programs that somebody else built; it fails if one of them is broken.
func (c *pluginCheckCommand) Run(ctx context.Context, s *session) error {
	all, err := app.ExaminePlugins(ctx, c.Path, s.Now)
	if errors.Is(err, fs.ErrNotExist) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	bad := 0
	for _, x := range all {
		if !x.OK {
			bad++
		}
		if !c.JSON {
			showExamination(s, x)
		}
	}
	if c.JSON {
		if err := printJSON(s.out, map[string]any{"ok": bad == 0, "items": all}); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf(word{"программ с неполадками: %d", "%d programs are broken"}.pick(s.lang), bad)
	}
	return nil
}

func showExamination(s *session, x app.Examination) {
	_, _ = fmt.Fprintln(s.out, x.File)
	marks := map[string]string{"ok": "✓", "warning": "!", "broken": "✗", "skipped": "–"}
	doubts := 0
	for _, p := range x.Points {
		if p.Level == "warning" {
			doubts++
		}
		_, _ = fmt.Fprintf(s.out, "  %s %-10s %s\n", marks[string(p.Level)], pointNames[p.Name].pick(s.lang), oneLine(p.Text.In(s.lang), 1000))
	}
	verdict := word{"в порядке", "in order"}
	switch {
	case !x.OK:
		verdict = word{"не годится, см. ✗", "broken, see ✗"}
	case doubts > 0:
		verdict = word{"работает, но см. !", "works, but see !"}
	}
	_, _ = fmt.Fprintf(s.out, "  = %s\n", verdict.pick(s.lang))
}

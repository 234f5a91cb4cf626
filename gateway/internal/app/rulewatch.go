package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/script"
)

// rulesScan is how often the rule folder is looked at. Files are compared, not watched: that works on
// every system and on network drives, and costs a few reads.
const rulesScan = time.Second

// ruleLoader lets rules serve. Implemented by script.Pool.
type ruleLoader interface {
	Load(ctx context.Context, files []rule.File) (rule.Set, []script.Problem, error)
}

// ruleShelf knows which rule files are switched off, and keeps what stood in those that serve and which do
// not. Implemented by store.DB.
type ruleShelf interface {
	RulesOff(ctx context.Context) (map[string]bool, error)
	AddRuleVersion(ctx context.Context, saved rule.Saved) error
	SetRulesLeftOut(ctx context.Context, names []string) error
}

// ruleWatch takes over rule files that were changed while the gateway runs. Unless all of them are
// right the earlier ones keep serving, and the log says once what is wrong.
type ruleWatch struct {
	folder string
	lang   string
	rules  ruleLoader
	log    hclog.Logger
	shelf  ruleShelf // may be nil

	// changing is held while files are taken over, and by whoever writes some, so that nobody takes over
	// what is just being replaced.
	changing sync.Mutex

	tried string // ruleVersions of the files that serve or were refused
	seen  string // ruleVersions of the last look
	told  string // the last trouble that is in the log
}

// Run looks at each tick until ctx ends.
func (w *ruleWatch) Run(ctx context.Context, tick <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
			w.look(ctx)
		}
	}
}

// look takes the files over once they have stayed the same for two looks: an editor or a copy may be
// in the middle of writing them.
func (w *ruleWatch) look(ctx context.Context) {
	w.changing.Lock()
	defer w.changing.Unlock()
	files, err := w.files(ctx)
	if err != nil {
		w.tell(err)
		return
	}
	now := ruleVersions(files)
	settled := now == w.seen
	w.seen = now
	if now == w.tried {
		w.told = ""
		return
	}
	if !settled {
		return
	}
	set, problems, err := w.rules.Load(ctx, files)
	if err != nil {
		w.tell(err) // nobody looked at the files: the next tick asks again
		return
	}
	w.tried, w.told = now, ""
	faulty := false
	for _, p := range problems {
		if p.Warning {
			w.log.Warn("a rule file does something doubtful", "problem", p.Sentence(w.lang))
			continue
		}
		faulty = true
		w.log.Error("the changed rules have a fault; the earlier ones keep serving", "problem", p.Sentence(w.lang))
	}
	if !faulty {
		keepVersions(ctx, w.shelf, w.folder, files, w.log)
		keepLeftOut(ctx, w.shelf, nil, w.log)
		w.log.Info("changed rules serve", "rules", len(set.Rules), "version", set.Version)
	}
}

// ruleVersions is the same text for the same files.
func ruleVersions(files []rule.File) string {
	var all strings.Builder
	for _, f := range files {
		all.WriteString(f.Name + " " + f.Version + "\n")
	}
	return all.String()
}

// errNoRules is a folder that lost its files, which happens in the middle of a copy.
var errNoRules = errors.New("no rule file is left; to stop texting set notifications.enabled to false")

func (w *ruleWatch) files(ctx context.Context) ([]rule.File, error) {
	if _, err := os.Stat(w.folder); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("rule folder: %w", err)
	}
	files, err := RuleFiles(w.folder)
	if err == nil && len(files) == 0 {
		err = errNoRules
	}
	if err != nil {
		return nil, err
	}
	return switchedOn(ctx, w.shelf, files)
}

// switchedOn leaves out the files that a person switched off.
func switchedOn(ctx context.Context, shelf ruleShelf, files []rule.File) ([]rule.File, error) {
	if shelf == nil {
		return files, nil
	}
	off, err := shelf.RulesOff(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(files, func(f rule.File) bool { return off[f.Name] }), nil
}

// keepVersions keeps what stands in the files, so that it can be restored when they are changed. That it
// cannot be kept stops no rule.
func keepVersions(ctx context.Context, shelf ruleShelf, folder string, files []rule.File, log hclog.Logger) {
	if shelf == nil {
		return
	}
	for _, f := range files {
		cases, err := casesOf(folder, f.Name)
		if err == nil {
			err = shelf.AddRuleVersion(ctx, rule.Saved{File: f, Cases: cases})
		}
		if err != nil {
			log.Error("the version of a rule file cannot be kept", "file", f.Name, "error", err)
		}
	}
}

// keepLeftOut keeps which files do not serve because of a fault, for whoever asks why a guest was not
// texted. That it cannot be kept stops no rule.
func keepLeftOut(ctx context.Context, shelf ruleShelf, names []string, log hclog.Logger) {
	if shelf == nil {
		return
	}
	if err := shelf.SetRulesLeftOut(ctx, names); err != nil {
		log.Error("it cannot be kept which rule files do not serve", "files", names, "error", err)
	}
}

// tell logs a trouble once, however long it lasts.
func (w *ruleWatch) tell(err error) {
	if text := err.Error(); text != w.told {
		w.told = text
		w.log.Error("the rule folder cannot be read; the rules of before keep serving", "error", err)
	}
}

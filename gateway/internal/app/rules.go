package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/script"
	"github.com/orderbell/orderbell/gateway/internal/store"
	"github.com/orderbell/orderbell/scripts"
)

// RuleFiles reads the rule files of the configured folder in order of name; those that ship with the
// program while the folder does not exist yet.
func RuleFiles(folder string) ([]rule.File, error) {
	tree := fs.FS(os.DirFS(folder))
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		if tree, err = fs.Sub(scripts.FS, "rules"); err != nil {
			return nil, fmt.Errorf("shipped rules: %w", err)
		}
	}
	if _, err := fs.ReadDir(tree, "."); err != nil { // Glob passes over a folder that it may not read
		return nil, fmt.Errorf("rule folder: %w", store.Explain(folder, err))
	}
	names, err := fs.Glob(tree, "*.js")
	if err != nil {
		return nil, fmt.Errorf("rule folder: %w", err)
	}
	slices.Sort(names)
	var files []rule.File
	for _, name := range names {
		source, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil, fmt.Errorf("rule file: %w", err)
		}
		files = append(files, rule.File{Name: name, Source: string(source), Version: ruleVersion(source)})
	}
	return files, nil
}

// fillRules puts the rules that ship with the program into the folder, once: when there is none yet.
func fillRules(folder string) error {
	if _, err := os.Stat(folder); err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return fs.WalkDir(scripts.FS, "rules", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(scripts.FS, path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(folder, strings.TrimPrefix(path, "rules/")), data, 0o600)
	})
}

// rulesRetry is how long a failed load of the rules rests before it is tried again.
const rulesRetry = 5 * time.Second

// loadRules gives the workers the rule files. tried is closed after the first attempt, loaded once one
// has succeeded: until then events are stored and wait. In place of a file that does not compile serves
// what stood in it before; where there is nothing the file is left out, loudly, and the others serve.
func (a *App) loadRules(ctx context.Context) (tried, loaded <-chan struct{}) {
	first, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		err := a.takeRules(ctx)
		close(first)
		for err != nil {
			a.opts.Log.Error("rules cannot be loaded; events are stored and wait", "error", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(rulesRetry):
			}
			err = a.takeRules(ctx)
		}
	}()
	return first, done
}

// takeRules is tryRules while nobody changes the folder.
func (a *App) takeRules(ctx context.Context) (err error) {
	a.watch.changing.Lock()
	defer a.watch.changing.Unlock()
	a.watch.tried, err = a.tryRules(ctx)
	return err
}

// tryRules tells which files it looked at.
func (a *App) tryRules(ctx context.Context) (tried string, err error) {
	files, err := RuleFiles(a.opts.Config.Rules)
	if err != nil {
		return "", err
	}
	if files, err = switchedOn(ctx, a.db, files); err != nil {
		return "", err
	}
	loaded, err := a.rules.LoadUsable(ctx, files, a.db.RuleVersions)
	a.tellProblems(loaded)
	if err != nil {
		return "", err
	}
	// What stands in for a file is kept already, and the cases beside it are those of the file.
	own := slices.DeleteFunc(slices.Clone(loaded.Set.Files), func(f rule.File) bool { return loaded.EarlierOf(f.Name) != nil })
	keepVersions(ctx, a.db, a.opts.Config.Rules, own, a.opts.Log)
	keepLeftOut(ctx, a.db, loaded.LeftOut(), a.opts.Log)
	a.opts.Log.Info("rules loaded", "rules", len(loaded.Set.Rules), "version", loaded.Set.Version)
	return ruleVersions(files), nil
}

// tellProblems writes into the log what is wrong with rule files, and what serves in place of each.
func (a *App) tellProblems(loaded script.Usable) {
	for _, p := range loaded.Problems {
		said := []any{"problem", p.Sentence(a.opts.Config.Language)}
		earlier := loaded.EarlierOf(p.File)
		switch {
		case p.Warning:
			a.opts.Log.Warn("a rule file does something doubtful", said...)
		case earlier != nil:
			a.opts.Log.Warn("a rule file has a fault; the version of before serves in its place", append(said, "version", earlier.Version, "of", earlier.At.Format(time.RFC3339))...)
		default:
			a.opts.Log.Error("a rule file has a fault and is left out", said...)
		}
	}
}

// ServesInstead says that an earlier version serves in place of a rule file with a fault; of is when it was
// saved or first seen.
func ServesInstead(version string, of time.Time) Text {
	at := of.Local().Format("02.01 15:04:05")
	return Text{RU: fmt.Sprintf("вместо него работает версия %s от %s", version, at), EN: fmt.Sprintf("version %s of %s serves in its place", version, at)}
}

// RuleTypes gives orderbell.d.ts: what rules see, for editors. Its first line names the program's version.
func RuleTypes(version string) (string, error) {
	types, err := fs.ReadFile(scripts.FS, "types/orderbell.d.ts")
	if err != nil {
		return "", fmt.Errorf("types of rules: %w", err)
	}
	return "// Orderbell " + version + "\n" + string(types), nil
}

// Draft is a rule file that is only tried.
func Draft(name, source string) rule.File {
	return rule.File{Name: name, Source: source, Version: ruleVersion([]byte(source))}
}

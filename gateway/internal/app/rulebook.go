package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/orderbell/orderbell/examples/events"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/pipeline"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/script"
	"github.com/orderbell/orderbell/gateway/internal/store"
	"github.com/orderbell/orderbell/scripts"
)

// RuleBook is the rule files of a folder with what is known of them: versions, cases, and what they would
// have decided. It serves the commands, which have no gateway, and the screen, which has one.
type RuleBook struct {
	opts     Options
	db       *store.DB // nil: a command without a data folder
	policies pipeline.Policies
}

// OpenRuleBook opens the rule files, and the data folder beside them for reading where there is one.
func OpenRuleBook(ctx context.Context, opts Options) (*RuleBook, error) {
	cfg := opts.Config
	now := func() *config.Config { return cfg }
	b := &RuleBook{opts: opts, policies: policies(now)}
	if _, err := os.Stat(filepath.Join(opts.Config.Data, store.FileName)); errors.Is(err, os.ErrNotExist) {
		return b, nil
	}
	db, err := store.Open(ctx, store.Options{Folder: opts.Config.Data, ReadOnly: true, Log: opts.Log, Now: opts.Now, Number: orderNumber(now)})
	if err != nil {
		return nil, err
	}
	b.db = db
	if current, err := readFrom(ctx, opts, db); err == nil { // else by what is declared: trying rules is not the place to complain
		cfg = current.Config
	}
	return b, nil
}

// Close closes the data folder.
func (b *RuleBook) Close() error {
	if b.db == nil {
		return nil
	}
	return b.db.Close()
}

// ErrNoData is asked for what only a data folder has.
var ErrNoData = errors.New("there is no data folder yet: the first run makes it")

// Listed is a rule file with what is known of it.
type Listed struct {
	rule.File
	Rules    []rule.Rule // of the version that serves
	Problems []script.Problem
	Earlier  *rule.Saved // the version that serves in place of one with a fault; nil: none does
	Off      bool        // switched off by a person
	Shipped  bool        // as it came with the program
	Changed  time.Time
}

// List examines every rule file in a process of its own.
func (b *RuleBook) List(ctx context.Context) ([]Listed, error) {
	files, err := RuleFiles(b.opts.Config.Rules)
	if err != nil {
		return nil, err
	}
	return b.describe(ctx, files)
}

// describe examines rule files of the folder, and no others, in a process of their own.
func (b *RuleBook) describe(ctx context.Context, files []rule.File) ([]Listed, error) {
	off, err := b.off(ctx)
	if err != nil {
		return nil, err
	}
	bench, err := b.bench(ctx, files, b.earlier())
	if err != nil {
		return nil, err
	}
	defer bench.stop()
	var list []Listed
	for _, f := range files {
		l := Listed{File: f, Off: off[f.Name], Shipped: f.Version == shippedVersion(f.Name)}
		if info, err := os.Stat(filepath.Join(b.opts.Config.Rules, f.Name)); err == nil {
			l.Changed = info.ModTime()
		}
		for _, r := range bench.pool.Set().Rules {
			if r.File == f.Name {
				l.Rules = append(l.Rules, r)
			}
		}
		for _, p := range bench.loaded.Problems {
			if p.File == f.Name {
				l.Problems = append(l.Problems, p)
			}
		}
		if !l.Off {
			l.Earlier = bench.loaded.EarlierOf(f.Name)
		}
		list = append(list, l)
	}
	return list, nil
}

func (b *RuleBook) off(ctx context.Context) (map[string]bool, error) {
	if b.db == nil {
		return map[string]bool{}, nil
	}
	return b.db.RulesOff(ctx)
}

// shippedVersion is the version of a file as it came with the program; empty: it did not.
func shippedVersion(name string) string {
	source, err := fs.ReadFile(scripts.FS, "rules/"+name)
	if err != nil {
		return ""
	}
	return ruleVersion(source)
}

// ruleVersion is the first 12 hex digits of the SHA-256 of a source.
func ruleVersion(source []byte) string {
	sum := sha256.Sum256(source)
	return hex.EncodeToString(sum[:])[:12]
}

// bench is rules in processes of their own, for the time of one question: what is tried there can slow
// or kill nothing that serves.
type bench struct {
	pool   *script.Pool
	loaded script.Usable
	stop   func()
}

// earlier finds what stood in a rule file before; nil: nothing is kept without a data folder.
func (b *RuleBook) earlier() script.Earlier {
	if b.db == nil {
		return nil
	}
	return b.db.RuleVersions
}

// bench lets files serve on a bench; those with a fault are told, and left out unless there is an earlier
// version.
func (b *RuleBook) bench(ctx context.Context, files []rule.File, earlier script.Earlier) (*bench, error) {
	running, cancel := context.WithCancel(ctx)
	pool := newPool(b.opts)
	done := make(chan struct{})
	go func() { defer close(done); pool.Run(running) }()
	stop := func() { cancel(); <-done }
	loaded, err := pool.LoadUsable(ctx, files, earlier)
	if err != nil {
		stop()
		return nil, err
	}
	return &bench{pool: pool, loaded: loaded, stop: stop}, nil
}

// ruleName is what a rule file may be called.
var ruleName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,60}\.js$`)

// casesName is the name of the cases beside a rule file.
func casesName(file string) string { return strings.TrimSuffix(file, ".js") + ".cases.json" }

// cases reads the cases beside a rule file; none is no error.
func (b *RuleBook) cases(file string) (string, error) { return casesOf(b.opts.Config.Rules, file) }

func casesOf(folder, file string) (string, error) {
	data, err := os.ReadFile(filepath.Join(folder, casesName(file))) // #nosec G304 -- a name of ours in the rule folder
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
			data, _ = fs.ReadFile(scripts.FS, "rules/"+casesName(file)) // a folder that the first run will fill
		}
		return string(data), nil
	}
	return string(data), err
}

// Tested is what became of the cases of one file.
type Tested struct {
	File  string
	Cases []pipeline.CaseResult
	Err   error // the cases cannot be read
}

// Test runs the cases of the named files, of all where none is named.
func (b *RuleBook) Test(ctx context.Context, names []string) ([]Tested, []script.Problem, error) {
	files, err := RuleFiles(b.opts.Config.Rules)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		if !slices.ContainsFunc(files, func(f rule.File) bool { return f.Name == name }) {
			return nil, nil, &NoRuleError{Name: name, Folder: b.opts.Config.Rules}
		}
	}
	bench, err := b.bench(ctx, files, nil)
	if err != nil {
		return nil, nil, err
	}
	defer bench.stop()
	problems := bench.loaded.Problems
	var tested []Tested
	for _, f := range files {
		if len(names) > 0 && !slices.Contains(names, f.Name) {
			continue
		}
		text, err := b.cases(f.Name)
		if err != nil {
			return nil, problems, err
		}
		t := Tested{File: f.Name}
		if t.Cases, t.Err = b.runCases(ctx, bench, f.Name, text); ctx.Err() != nil {
			return nil, problems, ctx.Err()
		}
		tested = append(tested, t)
	}
	return tested, problems, nil
}

func (b *RuleBook) runCases(ctx context.Context, bench *bench, file, text string) ([]pipeline.CaseResult, error) {
	cases, err := rule.ParseCases([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", casesName(file), err)
	}
	runner := pipeline.Cases{Rules: bench.pool, Sample: sample, Now: b.opts.Now}
	return runner.Run(ctx, file, cases)
}

// sample finds a posting that came with the program.
func sample(name string) ([]byte, error) {
	data, err := fs.ReadFile(events.FS, name)
	if err != nil {
		return nil, fmt.Errorf("there is no sample %q; give the posting itself: {\"body\": \"…\"}", name)
	}
	return data, nil
}

// NoRuleError says that there is no such rule file.
type NoRuleError struct{ Name, Folder string }

// Error says it in English.
func (e *NoRuleError) Error() string { return e.Sentence("en") }

// Sentence says it in a language.
func (e *NoRuleError) Sentence(lang string) string {
	text := Text{
		RU: "файла правил %q нет в папке %s; что там есть, покажет orderbell rule list",
		EN: "there is no rule file %q in %s; orderbell rule list shows what is there",
	}
	return fmt.Sprintf(text.In(lang), e.Name, e.Folder)
}

package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

type ruleCommand struct {
	List    ruleListCommand    `cmd:"" help:"${rule_list}"`
	Test    ruleTestCommand    `cmd:"" help:"${rule_test}"`
	Run     ruleRunCommand     `cmd:"" help:"${rule_run}"`
	Compare ruleCompareCommand `cmd:"" help:"${rule_compare}"`
	Types   ruleTypesCommand   `cmd:"" help:"${rule_types}"`
}

// book opens the rule files of the configuration.
func (f configFlags) book(ctx context.Context, s *session) (*app.RuleBook, error) {
	cfg, err := f.load(s)
	if err != nil {
		return nil, err
	}
	return app.OpenRuleBook(ctx, s.options(cfg, s.quiet()))
}

type ruleListCommand struct {
	configFlags
	JSON bool `name:"json" help:"${json}"`
}

// listedRule is a rule file for people and programs.
type listedRule struct {
	File     string   `json:"file"`
	Version  string   `json:"version"`
	Serves   bool     `json:"serves"` // the file as it is; else see Earlier
	Off      bool     `json:"off"`
	Shipped  bool     `json:"shipped"`
	Rules    []string `json:"rules"` // of the version that serves
	Problems []string `json:"problems"`
	// Earlier is the version that serves in place of a file with a fault.
	Earlier *standIn `json:"earlier,omitempty"`
}

// standIn is an earlier version of a rule file that serves in place of it.
type standIn struct {
	Version string    `json:"version"`
	Of      time.Time `json:"of"` // when it was saved or first seen
}

// in tells it.
func (i standIn) in(lang string) string {
	return app.ServesInstead(i.Version, i.Of).In(lang)
}

func (c *ruleListCommand) Run(ctx context.Context, s *session) error {
	book, err := c.book(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = book.Close() }()
	listed, err := book.List(ctx)
	if err != nil {
		return err
	}
	all := []listedRule{}
	broken := 0
	for _, l := range listed {
		row := listedRule{File: l.Name, Version: l.Version, Off: l.Off, Shipped: l.Shipped, Rules: []string{}, Problems: []string{}, Serves: !l.Off}
		for _, r := range l.Rules {
			row.Rules = append(row.Rules, r.Name)
		}
		if l.Earlier != nil {
			row.Earlier = &standIn{Version: l.Earlier.Version, Of: l.Earlier.At}
		}
		for _, p := range l.Problems {
			row.Problems = append(row.Problems, p.Sentence(s.lang))
			row.Serves = row.Serves && p.Warning
		}
		if !row.Serves && !row.Off {
			broken++
		}
		all = append(all, row)
	}
	if c.JSON {
		err = printJSON(s.out, all)
	} else {
		err = printRules(s, all)
	}
	if err == nil && broken > 0 {
		err = fmt.Errorf(word{"файлов правил с ошибкой: %d", "rule files with a fault: %d"}.pick(s.lang), broken)
	}
	return err
}

func printRules(s *session, all []listedRule) error {
	rows := [][]string{{word{"ФАЙЛ", "FILE"}.pick(s.lang), word{"ВЕРСИЯ", "VERSION"}.pick(s.lang), word{"СОСТОЯНИЕ", "STATE"}.pick(s.lang), word{"ПРАВИЛА", "RULES"}.pick(s.lang)}}
	for _, r := range all {
		state := word{"работает", "serves"}
		switch {
		case r.Off:
			state = word{"выключен", "off"}
		case r.Earlier != nil:
			state = word{"с ошибкой, работает прежняя версия", "has a fault, an earlier version serves"}
		case !r.Serves:
			state = word{"с ошибкой, не работает", "has a fault, does not serve"}
		}
		rows = append(rows, []string{oneLine(r.File, 80), r.Version, state.pick(s.lang), oneLine(strings.Join(r.Rules, ", "), 120)})
	}
	if err := table(s.out, rows); err != nil {
		return err
	}
	for _, r := range all {
		for _, p := range r.Problems {
			if _, err := fmt.Fprintln(s.out, oneLine(p, 400)); err != nil {
				return err
			}
		}
		if r.Earlier == nil {
			continue
		}
		if _, err := fmt.Fprintf(s.out, "%s: %s\n", oneLine(r.File, 80), r.Earlier.in(s.lang)); err != nil {
			return err
		}
	}
	return nil
}

type ruleTypesCommand struct {
	Out string `name:"out" type:"path" help:"${rule_types_out}"`
}

func (c *ruleTypesCommand) Run(s *session) error {
	types, err := app.RuleTypes(s.Version)
	if err != nil {
		return err
	}
	if c.Out == "" {
		_, err = fmt.Fprint(s.out, types)
		return err
	}
	if err := os.WriteFile(c.Out, []byte(types), 0o600); err != nil {
		return &fileError{file: c.Out, err: err, writing: true}
	}
	return nil
}

// draft reads a rule file that is tried in place of the one of its name.
func draft(s *session, file string) (*rule.File, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // no draft is what was asked for
	}
	source, err := readInput(s, file)
	if err != nil {
		return nil, err
	}
	f := app.Draft(filepath.Base(file), string(source))
	return &f, nil
}

package cli

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

type ruleTestCommand struct {
	configFlags
	Files []string `arg:"" optional:"" name:"file" help:"${rule_files}"`
	JSON  bool     `name:"json" help:"${json}"`
}

// testedCase is the result of one case.
type testedCase struct {
	File   string        `json:"file"`
	Case   string        `json:"case"`
	Passed bool          `json:"passed"`
	Error  string        `json:"error,omitempty"`
	Want   []rule.Saying `json:"want,omitempty"`
	Got    []rule.Saying `json:"got,omitempty"`
}

func (c *ruleTestCommand) Run(ctx context.Context, s *session) error {
	book, err := c.book(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = book.Close() }()
	for i := range c.Files {
		c.Files[i] = filepath.Base(c.Files[i]) // rules/order-ready.js is what a shell completes
	}
	tested, problems, err := book.Test(ctx, c.Files)
	if err != nil {
		return err
	}
	results := []testedCase{}
	failed := 0
	for _, p := range problems {
		if !p.Warning {
			results = append(results, testedCase{File: p.File, Error: p.Sentence(s.lang)})
			failed++
		}
	}
	for _, t := range tested {
		for _, r := range resultsOf(t, s.lang) {
			results = append(results, r)
			if !r.Passed {
				failed++
			}
		}
	}
	if c.JSON {
		err = printJSON(s.out, results)
	} else {
		err = printCases(s, results)
	}
	if err == nil && failed > 0 {
		err = fmt.Errorf(word{"не прошло: %d из %d", "%d of %d failed"}.pick(s.lang), failed, len(results))
	}
	return err
}

func resultsOf(t app.Tested, lang string) []testedCase {
	if t.Err != nil {
		return []testedCase{{File: t.File, Error: spoken(t.Err, lang)}}
	}
	var all []testedCase
	for _, r := range t.Cases {
		one := testedCase{File: t.File, Case: r.Name, Passed: r.Passed}
		if r.Err != nil {
			one.Error = spoken(r.Err, lang)
		} else if !r.Passed {
			one.Want, one.Got = r.Want, r.Got
		}
		all = append(all, one)
	}
	return all
}

func printCases(s *session, results []testedCase) error {
	for _, r := range results {
		mark := "✓"
		if !r.Passed {
			mark = "✗"
		}
		if _, err := fmt.Fprintf(s.out, "%s %s  %s\n", mark, oneLine(r.File, 80), oneLine(r.Case, 200)); err != nil {
			return err
		}
		if r.Error != "" {
			_, _ = fmt.Fprintf(s.out, "    %s\n", oneLine(r.Error, 400))
		}
		if len(r.Want)+len(r.Got) > 0 {
			_, _ = fmt.Fprintf(s.out, "    %s\n", word{"ожидалось:", "wanted:"}.pick(s.lang))
			printSayings(s, r.Want)
			_, _ = fmt.Fprintf(s.out, "    %s\n", word{"получилось:", "got:"}.pick(s.lang))
			printSayings(s, r.Got)
		}
	}
	return nil
}

func printSayings(s *session, all []rule.Saying) {
	if len(all) == 0 {
		_, _ = fmt.Fprintf(s.out, "      %s\n", word{"(ничего)", "(nothing)"}.pick(s.lang))
	}
	for _, one := range all {
		what := "skip: " + one.Skip
		switch {
		case one.Error != "":
			what = "error: " + one.Error
		case one.Text != "":
			what = "«" + one.Text + "»"
		}
		_, _ = fmt.Fprintf(s.out, "      %s %s %s\n", one.Change, one.Rule, oneLine(what, 300))
	}
}

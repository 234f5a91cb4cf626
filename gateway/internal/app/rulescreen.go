package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/pipeline"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/script"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// ruleScreen is the rules as the screen shows and changes them. It implements adminapi.Rules.
type ruleScreen struct {
	*RuleBook
	serving *script.Pool
	watch   *ruleWatch // looks at the same folder
	// price tells what a text would cost at the first account of the route; nil where nobody tells.
	price func(ctx context.Context, text string) *adminapi.Money
	audit adminapi.AuditLog
}

// CheckRule compiles a draft beside the other files and runs its cases.
func (s *ruleScreen) CheckRule(ctx context.Context, draft adminapi.RuleDraft, lang string) (adminapi.RuleCheck, error) {
	found, err := s.examine(ctx, draft)
	return found.in(lang), err
}

// examined is what a look at a draft found, before it is put into a language.
type examined struct {
	file     string
	problems []script.Problem
	rules    []string
	cases    []pipeline.CaseResult
	unread   error // why the cases cannot be read
}

func (s *ruleScreen) examine(ctx context.Context, draft adminapi.RuleDraft) (examined, error) {
	found := examined{file: draft.Name, rules: []string{}}
	file := Draft(draft.Name, draft.Source)
	files, err := s.active(ctx, &file)
	if err != nil {
		return found, err
	}
	bench, err := s.bench(ctx, files, nil)
	if err != nil {
		return found, err
	}
	defer bench.stop()
	found.problems = slices.DeleteFunc(bench.loaded.Problems, func(p script.Problem) bool { return p.File != draft.Name })
	for _, r := range bench.pool.Set().Rules {
		if r.File == draft.Name {
			found.rules = append(found.rules, r.Name)
		}
	}
	if len(found.rules) == 0 {
		return found, nil // it does not compile: its cases would say the same again
	}
	found.cases, found.unread = s.runCases(ctx, bench, draft.Name, draft.Cases)
	return found, ctx.Err()
}

func (e examined) in(lang string) adminapi.RuleCheck {
	check := adminapi.RuleCheck{Faults: ruleFaults(e.problems, lang), Cases: []adminapi.CaseResult{}, Rules: e.rules}
	if e.unread != nil {
		check.Faults = append(check.Faults, adminapi.RuleFault{Severity: "error", Where: casesName(e.file), Text: textOf(e.unread).In(lang)})
	}
	for _, r := range e.cases {
		result := adminapi.CaseResult{Name: r.Name, Passed: r.Passed}
		switch {
		case r.Err != nil:
			result.Detail = textOf(r.Err).In(lang)
		case !r.Passed:
			result.Detail = unlike(r.Want, r.Got, lang)
		}
		check.Cases = append(check.Cases, result)
	}
	return check
}

// unlike says what was wanted and what came, a line each.
func unlike(want, got []rule.Saying, lang string) string {
	var b strings.Builder
	list := func(title string, all []rule.Saying) {
		b.WriteString(title)
		if len(all) == 0 {
			b.WriteString(" —\n")
			return
		}
		b.WriteByte('\n')
		for _, one := range all {
			what := "skip: " + one.Skip
			switch {
			case one.Error != "":
				what = "error: " + one.Error
			case one.Text != "":
				what = "«" + one.Text + "»"
			}
			fmt.Fprintf(&b, "  %s: %s\n", one.Change, what)
		}
	}
	list(Text{RU: "Ожидалось:", EN: "Wanted:"}.In(lang), want)
	list(Text{RU: "Получилось:", EN: "Got:"}.In(lang), got)
	return strings.TrimRight(b.String(), "\n")
}

// SaveRule saves a file that compiles and passes its cases, and lets it serve.
func (s *ruleScreen) SaveRule(ctx context.Context, who adminapi.Caller, draft adminapi.RuleDraft, base, lang string) (adminapi.RuleSource, error) {
	s.watch.changing.Lock()
	defer s.watch.changing.Unlock()
	if !ruleName.MatchString(draft.Name) {
		return adminapi.RuleSource{}, problem.RefuseField("name", problem.FieldInvalid)
	}
	current, err := s.current(draft.Name)
	switch {
	case err != nil:
		return adminapi.RuleSource{}, err
	case current == nil && base != "", current != nil && current.Version != base:
		return adminapi.RuleSource{}, problem.Refuse(problem.Stale)
	}
	if err := s.judge(ctx, draft); err != nil {
		return adminapi.RuleSource{}, err
	}
	file := Draft(draft.Name, draft.Source)
	changes, err := s.changes(current, file, draft.Cases)
	if err != nil {
		return adminapi.RuleSource{}, err
	}
	err = s.act(ctx, who.Record().Changed(changes...), func() error {
		if err := s.db.AddRuleVersion(ctx, rule.Saved{File: file, Cases: draft.Cases, By: who.Name}); err != nil {
			return err
		}
		return s.write(draft)
	})
	if err != nil {
		return adminapi.RuleSource{}, err
	}
	return s.Rule(ctx, draft.Name, "", lang)
}

// act changes the rules and lets them serve. What cannot be written down is not done; the line about what is
// refused then is the caller's.
func (s *ruleScreen) act(ctx context.Context, r access.Record, do func() error) error {
	begun, err := s.audit.Begin(ctx, r)
	if err != nil {
		return err
	}
	if err = do(); err == nil {
		err = s.serve(ctx)
	}
	if err != nil {
		r = access.Record{}
	}
	if ended := s.audit.End(ctx, begun, r); ended != nil {
		s.opts.Log.Error("the audit log does not say yet how a change of the rules ended", "error", ended)
	}
	return err
}

// changes tells, for the audit log, what a save changes: the versions, which can be looked at, and whether
// the cases did. These are events of somebody's guests.
func (s *ruleScreen) changes(current *rule.File, file rule.File, cases string) ([]access.Change, error) {
	old, now := map[string]string{}, map[string]string{"version": file.Version, "cases": cases}
	if current != nil {
		before, err := s.cases(file.Name)
		if err != nil {
			return nil, err
		}
		old["version"], old["cases"] = current.Version, before
	}
	return access.Changes(old, now, func(field string) bool { return field == "cases" }), nil
}

// judge refuses a draft that does not compile or fails one of its cases.
func (s *ruleScreen) judge(ctx context.Context, draft adminapi.RuleDraft) error {
	refusal := problem.Refuse(problem.RuleBroken)
	found, err := s.examine(ctx, draft)
	if err != nil {
		return err
	}
	ru, en := found.in("ru"), found.in("en")
	for i, f := range ru.Faults {
		if f.Severity == "error" {
			refusal.Fields = append(refusal.Fields, problem.FieldFault{Field: f.Where, Code: problem.RuleBroken, RU: f.Text, EN: en.Faults[i].Text})
		}
	}
	for i, c := range ru.Cases {
		if !c.Passed {
			refusal.Fields = append(refusal.Fields, problem.FieldFault{Field: c.Name, Code: problem.RuleBroken, RU: c.Detail, EN: en.Cases[i].Detail})
		}
	}
	if len(refusal.Fields) > 0 {
		return refusal
	}
	return nil
}

// write puts a file and its cases into the folder. The source comes last and in one step: whoever looks
// at the folder meanwhile sees the old file or the new one.
func (s *ruleScreen) write(draft adminapi.RuleDraft) error {
	cases := filepath.Join(s.opts.Config.Rules, casesName(draft.Name))
	var err error
	if strings.TrimSpace(draft.Cases) == "" {
		if err = os.Remove(cases); errors.Is(err, os.ErrNotExist) {
			err = nil
		}
	} else {
		err = replaceFile(cases, draft.Cases)
	}
	if err != nil {
		return fmt.Errorf("rule folder: %w", err)
	}
	if err := replaceFile(filepath.Join(s.opts.Config.Rules, draft.Name), draft.Source); err != nil {
		return fmt.Errorf("rule folder: %w", err)
	}
	return nil
}

func replaceFile(path, text string) error {
	temp := path + ".new"
	if err := os.WriteFile(temp, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// serve lets what stands in the folder serve. The watch is told, so that it does not look again.
func (s *ruleScreen) serve(ctx context.Context) error {
	files, err := s.active(ctx, nil)
	if err != nil {
		return err
	}
	_, problems, err := s.serving.Load(ctx, files)
	if err != nil {
		return err
	}
	for _, p := range problems {
		if !p.Warning {
			return &problem.Refusal{Code: problem.RuleBroken, Fields: []problem.FieldFault{{
				Field: p.Where(), Code: problem.RuleBroken, RU: p.Sentence("ru"), EN: p.Sentence("en"),
			}}}
		}
	}
	s.watch.tried, s.watch.told = ruleVersions(files), ""
	keepLeftOut(ctx, s.db, nil, s.opts.Log)
	return nil
}

// EnableRule switches a file on or off.
func (s *ruleScreen) EnableRule(ctx context.Context, who adminapi.Caller, name string, enabled bool) (adminapi.RuleFile, error) {
	s.watch.changing.Lock()
	defer s.watch.changing.Unlock()
	if current, err := s.current(name); err != nil || current == nil {
		return adminapi.RuleFile{}, errors.Join(err, problem.Refuse(problem.NoSuchThing))
	}
	off, err := s.db.RulesOff(ctx)
	if err != nil {
		return adminapi.RuleFile{}, err
	}
	was, is := map[string]string{"enabled": strconv.FormatBool(!off[name])}, map[string]string{"enabled": strconv.FormatBool(enabled)}
	err = s.act(ctx, who.Record().Changed(access.Changes(was, is, nil)...), func() error {
		_, err := s.db.SwitchRule(ctx, name, enabled, who.Name)
		return err
	})
	if err != nil {
		return adminapi.RuleFile{}, err
	}
	source, err := s.Rule(ctx, name, "", who.Language)
	return source.RuleFile, err
}

// DeleteRule removes a file. Its versions stay, so that it can be restored. The last one cannot go:
// notifications are switched off on their page.
func (s *ruleScreen) DeleteRule(ctx context.Context, who adminapi.Caller, name string) error {
	s.watch.changing.Lock()
	defer s.watch.changing.Unlock()
	files, err := RuleFiles(s.opts.Config.Rules)
	at := slices.IndexFunc(files, func(f rule.File) bool { return f.Name == name })
	switch {
	case err != nil:
		return err
	case at < 0:
		return problem.Refuse(problem.NoSuchThing)
	case len(files) == 1:
		return problem.Refuse(problem.InUse)
	}
	return s.act(ctx, who.Record().Changed(access.Change{Field: "version", Old: files[at].Version}), func() error {
		if err := os.Remove(filepath.Join(s.opts.Config.Rules, name)); err != nil {
			return fmt.Errorf("rule folder: %w", err)
		}
		if err := os.Remove(filepath.Join(s.opts.Config.Rules, casesName(name))); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("rule folder: %w", err)
		}
		_, err := s.db.SwitchRule(ctx, name, true, who.Name)
		return err
	})
}

// RestoreRule makes a former version the current one; it must still compile and pass its cases.
func (s *ruleScreen) RestoreRule(ctx context.Context, who adminapi.Caller, name, version, lang string) (adminapi.RuleSource, error) {
	saved, err := s.db.RuleVersion(ctx, name, version)
	if errors.Is(err, store.ErrNotFound) {
		err = problem.Refuse(problem.NoSuchThing)
	}
	if err != nil {
		return adminapi.RuleSource{}, err
	}
	base := ""
	if current, err := s.current(name); err != nil {
		return adminapi.RuleSource{}, err
	} else if current != nil {
		base = current.Version
	}
	return s.SaveRule(ctx, who, adminapi.RuleDraft{Name: name, Source: saved.Source, Cases: saved.Cases}, base, lang)
}

package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/script"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// Rules lists the rule files.
func (s *ruleScreen) Rules(ctx context.Context, lang string) ([]adminapi.RuleFile, error) {
	listed, err := s.List(ctx)
	if err != nil {
		return nil, err
	}
	files := make([]adminapi.RuleFile, 0, len(listed))
	for _, l := range listed {
		files = append(files, s.shown(ctx, l, lang))
	}
	return files, nil
}

// shown is a file with what those that serve know of it: whether it fails, and who saved it.
func (s *ruleScreen) shown(ctx context.Context, l Listed, lang string) adminapi.RuleFile {
	f := ruleFile(l, lang)
	disabled := s.serving.Disabled()
	for _, r := range l.Rules {
		if slices.Contains(disabled, r.Name) {
			f.Failing = fmt.Sprintf(Text{
				RU: "правило «%s» слишком часто завершалось ошибкой и выключено; исправьте и сохраните его",
				EN: "the rule “%s” failed too often and was switched off; correct it and save it",
			}.In(lang), r.Name)
		}
	}
	if versions, err := s.db.RuleVersions(ctx, l.Name); err == nil && len(versions) > 0 && versions[0].Version == l.Version {
		f.ChangedAt, f.ChangedBy = versions[0].At, versions[0].By
	}
	return f
}

func ruleFile(l Listed, lang string) adminapi.RuleFile {
	f := adminapi.RuleFile{
		Name: l.Name, Version: l.Version, Enabled: !l.Off, Shipped: l.Shipped, ChangedAt: l.Changed,
		Rules: []string{}, On: []string{}, Faults: ruleFaults(l.Problems, lang),
	}
	for _, r := range l.Rules {
		f.Rules = append(f.Rules, r.Name)
		for _, kind := range r.On {
			if !slices.Contains(f.On, string(kind)) {
				f.On = append(f.On, string(kind))
			}
		}
	}
	return f
}

func ruleFaults(problems []script.Problem, lang string) []adminapi.RuleFault {
	faults := []adminapi.RuleFault{}
	for _, p := range problems {
		severity := "error"
		if p.Warning {
			severity = "warning"
		}
		text := strings.TrimPrefix(p.Sentence(lang), p.Where()+": ")
		faults = append(faults, adminapi.RuleFault{Severity: severity, Where: p.Where(), Line: p.Line, Column: p.Column, Text: text})
	}
	return faults
}

// Rule gives a file with its source: the current version, or a former one.
func (s *ruleScreen) Rule(ctx context.Context, name, version, lang string) (adminapi.RuleSource, error) {
	if version != "" {
		saved, err := s.db.RuleVersion(ctx, name, version)
		if errors.Is(err, store.ErrNotFound) {
			return adminapi.RuleSource{}, problem.Refuse(problem.NoSuchThing)
		}
		source := adminapi.RuleSource{Source: saved.Source, Cases: saved.Cases}
		source.RuleFile = ruleFile(Listed{File: saved.File, Changed: saved.At}, lang)
		source.ChangedBy = saved.By
		return source, err
	}
	current, err := s.current(name)
	if err != nil || current == nil {
		return adminapi.RuleSource{}, errors.Join(err, problem.Refuse(problem.NoSuchThing))
	}
	listed, err := s.describe(ctx, []rule.File{*current})
	if err != nil {
		return adminapi.RuleSource{}, err
	}
	alone := listed[0]
	alone.Problems = append(alone.Problems, s.takenNames(alone)...)
	cases, err := s.cases(name)
	return adminapi.RuleSource{RuleFile: s.shown(ctx, alone, lang), Source: current.Source, Cases: cases}, err
}

// takenNames are the faults that a file has only beside the others: names that one of them serves under.
func (s *ruleScreen) takenNames(l Listed) (found []script.Problem) {
	for _, r := range s.serving.Set().Rules {
		if r.File == l.Name {
			continue
		}
		if slices.ContainsFunc(l.Rules, func(own rule.Rule) bool { return own.Name == r.Name }) {
			found = append(found, script.Problem{File: l.Name, Code: script.SameName, Detail: r.Name})
		}
	}
	return found
}

// current gives a file as it is on disk; nil: there is none.
func (s *ruleScreen) current(name string) (*rule.File, error) {
	files, err := RuleFiles(s.opts.Config.Rules)
	if err != nil {
		return nil, err
	}
	for i := range files {
		if files[i].Name == name {
			return &files[i], nil
		}
	}
	return nil, nil //nolint:nilnil // no file is an answer
}

// RuleVersions lists the versions of a file, newest first.
func (s *ruleScreen) RuleVersions(ctx context.Context, name string) ([]adminapi.RuleVersion, error) {
	saved, err := s.db.RuleVersions(ctx, name)
	if err != nil {
		return nil, err
	}
	current, err := s.current(name)
	if err != nil {
		return nil, err
	}
	versions := []adminapi.RuleVersion{}
	for _, v := range saved {
		versions = append(versions, adminapi.RuleVersion{
			Version: v.Version, SavedAt: v.At, SavedBy: v.By, Size: len(v.Source),
			Current: current != nil && current.Version == v.Version,
		})
	}
	return versions, nil
}

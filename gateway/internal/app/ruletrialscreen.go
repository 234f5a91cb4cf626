package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/pipeline"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// TestRule puts a stored event, an order or a posting to the rules, with a draft or as they are.
func (s *ruleScreen) TestRule(ctx context.Context, test adminapi.RuleTest, lang string) ([]adminapi.Trial, error) {
	var with *rule.File
	if test.Draft != nil {
		file := Draft(test.Draft.Name, test.Draft.Source)
		with = &file
	}
	var played Played
	var err error
	switch {
	case test.EventID != "":
		played, err = s.TryEvent(ctx, test.EventID, with)
	case test.OrderID != "":
		played, err = s.TryOrder(ctx, test.OrderID, with)
	case test.Body != "":
		played, err = s.TryBody(ctx, []byte(test.Body), with)
	default:
		return nil, problem.RefuseField("event_id", problem.FieldRequired)
	}
	return trials(played.Tried, err, lang)
}

// trials puts what was tried into the words of the screen, and a failure into a refusal.
func trials(tried []pipeline.Tried, err error, lang string) ([]adminapi.Trial, error) {
	if err != nil {
		return nil, refuseTrial(err)
	}
	list := []adminapi.Trial{}
	for _, t := range tried {
		list = append(list, trialOf(t, lang))
	}
	return list, nil
}

func refuseTrial(err error) error {
	if broken, ok := errors.AsType[*BrokenError](err); ok {
		refusal := problem.Refuse(problem.RuleBroken)
		for _, p := range broken.Problems {
			refusal.Fields = append(refusal.Fields, problem.FieldFault{Field: p.Where(), Code: problem.RuleBroken, RU: p.Sentence("ru"), EN: p.Sentence("en")})
		}
		return refusal
	}
	if unread, ok := errors.AsType[*kds.Error](err); ok {
		return &problem.Refusal{Code: problem.FieldsInvalid, Fields: []problem.FieldFault{{
			Field: "body", Code: problem.FieldInvalid, RU: unread.Sentence("ru"), EN: unread.Sentence("en"),
		}}}
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return problem.Refuse(problem.NoSuchThing)
	case errors.Is(err, ErrBodyGone):
		return problem.Refuse(problem.NotNow)
	default:
		return err
	}
}

func trialOf(t pipeline.Tried, lang string) adminapi.Trial {
	d := t.Decision
	trial := adminapi.Trial{
		Rule: d.Rule, Version: d.RuleVersion, Change: string(d.Change.Kind), OrderNo: t.Number, Outcome: string(d.Outcome),
		Reason: string(d.Reason), Messages: []adminapi.TrialText{}, Log: t.Result.Log, Micros: t.Took.Microseconds(),
	}
	if trial.Log == nil {
		trial.Log = []string{}
	}
	trial.Why = whyOf(d, lang)
	for _, m := range d.Messages {
		trial.Messages = append(trial.Messages, adminapi.TrialText{To: m.To.String(), Text: m.Text, Segments: m.Segments, Dedupe: m.Dedupe})
	}
	if d.Outcome == rule.Waiting { // what would go out once the guest leaves a phone
		for _, draft := range t.Result.Messages {
			trial.Messages = append(trial.Messages, adminapi.TrialText{Text: draft.Text, Segments: message.CountSegments(draft.Text).Parts, Dedupe: draft.Dedupe})
		}
	}
	if e := t.Result.Err; e != nil {
		trial.Error = &adminapi.RuleFault{Severity: "error", Where: e.Where, Text: e.Sentence(lang)}
		var line int
		if _, err := fmt.Sscanf(lastPart(e.Where), "%d", &line); err == nil {
			trial.Error.Line = line
		}
	}
	return trial
}

func lastPart(where string) string {
	for i := len(where) - 1; i >= 0; i-- {
		if where[i] == ':' {
			return where[i+1:]
		}
	}
	return ""
}

// whyOf says in words why a rule decided as it did; empty where it sends.
func whyOf(d rule.Decision, lang string) string {
	switch {
	case d.Outcome == rule.Sends:
		return ""
	case d.Outcome == rule.Waiting:
		return Text{RU: "ждёт телефон гостя", EN: "waits for the guest's phone"}.In(lang)
	case d.Reason == message.RuleSkipped || d.Reason == message.RuleFailed:
		return d.Note
	default:
		return message.Sentence(d.Reason, lang)
	}
}

// CompareRule says what a draft would have changed over the last days.
func (s *ruleScreen) CompareRule(ctx context.Context, draft adminapi.RuleDraft, days int, _ string) (adminapi.RuleComparison, error) {
	found, err := s.Compare(ctx, Draft(draft.Name, draft.Source), days)
	if err != nil {
		return adminapi.RuleComparison{}, refuseTrial(err)
	}
	const most = 100
	c := adminapi.RuleComparison{
		Days: found.Days, Events: found.Events, Added: found.Added, Removed: found.Removed, Changed: found.Changed,
		Same: found.Same, Failed: found.Failed, Cut: found.Cut, Examples: []adminapi.RuleDifference{},
	}
	if found.Segments != 0 {
		c.Cost = s.costOf(ctx, found.Segments)
	}
	for i, d := range found.Differences {
		if i == most {
			break
		}
		c.Examples = append(c.Examples, adminapi.RuleDifference{
			OrderID: d.OrderID, OrderNumber: d.Number, At: d.At, Change: string(d.Change), Kind: string(d.Kind), Before: d.Before, After: d.After,
		})
	}
	return c, nil
}

// onePart is a text of one part, by which the others are priced: operators charge by the part.
const onePart = "Заказ 12.1 готов"

// priceTime bounds how long the provider is waited for: without the price a comparison is still one.
const priceTime = 5 * time.Second

// costOf is what so many parts cost; nil where the provider does not tell.
func (s *ruleScreen) costOf(ctx context.Context, parts int) *adminapi.Money {
	ctx, cancel := context.WithTimeout(ctx, priceTime)
	defer cancel()
	one := s.price(ctx, onePart)
	if one == nil {
		return nil
	}
	return times(*one, parts)
}

// RuleTypes gives the declarations for the editor.
func (s *ruleScreen) RuleTypes() string {
	types, err := RuleTypes(s.opts.Version)
	if err != nil {
		return "// " + err.Error()
	}
	return types
}

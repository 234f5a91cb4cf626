package adminapi

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// RuleFile is a rule file as the list shows it.
type RuleFile struct {
	Name      string      `json:"name" doc:"order-stage.js"`
	Rules     []string    `json:"rules" nullable:"false" doc:"Names of the rules that it declares."`
	On        []string    `json:"on" nullable:"false" doc:"What they listen to."`
	Version   string      `json:"version" doc:"First 12 hex digits of the SHA-256 of the source."`
	Enabled   bool        `json:"enabled"`
	Shipped   bool        `json:"shipped" doc:"Came with the program and is unchanged."`
	Faults    []RuleFault `json:"faults" nullable:"false" doc:"Why the file on disk does not serve; the version before it does."`
	Failing   string      `json:"failing,omitempty" doc:"Why it was switched off after failing too often."`
	ChangedAt time.Time   `json:"changed_at"`
	ChangedBy string      `json:"changed_by,omitempty"`
}

// RuleSource is a rule file with its text and its cases.
type RuleSource struct {
	RuleFile
	Source string `json:"source"`
	Cases  string `json:"cases" doc:"NAME.cases.json; empty: none."`
}

// RuleFault is what is wrong with a rule, and where.
type RuleFault struct {
	Severity string `json:"severity" enum:"error,warning"`
	Where    string `json:"where" doc:"order-stage.js:14:3"`
	Line     int    `json:"line" doc:"From 1; 0: the file as a whole."`
	Column   int    `json:"column"`
	Text     string `json:"text"`
	Cure     string `json:"cure,omitempty"`
}

// RuleVersion is a version of a rule file.
type RuleVersion struct {
	Version string    `json:"version"`
	SavedAt time.Time `json:"saved_at"`
	SavedBy string    `json:"saved_by"`
	Size    int       `json:"size"`
	Current bool      `json:"current"`
}

// CaseResult is what became of one case of a rule file.
type CaseResult struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	Detail string `json:"detail,omitempty" doc:"What was wanted and what came."`
}

// RuleDraft is a rule file that is not saved.
type RuleDraft struct {
	Name   string `json:"name" pattern:"^[a-z0-9][a-z0-9-]{0,60}\\.js$"`
	Source string `json:"source" maxLength:"65536"`
	Cases  string `json:"cases,omitempty" maxLength:"262144"`
}

// RuleCheck is what a look at a draft found.
type RuleCheck struct {
	Faults []RuleFault  `json:"faults" nullable:"false"`
	Cases  []CaseResult `json:"cases" nullable:"false"`
	Rules  []string     `json:"rules" nullable:"false"`
}

// RuleTest asks what a draft would decide on real events.
type RuleTest struct {
	Draft   *RuleDraft `json:"draft,omitempty" doc:"Absent: the rules that serve now."`
	EventID string     `json:"event_id,omitempty" maxLength:"64"`
	OrderID string     `json:"order_id,omitempty" maxLength:"64"`
	Body    string     `json:"body,omitempty" maxLength:"262144" doc:"A posting as text, instead of a stored one."`
}

// RuleComparison is the difference that a draft would have made over past events.
type RuleComparison struct {
	Days     int              `json:"days"`
	Events   int              `json:"events" doc:"Looked at."`
	Added    int              `json:"added" doc:"Texts that would have gone out as well."`
	Removed  int              `json:"removed"`
	Changed  int              `json:"changed"`
	Same     int              `json:"same"`
	Failed   int              `json:"failed" doc:"Evaluations that failed with the draft."`
	Cost     *Money           `json:"cost,omitempty" doc:"The difference, by what one part costs at the first account of the route; absent: nobody tells prices."`
	Examples []RuleDifference `json:"examples" nullable:"false" doc:"At most 100."`
	Cut      bool             `json:"cut" doc:"There were more events than could be looked at in time."`
}

// RuleDifference is one order on which the two versions differ.
type RuleDifference struct {
	OrderID     string    `json:"order_id"`
	OrderNumber string    `json:"order_number"`
	At          time.Time `json:"at"`
	Change      string    `json:"change"`
	Kind        string    `json:"kind" enum:"added,removed,changed,failed"`
	Before      string    `json:"before"`
	After       string    `json:"after"`
}

// Rules keeps rule files. Refusals: NoSuchThing, Stale (base is no longer the current version), RuleBroken.
type Rules interface {
	Rules(ctx context.Context, lang string) ([]RuleFile, error)
	Rule(ctx context.Context, name, version, lang string) (RuleSource, error) // version empty: the current one
	RuleVersions(ctx context.Context, name string) ([]RuleVersion, error)
	RuleWrite
	RuleTrial
}

// RuleWrite changes rule files; what is refused changes nothing.
type RuleWrite interface {
	// SaveRule saves a file that compiles and passes its cases. Base is the version that was edited; empty: new.
	SaveRule(ctx context.Context, who Caller, draft RuleDraft, base, lang string) (RuleSource, error)
	EnableRule(ctx context.Context, who Caller, name string, enabled bool) (RuleFile, error)
	DeleteRule(ctx context.Context, who Caller, name string) error
	RestoreRule(ctx context.Context, who Caller, name, version, lang string) (RuleSource, error)
}

// RuleTrial tries rules without a trace.
type RuleTrial interface {
	CheckRule(ctx context.Context, draft RuleDraft, lang string) (RuleCheck, error)
	TestRule(ctx context.Context, test RuleTest, lang string) ([]Trial, error)
	CompareRule(ctx context.Context, draft RuleDraft, days int, lang string) (RuleComparison, error)
	RuleTypes() string // orderbell.d.ts
}

type ruleSave struct {
	ByName
	Body struct {
		Source string `json:"source" maxLength:"65536"`
		Cases  string `json:"cases,omitempty" maxLength:"262144"`
		Base   string `json:"base" maxLength:"64" doc:"The version that was edited; empty: a new file."`
	}
}

func (a *API) rules() {
	s := a.opt.Services.Rules
	type versioned struct {
		ByName
		Version string `path:"version" maxLength:"64"`
	}
	add(a, call{id: "list-rules", method: "GET", path: "/rules", tag: "Rules", summary: "Rule files", may: access.RulesRead},
		func(ctx context.Context, who Caller, _ *struct{}) (*body[[]RuleFile], error) {
			return answered(s.Rules(ctx, who.Language))
		})
	add(a, call{id: "get-rule", method: "GET", path: "/rules/{name}", tag: "Rules", summary: "A rule file with its source and cases", may: access.RulesRead},
		func(ctx context.Context, who Caller, in *ByName) (*body[RuleSource], error) {
			return answered(s.Rule(ctx, in.Name, "", who.Language))
		})
	add(a, call{id: "list-rule-versions", method: "GET", path: "/rules/{name}/versions", tag: "Rules", summary: "Versions of a rule file, newest first", may: access.RulesRead},
		func(ctx context.Context, _ Caller, in *ByName) (*body[[]RuleVersion], error) {
			return answered(s.RuleVersions(ctx, in.Name))
		})
	add(a, call{id: "get-rule-version", method: "GET", path: "/rules/{name}/versions/{version}", tag: "Rules", summary: "A former version", may: access.RulesRead},
		func(ctx context.Context, who Caller, in *versioned) (*body[RuleSource], error) {
			return answered(s.Rule(ctx, in.Name, in.Version, who.Language))
		})
	a.ruleWrite(s)
	a.ruleTrial(s)
}

func (a *API) ruleWrite(s RuleWrite) {
	type enable struct {
		ByName
		Body struct {
			Enabled bool `json:"enabled"`
		}
	}
	type restore struct {
		ByName
		Body struct {
			Version string `json:"version" maxLength:"64"`
		}
	}
	add(a, call{id: "put-rule", method: "PUT", path: "/rules/{name}", tag: "Rules", summary: "Save a rule file that compiles and passes its cases; it serves at once", may: access.RulesWrite, told: true},
		func(ctx context.Context, who Caller, in *ruleSave) (*body[RuleSource], error) {
			draft := RuleDraft{Name: in.Name, Source: in.Body.Source, Cases: in.Body.Cases}
			return answered(s.SaveRule(ctx, who, draft, in.Body.Base, who.Language))
		})
	add(a, call{id: "enable-rule", method: "POST", path: "/rules/{name}/enabled", tag: "Rules", summary: "Switch a rule file on or off", may: access.RulesWrite, told: true},
		func(ctx context.Context, who Caller, in *enable) (*body[RuleFile], error) {
			return answered(s.EnableRule(ctx, who, in.Name, in.Body.Enabled))
		})
	add(a, call{id: "restore-rule", method: "POST", path: "/rules/{name}/restore", tag: "Rules", summary: "Make a former version the current one", may: access.RulesWrite, told: true},
		func(ctx context.Context, who Caller, in *restore) (*body[RuleSource], error) {
			return answered(s.RestoreRule(ctx, who, in.Name, in.Body.Version, who.Language))
		})
	add(a, call{id: "delete-rule", method: "DELETE", path: "/rules/{name}", tag: "Rules", summary: "Remove a rule file; its versions stay", may: access.RulesWrite, fresh: true, told: true},
		func(ctx context.Context, who Caller, in *ByName) (*nothing, error) {
			return &nothing{}, s.DeleteRule(ctx, who, in.Name)
		})
}

func (a *API) ruleTrial(s RuleTrial) {
	type draft struct {
		Body RuleDraft
	}
	type test struct {
		Body RuleTest
	}
	type compare struct {
		Body struct {
			Draft RuleDraft `json:"draft"`
			Days  int       `json:"days" minimum:"1" maximum:"30" default:"7"`
		}
	}
	add(a, call{id: "check-rule", method: "POST", path: "/rules/check", tag: "Rules", summary: "Compile a draft and run its cases", may: access.RulesRead, dry: true},
		func(ctx context.Context, who Caller, in *draft) (*body[RuleCheck], error) {
			return answered(s.CheckRule(ctx, in.Body, who.Language))
		})
	add(a, call{id: "test-rules", method: "POST", path: "/rules/test", tag: "Rules", summary: "What a draft, or the rules that serve, would decide on an event", may: access.RulesRead, dry: true},
		func(ctx context.Context, who Caller, in *test) (*body[[]Trial], error) {
			return answered(s.TestRule(ctx, in.Body, who.Language))
		})
	add(a, call{id: "compare-rules", method: "POST", path: "/rules/compare", tag: "Rules", summary: "What a draft would have changed over past events", may: access.RulesRead, dry: true},
		func(ctx context.Context, who Caller, in *compare) (*body[RuleComparison], error) {
			return answered(s.CompareRule(ctx, in.Body.Draft, in.Body.Days, who.Language))
		})
	add(a, call{id: "rule-types", method: "GET", path: "/rules/types", tag: "Rules", summary: "orderbell.d.ts: what rules see, for editors", may: access.RulesRead},
		func(context.Context, Caller, *struct{}) (*body[RuleTypes], error) {
			return answered(RuleTypes{Types: s.RuleTypes()}, nil)
		})
}

// RuleTypes is the type declarations for editors.
type RuleTypes struct {
	Types string `json:"types" doc:"TypeScript declarations."`
}

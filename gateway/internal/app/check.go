package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/screen"
	"github.com/orderbell/orderbell/gateway/internal/store"
	"github.com/orderbell/orderbell/sdk"
)

// Text is a sentence in both languages.
type Text struct {
	RU string `json:"ru"`
	EN string `json:"en"`
}

// In gives the sentence in a language; Russian unless it is "en".
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.RU
}

// textOf takes both sentences out of an error; one that speaks no language is said as it is.
func textOf(err error) Text {
	if e, ok := errors.AsType[interface {
		error
		Sentence(lang string) string
	}](err); ok {
		return Text{RU: e.Sentence("ru"), EN: e.Sentence("en")}
	}
	if failure, ok := errors.AsType[*sdk.Failure](err); ok {
		return Text{RU: saidByProvider(failure, "ru"), EN: saidByProvider(failure, "en")}
	}
	return Text{RU: err.Error(), EN: err.Error()}
}

// spokenError gives an error of a provider a sentence in both languages.
type spokenError struct{ error }

// Sentence is what textOf says.
func (e spokenError) Sentence(lang string) string { return textOf(e.error).In(lang) }

// Unwrap gives the error itself.
func (e spokenError) Unwrap() error { return e.error }

// saidByProvider is a provider's refusal: what it means, the operator's own code and words, and what to do.
func saidByProvider(failure *sdk.Failure, lang string) string {
	detail := failure.Detail
	if failure.Code != "" {
		detail = strings.TrimSpace(failure.Code + " " + detail)
	}
	if detail != "" {
		detail = "(" + detail + ")"
	}
	said := []string{failure.Reason.Sentence().In(lang), detail, failure.Reason.Cure().In(lang)}
	return strings.Join(slices.DeleteFunc(said, func(part string) bool { return part == "" }), " ")
}

// Finding is what an examination says about one part.
type Finding struct {
	Part string `json:"part"` // config, database, audit, data, listen, today, rules, provider, account
	Name string `json:"name,omitempty"`
	OK   bool   `json:"ok"`
	Warn bool   `json:"warning,omitempty"` // OK, but somebody should look
	Text Text   `json:"text"`
}

// Check examines everything that serving needs, without serving: database, rules, provider programs
// and accounts. Nothing is sent. opts are those of Effective.
func Check(ctx context.Context, opts Options) []Finding {
	found, rules := checkRules(ctx, opts)
	findings, kept := checkStore(ctx, opts, rules)
	if kept { // else the rights are told of already, or it is not the room that matters
		findings = append(findings, checkRoom(opts.Config.Data)...)
	}
	findings = append(findings, checkExposed(opts.Config)...)
	findings = append(findings, found...)
	findings = append(findings, checkCatalogue(opts)...)
	if len(opts.Config.Accounts) == 0 {
		if !kept {
			return findings // whatever accounts there are stand in the database, which cannot be read
		}
		none := screen.Standings{Accounts: []adminapi.Account{}, Now: opts.Now()}
		return append(findings, standingFindings(none, none.Accounts, none.Accounts)...)
	}
	providers := StartProviders(ctx, opts, nil)
	defer providers.Stop()
	for _, a := range opts.Config.Accounts {
		findings = append(findings, providers.Check(ctx, a.Name)...)
	}
	return findings
}

// checkStore examines the database; readable tells whether what is kept in it counts in opts. rules is how many
// rules would serve.
func checkStore(ctx context.Context, opts Options, rules int) (findings []Finding, readable bool) {
	f := Finding{Part: "database", Name: opts.Config.Data}
	if there, err := HasData(opts.Config); err == nil && !there {
		f.OK = true
		f.Text = Text{RU: "ещё нет, появится при первом запуске", EN: "not there yet; the first run makes it"}
		return append([]Finding{f}, checkStanding(ctx, opts, nil, rules)...), true
	}
	db, err := store.Open(ctx, store.Options{Folder: opts.Config.Data, ReadOnly: true, Log: opts.Log, Now: opts.Now})
	if err != nil {
		f.Text = textOf(err)
		return []Finding{f}, false
	}
	defer func() { _ = db.Close() }()
	if err := db.Health(ctx); err != nil {
		f.Text = textOf(err)
		return []Finding{f}, false
	}
	f.OK, f.Text = true, Text{RU: "в порядке", EN: "in order"}
	findings = []Finding{f}
	if err := db.CheckSeal(ctx); err != nil {
		findings = append(findings, Finding{Part: "audit", OK: errors.Is(err, store.ErrKeyLost), Warn: true, Text: textOf(err)})
	}
	return append(findings, checkStanding(ctx, opts, db, rules)...), true
}

// checkRules lets the rule files that are switched on serve in a process of their own, as the gateway would
// at its start, and tells how many rules that makes.
func checkRules(ctx context.Context, opts Options) (findings []Finding, rules int) {
	folder := opts.Config.Rules
	book, err := OpenRuleBook(ctx, opts)
	if err != nil { // of the database is told elsewhere; the files can be read without it
		book = &RuleBook{opts: opts}
	}
	defer func() { _ = book.Close() }()
	bench, err := book.onBench(ctx, nil)
	if err != nil {
		return []Finding{{Part: "rules", Name: folder, Text: textOf(err)}}, 0
	}
	defer bench.stop()
	for _, p := range bench.loaded.Problems {
		f := Finding{Part: "rules", Name: p.File, OK: p.Warning, Warn: p.Warning, Text: textOf(p)}
		if earlier := bench.loaded.EarlierOf(p.File); earlier != nil && !p.Warning {
			instead := ServesInstead(earlier.Version, earlier.At)
			f.Text = Text{RU: f.Text.RU + "; " + instead.RU, EN: f.Text.EN + "; " + instead.EN}
		}
		findings = append(findings, f)
	}
	rules = len(bench.loaded.Set.Rules)
	if len(findings) == 0 {
		findings = append(findings, Finding{Part: "rules", Name: folder, OK: true, Text: Text{
			RU: fmt.Sprintf("правил: %d, все читаются", rules), EN: fmt.Sprintf("%d rules, all readable", rules),
		}})
	}
	return findings, rules
}

// checkCatalogue tells what in the folders of provider programs cannot be used. That a program which an
// account uses is not the approved one shows when it is started. One that hides another one is a warning.
func checkCatalogue(opts Options) []Finding {
	catalogue, problems := readCatalogue(opts)
	var findings []Finding
	if folder := opts.Config.Plugins; folder != "" {
		if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
			findings = append(findings, Finding{Part: "provider", Name: folder, OK: true, Warn: true, Text: Text{
				RU: "папки из настройки plugins нет: проверьте путь или уберите настройку",
				EN: "the folder of the setting plugins is not there: check the path or remove the setting",
			}})
		}
	}
	for _, err := range problems {
		findings = append(findings, Finding{Part: "provider", Text: textOf(store.Explain(addedFolder(opts.Config), err))})
	}
	for _, h := range catalogue.Hidden() {
		findings = append(findings, Finding{Part: "provider", Name: h.Provider, OK: true, Warn: true, Text: Text{RU: h.Sentence("ru"), EN: h.Sentence("en")}})
	}
	return findings
}

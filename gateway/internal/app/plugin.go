package app

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/provider"
	"github.com/orderbell/orderbell/sdk"
)

// ListedPlugin is a provider program: bundled, or a version that was added to the catalogue.
type ListedPlugin struct {
	Name     string   `json:"name"`
	Version  string   `json:"version"` // empty: it does not say
	Bundled  bool     `json:"bundled"`
	Pinned   bool     `json:"pinned"`
	Serves   bool     `json:"serves"`   // accounts of this provider use this program
	Accounts []string `json:"accounts"` // that use this program
	SDK      string   `json:"sdk,omitempty"`
	Sum      string   `json:"sha256,omitempty"`
	Path     string   `json:"path,omitempty"`
	Hides    []string `json:"hides,omitempty"` // programs of the same provider that are not used because of this one
	OK       bool     `json:"ok"`
	State    Text     `json:"state"`
}

// Hiding says which programs are not used because of this one; empty: none.
func (l ListedPlugin) Hiding(lang string) string {
	if len(l.Hides) == 0 {
		return ""
	}
	return provider.Hidden{Provider: l.Name, Used: l.Path, Files: l.Hides}.Sentence(lang)
}

// ListPlugins lists all provider programs, in order of name and age. Bundled ones are started for a
// moment, without settings, secrets and environment, because only they can say their version; added ones
// are compared with their recorded sum. Problems are what belongs to no program.
func ListPlugins(ctx context.Context, opts Options) (list []ListedPlugin, problems []error) {
	catalogue, found := readCatalogue(opts)
	for _, err := range found {
		if !aboutVersion(err) {
			problems = append(problems, err)
		}
	}
	for _, name := range catalogue.Names() {
		list = append(list, listOne(opts, catalogue, name)...)
		if err := lostPin(catalogue, name); err != nil {
			problems = append(problems, err)
		}
	}
	for _, h := range catalogue.Hidden() {
		at := slices.IndexFunc(list, func(l ListedPlugin) bool { return l.Bundled && l.Name == h.Provider })
		list[at].Hides = h.Files
	}
	var all sync.WaitGroup
	for i := range list {
		if list[i].Bundled {
			all.Go(func() { list[i].ask(ctx, opts, catalogue) })
		}
	}
	all.Wait()
	return list, problems
}

// lostPin says why a provider's pin leads nowhere, where no row of a version says it.
func lostPin(catalogue provider.Catalogue, name string) error {
	_, err := catalogue.Find(name)
	fault, ok := errors.AsType[*provider.Fault](err)
	if ok && (fault.Kind == provider.NotInstalled || fault.Kind == provider.OtherBytes) {
		return err
	}
	return nil
}

// aboutVersion tells whether a problem is shown in the row of its version.
func aboutVersion(err error) bool {
	fault, ok := err.(*provider.Fault) //nolint:errorlint // as the catalogue made it
	return ok && fault.Kind == provider.BadRecord && fault.Version != ""
}

func listOne(opts Options, catalogue provider.Catalogue, name string) []ListedPlugin {
	serving, _ := catalogue.Find(name) // a pin that leads nowhere shows in its row, or in check
	accounts := []string{}
	for _, a := range opts.Config.Accounts {
		if a.Provider == name {
			accounts = append(accounts, a.Name)
		}
	}
	row := func(version string, p provider.Program) ListedPlugin {
		l := ListedPlugin{Name: name, Version: version, Accounts: []string{}, Path: p.Path, Sum: hex.EncodeToString(p.Sum), OK: true, State: Text{RU: "в порядке", EN: "in order"}}
		if l.Serves = serving.Path != "" && serving.Path == p.Path; l.Serves {
			l.Accounts = accounts
		}
		return l
	}
	var list []ListedPlugin
	if p, ok := catalogue.Bundled(name); ok {
		l := row("", p)
		l.Bundled = true
		list = append(list, l)
	}
	pin, _ := catalogue.Pin(name)
	for _, version := range catalogue.Versions(name) {
		v, err := catalogue.Installed(name, version)
		l := row(version, v.Program())
		l.SDK, l.Pinned = v.SDK, pin.Version == version
		if err == nil {
			err = v.Verify()
		}
		if err != nil {
			l.OK, l.State = false, textOf(err)
		}
		list = append(list, l)
	}
	return list
}

// ask lets a bundled program say its version.
func (l *ListedPlugin) ask(ctx context.Context, opts Options, catalogue provider.Catalogue) {
	p, _ := catalogue.Bundled(l.Name)
	m, err := provider.Describe(ctx, p, opts.Log)
	if err == nil && m.Name != l.Name {
		err = &provider.Fault{Kind: provider.ForeignName, Provider: l.Name, Path: p.Path, Detail: m.Name}
	}
	if err != nil {
		l.OK, l.State = false, textOf(err)
		return
	}
	l.Version, l.SDK = m.Version, m.SDKVersion
}

// StagedPlugin is a copy of a program that lies ready to be added to the catalogue.
type StagedPlugin = provider.Staged

// StagePlugin copies a program into the data folder and starts it once, without settings, secrets and
// environment, to read its manifest. If sum is not empty, a file with another SHA-256 is not started.
// Keep or Discard must follow.
func StagePlugin(ctx context.Context, opts Options, file, sum string) (*StagedPlugin, error) {
	if err := makeDataFolder(opts.Config.Data); err != nil {
		return nil, err
	}
	return provider.Stage(ctx, addedFolder(opts.Config), file, sum, opts.Now(), opts.Log)
}

// Serving names the version of a provider's program that its accounts use; empty: there is none.
func Serving(opts Options, name string) string {
	catalogue, _ := readCatalogue(opts)
	p, err := catalogue.Find(name)
	if err != nil {
		return ""
	}
	return versionOf(p)
}

// PinPlugin lets a version, or "bundled", serve the provider's accounts from now on, and names the
// version that served before. First the accounts try it beside the present one; if one that works would
// not work any more nothing is changed. A running gateway takes the new version up by itself.
func PinPlugin(ctx context.Context, opts Options, name, version string) (before string, err error) {
	catalogue, _ := readCatalogue(opts)
	present, err := catalogue.Find(name)
	if err == nil {
		before = versionOf(present)
	}
	chosen, err := catalogue.Chosen(name, version)
	if err != nil {
		return before, err
	}
	if err := tryPin(ctx, opts, name, chosen); err != nil {
		return before, err
	}
	return before, chosen.SavePins(addedFolder(opts.Config))
}

// tryPin lets the accounts of the provider try the program that would serve them.
func tryPin(ctx context.Context, opts Options, name string, chosen provider.Catalogue) error {
	var accounts []string
	for _, a := range opts.Config.Accounts {
		if a.Provider == name {
			accounts = append(accounts, a.Name)
		}
	}
	program, err := chosen.Find(name)
	if err != nil {
		return err
	}
	m, err := provider.Describe(ctx, program, opts.Log)
	if err == nil && m.Name != name {
		err = &provider.Fault{Kind: provider.ForeignName, Provider: name, Path: program.Path, Detail: m.Name}
	}
	if err != nil || len(accounts) == 0 {
		return err
	}
	slices.Sort(accounts)
	p := StartProviders(ctx, opts, accounts)
	defer p.Stop()
	_ = p.Check(ctx, accounts[0]) // the present program serves before it is compared with
	for _, u := range p.host.Upgrade(ctx, chosen) {
		if u.Err != nil {
			return u.Err
		}
	}
	return nil
}

// SDKVersion is the version of the SDK that this gateway was built with.
const SDKVersion = sdk.SDKVersion

// Examination is what is known of a program that somebody else built.
type Examination = provider.Examination

// ExaminePlugins examines a program, or all provider programs of a folder, one after the other so that
// their figures do not disturb each other. Nothing is sent, and they get no secrets.
func ExaminePlugins(ctx context.Context, path string, now func() time.Time) ([]Examination, error) {
	files, err := provider.ProgramsIn(path)
	if err != nil {
		return nil, err
	}
	var all []Examination
	for _, file := range files {
		all = append(all, provider.Examine(ctx, file, now))
	}
	return all, nil
}

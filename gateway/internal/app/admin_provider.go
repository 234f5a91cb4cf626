package app

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/provider"
	"github.com/orderbell/orderbell/gateway/internal/simulator"
	"github.com/orderbell/orderbell/sdk"
)

// describeParallel is how many provider programs are started at once to ask who they are.
const describeParallel = 3

// Providers implements adminapi.Accounts: the programs that there are, and those that accounts miss.
func (s *accountService) Providers(ctx context.Context, lang string) ([]adminapi.Provider, error) {
	names := map[string]bool{}
	for _, name := range s.providers.Providers() {
		names[name] = true
	}
	for _, account := range s.config().Accounts {
		names[account.Provider] = true
	}
	sorted := slices.Sorted(maps.Keys(names))
	all := make([]adminapi.Provider, len(sorted))
	status := s.providers.Status()
	slots := make(chan struct{}, describeParallel)
	var asking sync.WaitGroup
	for i, name := range sorted {
		asking.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			all[i] = s.provider(ctx, name, status, lang)
		})
	}
	asking.Wait()
	return all, nil
}

func (s *accountService) provider(ctx context.Context, name string, status map[string]child.Status, lang string) adminapi.Provider {
	manifest, err := s.manifests.of(ctx, name)
	shown := shownManifest(name, manifest)
	process, running := status[name]
	if running {
		shown.State, shown.Restarts, shown.MemoryBytes = string(process.State), process.Deaths+process.Kills, int64(process.RSS)
		if process.State == child.Serving {
			since := process.Since
			shown.ServingSince = &since
		} else if process.LastError != nil {
			shown.Problem = textOf(process.LastError).In(lang)
		}
	}
	if err != nil && shown.Problem == "" {
		shown.Problem = textOf(err).In(lang)
	}
	if errors.Is(err, provider.ErrUnknownProvider) {
		shown.State = "missing"
	}
	return shown
}

func shownManifest(name string, m sdk.Manifest) adminapi.Provider {
	_, simulated := simulator.Find(name)
	shown := adminapi.Provider{
		Simulator: simulated,
		Name:      name, Version: m.Version, SDKVersion: m.SDKVersion, Title: words(m.Title), Homepage: m.Homepage, State: string(child.Stopped),
		Abilities: abilities(m.Capabilities), Settings: make([]adminapi.Setting, 0, len(m.Settings)),
	}
	if m.Title == (sdk.Text{}) {
		shown.Title = adminapi.Words{RU: name, EN: name}
	}
	for _, f := range m.Settings {
		shown.Settings = append(shown.Settings, shownField(f))
	}
	if m.Capabilities.Callbacks {
		shown.Callback = &adminapi.CallbackInfo{Setup: words(m.Callback.Setup), Verification: words(m.Callback.Verification)}
	}
	return shown
}

func words(t sdk.Text) adminapi.Words { return adminapi.Words{RU: t.RU, EN: t.EN} }

func abilities(c sdk.Capabilities) []string {
	all := []string{}
	for _, ability := range []struct {
		name string
		has  bool
	}{
		{"batch", c.MaxBatch > 1}, {"check", c.Check}, {"lookup", c.Lookup}, {"callbacks", c.Callbacks}, {"balance", c.Balance},
		{"estimate", c.Estimate}, {"sender_names", c.SenderNames}, {"validity", c.Validity},
	} {
		if ability.has {
			all = append(all, ability.name)
		}
	}
	return all
}

func shownField(f sdk.Field) adminapi.Setting {
	shown := adminapi.Setting{
		Key: f.Key, Kind: string(f.Kind), Label: words(f.Label), Help: words(f.Help), Placeholder: words(f.Placeholder), Group: words(f.Group),
		Required: f.Required, Advanced: f.Advanced, Default: f.Default, Choices: []adminapi.Choice{}, Pattern: f.Pattern, Min: f.Min, Max: f.Max,
	}
	for _, c := range f.Choices {
		shown.Choices = append(shown.Choices, adminapi.Choice{Value: c.Value, Label: words(c.Label)})
	}
	if f.ShownWhen != nil {
		shown.ShownWhen = &adminapi.Condition{Key: f.ShownWhen.Key, Value: f.ShownWhen.Value}
	}
	return shown
}

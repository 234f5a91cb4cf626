package app

import (
	"context"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/child"
)

// systemScreen tells what the program is made of. It implements adminapi.System.
type systemScreen struct {
	app     *App
	started time.Time
	checks  func(ctx context.Context, lang string) ([]adminapi.Finding, error)
}

// System gathers versions, checks, processes, folders and the configuration.
func (s *systemScreen) System(ctx context.Context, lang string) (adminapi.SystemState, error) {
	sizes, err := s.app.db.Sizes(ctx)
	if err != nil {
		return adminapi.SystemState{}, err
	}
	checks, err := s.checks(ctx, lang)
	if err != nil {
		return adminapi.SystemState{}, err
	}
	cfg := s.app.config()
	state := adminapi.SystemState{
		Version: s.app.opts.Version, StartedAt: s.started, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH,
		Database: adminapi.DatabaseState{
			Engine: sizes.Engine, Version: sizes.Version, Schema: sizes.Schema, Bytes: sizes.Bytes,
			Events: sizes.Events, Orders: sizes.Orders, Texts: sizes.Messages, People: sizes.Contacts,
		},
		Folders: s.folders(), Listen: cfg.Listen, Admin: cfg.AdminListen, PublicURL: cfg.PublicURL,
		Checks: checks, Processes: s.processes(lang), Declared: []adminapi.ConfigLine{},
	}
	for _, line := range cfg.Redacted() {
		state.Declared = append(state.Declared, adminapi.ConfigLine{Path: line.Path, Value: line.Value, Origin: line.Origin})
	}
	return state, nil
}

func (s *systemScreen) folders() []adminapi.Folder {
	cfg := s.app.opts.Config
	var folders []adminapi.Folder
	for _, f := range []struct{ name, path string }{
		{"data", cfg.Data}, {"rules", cfg.Rules}, {"providers", filepath.Join(cfg.Data, "providers")},
		{"keys", filepath.Join(cfg.Data, "keys")}, {"plugins", filepath.Join(filepath.Dir(s.app.opts.Program), "plugins")},
	} {
		path, err := filepath.Abs(f.path)
		if err != nil {
			path = f.path
		}
		free, _ := diskRoom(path)
		folders = append(folders, adminapi.Folder{Name: f.name, Path: path, Free: free})
	}
	return folders
}

func (s *systemScreen) processes(lang string) []adminapi.Process {
	processes := []adminapi.Process{}
	for name, status := range s.app.providers.Status() {
		processes = append(processes, process(name, "provider", status, lang))
	}
	slices.SortFunc(processes, func(a, b adminapi.Process) int { return strings.Compare(a.Name, b.Name) })
	for _, status := range s.app.rules.Status() {
		processes = append(processes, process(status.Name, "rules", status, lang))
	}
	return processes
}

func process(name, kind string, status child.Status, lang string) adminapi.Process {
	p := adminapi.Process{
		Name: name, Kind: kind, State: string(status.State), PID: status.PID,
		Bytes: int64(status.RSS), Restarts: max(0, status.Starts-1), // #nosec G115 -- a process has less than 2^63 bytes
	}
	if status.LastError != nil && status.State != child.Serving {
		p.Problem = textOf(status.LastError).In(lang)
	}
	return p
}

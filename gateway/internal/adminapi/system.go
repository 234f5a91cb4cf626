package adminapi

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// SystemState is what the program is made of and how it is.
type SystemState struct {
	Version   string        `json:"version"`
	StartedAt time.Time     `json:"started_at"`
	Go        string        `json:"go"`
	System    string        `json:"system" doc:"linux/amd64"`
	Database  DatabaseState `json:"database"`
	Folders   []Folder      `json:"folders" nullable:"false"`
	Listen    string        `json:"listen"`
	Admin     string        `json:"admin_listen"`
	PublicURL string        `json:"public_url,omitempty"`
	Checks    []Finding     `json:"checks" nullable:"false" doc:"The same as orderbell check gives."`
	Processes []Process     `json:"processes" nullable:"false"`
	Declared  []ConfigLine  `json:"configuration" nullable:"false"`
}

// DatabaseState is the database.
type DatabaseState struct {
	Engine  string `json:"engine" enum:"SQLite"`
	Version string `json:"version"`
	Schema  int64  `json:"schema"`
	Bytes   int64  `json:"bytes"`
	Events  int    `json:"events"`
	Orders  int    `json:"orders"`
	Texts   int    `json:"messages"`
	People  int    `json:"contacts"`
}

// Folder is a place on disk.
type Folder struct {
	Name string `json:"name"`
	Path string `json:"path"`
	Free int64  `json:"free_bytes" doc:"-1: not known."`
}

// Process is a child process.
type Process struct {
	Name     string `json:"name"`
	Kind     string `json:"kind" enum:"provider,rules"`
	State    string `json:"state"`
	PID      int    `json:"pid,omitempty"`
	Bytes    int64  `json:"memory_bytes"`
	Restarts int    `json:"restarts"`
	Problem  string `json:"problem,omitempty"`
}

// ConfigLine is one value of the configuration, secrets masked.
type ConfigLine struct {
	Path   string `json:"path"`
	Value  string `json:"value"`
	Origin string `json:"origin,omitempty" doc:"Where it was written; empty: the default, or the database."`
}

// System tells what the program is made of.
type System interface {
	System(ctx context.Context, lang string) (SystemState, error)
}

func (a *API) system() {
	s := a.opt.Services.System
	add(a, call{id: "get-system", method: "GET", path: "/system", tag: "System", summary: "Versions, checks with cures, processes, folders and configuration", may: access.SystemRead},
		func(ctx context.Context, who Caller, _ *struct{}) (*body[SystemState], error) {
			return answered(s.System(ctx, who.Language))
		})
}

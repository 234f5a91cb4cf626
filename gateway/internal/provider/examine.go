package provider

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/sdk"
)

// What a provider program should take of a machine; above it is a warning.
const (
	sizeWanted  = 16 << 20               // bytes of the file
	idleWanted  = 25 << 20               // resident bytes without an account's work
	readyWanted = 500 * time.Millisecond // to the first answer; 100 ms are usual where nothing else runs
	stopWanted  = 3 * time.Second        // from the order to stop to the end
)

// Level is how bad a point of an examination is.
type Level string

// Levels.
const (
	Good    Level = "ok"
	Doubt   Level = "warning"
	Broken  Level = "broken" // Orderbell could not rely on the program
	Skipped Level = "skipped"
)

// Point is one thing that was looked at.
type Point struct {
	Name  string   `json:"name"` // file, system, start, protocol, name, languages, settings, refusals, secrets, memory, stop
	Level Level    `json:"level"`
	Text  sdk.Text `json:"text"`
}

// Examination is what is known of a program that somebody else built.
type Examination struct {
	File     string        `json:"file"`
	OK       bool          `json:"ok"` // nothing is Broken
	Points   []Point       `json:"points"`
	Manifest *sdk.Manifest `json:"manifest,omitempty"`
	Sum      string        `json:"sha256,omitempty"`
	Size     int64         `json:"size,omitempty"`         // bytes
	Ready    time.Duration `json:"ready_ns,omitempty"`     // from exec to the first answer
	Idle     uint64        `json:"idle_bytes,omitempty"`   // resident; 0: the system does not say
	System   string        `json:"system,omitempty"`       // "linux/amd64"
	Stripped bool          `json:"stripped"`               // no symbols
	Go       string        `json:"go,omitempty"`           // version of Go
	Settings int           `json:"bad_settings,omitempty"` // how many bad settings were tried
}

func (x *Examination) say(name string, level Level, en, ru string, args ...any) {
	x.Points = append(x.Points, Point{name, level, sdk.Text{EN: fmt.Sprintf(en, args...), RU: fmt.Sprintf(ru, args...)}})
	x.OK = x.OK && level != Broken
}

func (x *Examination) fail(name string, err error) {
	x.Points = append(x.Points, Point{name, Broken, sdk.Text{EN: spoken(err, "en"), RU: spoken(err, "ru")}})
	x.OK = false
}

// Examine looks at a program file and starts it, without settings of anybody, secrets and environment. It
// does not send anything: made-up settings are opened and closed, no more. Figures are taken by the clock.
func Examine(ctx context.Context, file string, now func() time.Time) Examination {
	x := Examination{File: file, OK: true}
	program, ok := x.lookAtFile(file)
	if !ok {
		return x
	}
	var said journal
	log := hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: &said})
	began := now()
	a, err := StartAlone(ctx, program, log)
	if err != nil {
		x.fail("start", err)
		return x
	}
	x.Ready = now().Sub(began)
	x.run(ctx, a, file)
	x.tellSecrets(&said)
	began = now()
	a.Stop()
	if took := now().Sub(began); took > stopWanted {
		x.say("stop", Doubt, "it does not end when it is asked to, and was killed after %s", "не завершается по просьбе и остановлена силой через %s", took.Round(100*time.Millisecond))
	} else {
		x.say("stop", Good, "ends when it is asked to, in %d ms", "завершается по просьбе за %d мс", took.Milliseconds())
	}
	return x
}

// lookAtFile reads the file without running it.
func (x *Examination) lookAtFile(file string) (Program, bool) {
	sum, size, err := sumFile(file)
	if err != nil {
		x.fail("file", err)
		return Program{}, false
	}
	b := readBinary(file)
	x.Sum, x.Size, x.System, x.Stripped, x.Go = hex.EncodeToString(sum), size, b.System, b.Stripped, b.Go
	megabytes := float64(size) / 1e6
	switch {
	case !b.Stripped && b.System != "":
		x.say("file", Doubt, "%.1f MB, with symbols that nobody needs: build with -ldflags \"-s -w\"", "%.1f МБ, с ненужными символами: соберите с -ldflags \"-s -w\"", megabytes)
	case size > sizeWanted:
		x.say("file", Doubt, "%.1f MB, more than the usual 16", "%.1f МБ, больше обычных 16", megabytes)
	default:
		x.say("file", Good, "%.1f MB, SHA-256 %s", "%.1f МБ, SHA-256 %s", megabytes, x.Sum)
	}
	switch {
	case b.System != "" && b.System != here():
		x.say("system", Broken, "built for %s, this computer is %s", "собрано для %s, а этот компьютер — %s", b.System, here())
		return Program{}, false
	case b.Dynamic:
		x.say("system", Doubt, "%s, but it needs libraries of the computer it runs on: build with CGO_ENABLED=0", "%s, но нужны библиотеки того компьютера, где работает: соберите с CGO_ENABLED=0", b.System)
	case b.System != "":
		built := strings.TrimSpace(b.System + " " + b.Go)
		x.say("system", Good, "%s", "%s", built)
	}
	absolute, err := filepath.Abs(file)
	if err != nil {
		x.fail("file", err)
		return Program{}, false
	}
	return Program{Name: filepath.Base(file), Path: absolute}, true
}

// run asks the program that serves.
func (x *Examination) run(ctx context.Context, a *Alone, file string) {
	x.Idle = a.Idle(ctx)
	level := Good
	if x.Ready > readyWanted {
		level = Doubt
	}
	x.say("start", level, "serves %d ms after its start, without secrets and environment", "работает через %d мс после запуска, без секретов и окружения", x.Ready.Milliseconds())
	m, err := a.Describe(ctx)
	if err != nil {
		x.fail("protocol", err)
		return
	}
	x.Manifest = &m
	x.say("protocol", Good, "protocol %d, built with SDK %s; this gateway has SDK %s", "протокол %d, собрано с SDK %s; у этого шлюза SDK %s", protocol(), m.SDKVersion, sdk.SDKVersion)
	x.tellName(file, m)
	x.tellLanguages(m)
	x.trySettings(ctx, a, m)
	switch {
	case x.Idle == 0:
		x.say("memory", Skipped, "this system does not say", "эта система не говорит")
	case x.Idle > idleWanted:
		x.say("memory", Doubt, "%d MB at rest, more than the usual 25", "%d МБ в покое, больше обычных 25", x.Idle>>20)
	default:
		x.say("memory", Good, "%d MB at rest", "%d МБ в покое", x.Idle>>20)
	}
}

func (x *Examination) tellName(file string, m sdk.Manifest) {
	name, ours := programName(filepath.Base(file))
	switch {
	case !validVersion(m.Version):
		x.fail("name", &Fault{Kind: BadVersion, Provider: m.Name, Version: m.Version})
	case m.Version == "dev":
		x.say("name", Doubt, "%s, version dev: give each build a number of its own (-ldflags \"-X main.version=1.0.0\")", "%s, версия dev: дайте каждой сборке свой номер (-ldflags \"-X main.version=1.0.0\")", m.Name)
	case !ours || name != m.Name:
		x.say("name", Doubt, "%s %s, but the file should be called %s", "%s %s, но файл должен называться %s", m.Name, m.Version, programFile(m.Name, filepath.Ext(file)))
	default:
		x.say("name", Good, "%s %s", "%s %s", m.Name, m.Version)
	}
}

func (x *Examination) tellLanguages(m sdk.Manifest) {
	missing := untranslated(m)
	if len(missing) > 0 {
		x.say("languages", Broken, "these texts are not in both languages: %s", "эти тексты не на обоих языках: %s", joined(missing))
		return
	}
	x.say("languages", Good, "title and %d settings speak Russian and English", "название и настройки (%d) есть по-русски и по-английски", len(m.Settings))
}

// untranslated names the texts that an admin of one of the languages would miss.
func untranslated(m sdk.Manifest) []string {
	var missing []string
	look := func(what string, t sdk.Text, needed bool) {
		if (t.EN == "") != (t.RU == "") || needed && t.EN == "" {
			missing = append(missing, what)
		}
	}
	look("title", m.Title, true)
	look("callback.setup", m.Callback.Setup, m.Capabilities.Callbacks)
	look("callback.verification", m.Callback.Verification, m.Capabilities.Callbacks)
	for _, f := range m.Settings {
		look(f.Key+".label", f.Label, true)
		look(f.Key+".help", f.Help, false)
		look(f.Key+".group", f.Group, false)
		look(f.Key+".placeholder", f.Placeholder, false)
		for _, c := range f.Choices {
			look(f.Key+"."+c.Value, c.Label, true)
		}
	}
	return missing
}

// tellSecrets looks whether anything that the program said holds a secret that it was given.
func (x *Examination) tellSecrets(said *journal) {
	if x.Manifest == nil || !slices.ContainsFunc(x.Manifest.Settings, func(f sdk.Field) bool { return f.Kind == sdk.KindSecret }) {
		return
	}
	for _, p := range x.Points {
		if p.Name == "secrets" {
			return // an answer held one
		}
	}
	if said.holds(canary) {
		x.say("secrets", Broken, "its log holds a secret that it was given", "в её журнале есть секрет, который ей дали")
		return
	}
	x.say("secrets", Good, "neither its answers nor its log hold a secret that it was given", "ни в ответах, ни в журнале нет секретов, которые ей дали")
}

// journal keeps what a program logs. It is safe for use by several goroutines.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write keeps at most a megabyte.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.text.Len() < 1<<20 {
		j.text.Write(p)
	}
	return len(p), nil
}

func (j *journal) holds(text string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return bytes.Contains(j.text.Bytes(), []byte(text))
}

// ProgramsIn lists what to examine: the file itself, or the provider programs of a folder. Errors are
// *Fault or *child.Fault.
func ProgramsIn(path string) ([]string, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, &child.Fault{Kind: child.Missing, Name: filepath.Base(path), Path: path}
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if _, ours := programName(e.Name()); ours && !e.IsDir() {
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, &Fault{Kind: NoPrograms, Path: path}
	}
	return files, nil
}

package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	_ "time/tzdata" // zones must be known on Windows and in empty images too
)

// Sources is where the configuration comes from, weakest first: the file, then the environment, then
// the flags. The zero value reads nothing and gives the defaults.
type Sources struct {
	File  string   // path of orderbell.yaml; empty: there is none
	Env   []string // "NAME=value", as os.Environ gives it; also what ${NAME} reads
	Flags Flags

	// Lenient leaves a value of which ${NAME} is not set as if it were not written: for programs that only
	// look at the data and need no secrets. What says where to look must be there all the same.
	Lenient bool
}

// Flags are the command line's share; an empty text means that the flag was not given.
type Flags struct {
	Listen      string // --listen
	AdminListen string // --admin-listen
	Data        string // --data
	Plugins     string // --plugins
	Rules       string // --rules
}

// EnvPrefix starts the name of every environment variable that is a configuration key.
const EnvPrefix = "ORDERBELL_"

// maxFile is the size above which the file is refused, in bytes.
const maxFile = 1 << 20

// Load reads and checks everything, for a program that has nothing but the sources. The error, if any,
// is a Faults with every mistake that could be found; no Config is given then. Relative folders of the
// file, and ${file:…}, count from the file's own folder, those of the environment and the flags from the
// working folder.
func Load(from Sources) (*Config, error) { return readSources(from, true) }

// Read is Load for a program that has a database beside the sources: Config.With completes it. What only
// both together can tell, such as whether an account on the route exists, With checks.
func Read(from Sources) (*Config, error) { return readSources(from, false) }

func readSources(from Sources, alone bool) (*Config, error) {
	cfg := defaults()
	cfg.file = from.File
	r := newReader(from)
	top := r.topFields(cfg)

	if from.File != "" {
		cfg.Data = filepath.Join(r.dir, cfg.Data) // as if the file said so
		r.readFile(top)
	}
	r.readEnv(top)
	r.readFlags(top, from.Flags)
	r.complete(cfg)
	if alone {
		r.completeRoute(cfg)
	}

	r.pardon()
	if len(r.faults) > 0 {
		r.faults.sort()
		return nil, r.faults
	}
	cfg.origins = r.places
	cfg.hashKeys()
	return cfg, nil
}

// readFile reads the file into the fields.
func (r *reader) readFile(top []field) {
	body, ok := r.fileBody()
	if !ok {
		return
	}
	if root := r.parse(body); root != nil {
		r.mapping(top, node{Node: root, path: ""})
	}
}

func (r *reader) fileBody() ([]byte, bool) {
	body, err := readLimited(r.file, maxFile)
	if err == nil {
		return body, true
	}
	fault := Fault{Source: r.file, Problem: Text{
		RU: "файл не читается: " + plainCause(err).RU,
		EN: "the file cannot be read: " + plainCause(err).EN,
	}, Cure: Text{
		RU: "Проверьте путь и права; без файла программа работает со значениями по умолчанию",
		EN: "Check the path and the permissions; without a file the program serves with defaults",
	}}
	r.faults = append(r.faults, fault)
	return nil, false
}

// errTooBig says that a file is larger than it may be.
var errTooBig = errors.New("larger than allowed")

// readLimited reads a regular file of at most limit bytes. Pipes and devices are refused, because
// reading them may never end.
func readLimited(path string, limit int64) (_ []byte, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w", path, fs.ErrInvalid)
	}
	file, err := os.Open(path) //nolint:gosec // the administrator names this file
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	body, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > limit {
		return nil, errTooBig
	}
	return body, nil
}

// plainCause says in plain words why a file could not be read. The system's own words are left out:
// they differ between systems and languages.
func plainCause(err error) Text {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Text{"его нет", "it does not exist"}
	case errors.Is(err, fs.ErrPermission):
		return Text{"нет прав", "permission denied"}
	case errors.Is(err, errTooBig):
		return Text{"он больше допустимого", "it is larger than allowed"}
	case errors.Is(err, fs.ErrInvalid):
		return Text{"это не обычный файл", "it is not a regular file"}
	default:
		return Text{"ошибка чтения", "reading failed"}
	}
}

// complete fills in what follows from other values and checks what no single value can tell.
func (r *reader) complete(cfg *Config) {
	if cfg.Rules == "" {
		cfg.Rules = filepath.Join(cfg.Data, "rules")
	}
	if _, written := r.places["notifications.template"]; !written && cfg.Language == "en" {
		cfg.Notifications.Template = defaultTemplateEN
	}
	r.completeAdmin(cfg)
	r.checkRestaurants(cfg)
	r.checkAccounts(cfg)
	r.checkAPIKeys(cfg)
}

func (r *reader) completeAdmin(cfg *Config) {
	host, port, err := net.SplitHostPort(cfg.Listen)
	if err != nil {
		return // reported when it was read
	}
	if cfg.AdminListen == "" {
		cfg.AdminListen = defaultAdmin
		if loopbackHost(host) {
			cfg.AdminListen = cfg.Listen
		}
	}
	adminHost, adminPort, err := net.SplitHostPort(cfg.AdminListen)
	if err != nil || cfg.SharesListener() || port != adminPort || port == "0" {
		return
	}
	if wildcardHost(host) || wildcardHost(adminHost) || strings.EqualFold(host, adminHost) {
		r.faultAt("admin_listen", "listen", cfg.AdminListen, Text{
			RU: fmt.Sprintf("порт %s уже занят под listen (%s)", port, cfg.Listen),
			EN: fmt.Sprintf("port %s is already taken by listen (%s)", port, cfg.Listen),
		}, Text{
			RU: "Укажите другой порт, например " + defaultAdmin,
			EN: "Choose another port, for example " + defaultAdmin,
		})
	}
}

func wildcardHost(host string) bool { return host == "" || host == "0.0.0.0" || host == "::" }

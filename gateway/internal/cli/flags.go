package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/config"
)

// configFlags are the flags of every command that needs the configuration.
type configFlags struct {
	Config string `help:"${config}" short:"c" env:"ORDERBELL_CONFIG" placeholder:"FILE"`
	Data   string `help:"${data}" placeholder:"DIR"`
}

// defaultFile is read when it lies in the working folder and no other file is named.
const defaultFile = "orderbell.yaml"

// load reads what is declared, for a command that needs no secrets: the shell of whoever looks at the data
// seldom has them, so that ${NAME} need not be set. What the database adds to it only effective knows.
func (f configFlags) load(s *session) (*config.Config, error) {
	return f.from(s, config.Sources{Lenient: true})
}

// from reads the sources beside the file; faults are wrong usage, all reported together.
func (f configFlags) from(s *session, sources config.Sources) (*config.Config, error) {
	file := f.Config
	if file == "" {
		if _, err := os.Stat(defaultFile); err == nil {
			file = defaultFile
		}
	}
	sources.File, sources.Env, sources.Flags.Data = file, s.Environ, f.Data
	cfg, err := config.Read(sources)
	if err != nil {
		return nil, usageError{err}
	}
	return cfg, nil
}

// effective gives the app's options with the configuration that counts, the database's part included.
// Findings are about what is kept there and cannot count. The error of a database that cannot be read is
// no wrong usage; what is declared is given beside it.
func (f configFlags) effective(ctx context.Context, s *session) (app.Options, []app.Finding, error) {
	cfg, err := f.from(s, config.Sources{})
	if err != nil {
		return app.Options{}, nil, err
	}
	opts, findings, err := app.Effective(ctx, s.options(cfg, s.quiet()))
	if _, declared := errors.AsType[config.Faults](err); declared {
		return app.Options{}, nil, usageError{err}
	}
	return opts, findings, err
}

// existing gives the app's options for a data folder in which a gateway ran.
func (f configFlags) existing(s *session) (app.Options, error) {
	cfg, err := f.load(s)
	if err != nil {
		return app.Options{}, err
	}
	return s.options(cfg, s.quiet()), dataExists(s, cfg)
}

// options are the app's options for this configuration.
func (s *session) options(cfg *config.Config, log hclog.Logger) app.Options {
	return app.Options{Config: cfg, Version: s.Version, Program: s.Program, Environ: s.Environ, Log: log, Now: s.Now}
}

// logger writes to standard error as the configuration says.
func (s *session) logger(cfg *config.Config) hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{
		Name: "orderbell", Level: hclog.LevelFromString(cfg.Log.Level), JSONFormat: cfg.Log.Format == "json", Output: s.Stderr,
	})
}

// quiet logs nothing: for commands whose answer says all.
func (s *session) quiet() hclog.Logger { return hclog.NewNullLogger() }

// dataExists refuses a data folder in which no gateway ever ran, instead of showing an empty list.
func dataExists(s *session, cfg *config.Config) error {
	there, err := app.HasData(cfg)
	if err == nil && !there {
		return fmt.Errorf(word{
			"в папке %s нет данных Orderbell: укажите --data или --config, как при запуске шлюза",
			"there is no Orderbell data in %s: name the folder by --data or --config, as for the gateway itself",
		}.pick(s.lang), cfg.Data)
	}
	return err
}

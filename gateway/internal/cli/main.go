package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/orderbell/orderbell/gateway/internal/config"
)

// Exit codes of every command (contract, section 3).
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // wrong usage or configuration
)

// commands is the whole command line.
type commands struct {
	Run      runCommand      `cmd:"" help:"${run}"`
	Demo     demoCommand     `cmd:"" help:"${demo}"`
	Check    checkCommand    `cmd:"" help:"${check}"`
	Event    eventCommand    `cmd:"" help:"${event}"`
	Message  messageCommand  `cmd:"" help:"${message}"`
	Order    orderCommand    `cmd:"" help:"${order}"`
	Apikey   apikeyCommand   `cmd:"" help:"${apikey}"`
	User     userCommand     `cmd:"" help:"${user}"`
	Audit    auditCommand    `cmd:"" help:"${audit}"`
	Account  accountCommand  `cmd:"" help:"${account}"`
	Rule     ruleCommand     `cmd:"" help:"${rule}"`
	Compact  compactCommand  `cmd:"" help:"${compact}"`
	OpenAPI  openapiCommand  `cmd:"" name:"openapi" help:"${openapi}"`
	Plugin   pluginCommand   `cmd:"" help:"${plugin}"`
	Simulate simulateCommand `cmd:"" help:"${simulate}"`
	Version  versionCommand  `cmd:"" help:"${version}"`
	Worker   workerCommand   `cmd:"" name:"script-worker" hidden:""`
}

// session is what a command is given to work with.
type session struct {
	OS
	lang string
	out  io.Writer
}

// yes reads the answer to a question; anything but a clear yes is no.
func (s *session) yes() bool {
	line, _ := bufio.NewReader(s.Stdin).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes", "д", "да":
		return true
	}
	return false
}

// Main runs one command and returns its exit code.
func Main(sys OS) (code int) {
	lang := sys.language()
	var line commands
	ended := -1
	help := kong.HelpPrinter(kong.DefaultHelpPrinter)
	if lang == "ru" {
		help = russianHelp
	}
	parser, err := kong.New(&line, kong.Help(help),
		kong.Name("orderbell"), kong.Description(vocabulary["about"].pick(lang)), words(lang),
		kong.Writers(sys.Stdout, sys.Stderr), kong.Exit(func(code int) { ended = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.UsageOnError(),
		kong.ShortUsageOnError(),
	)
	if err != nil {
		return fail(sys, lang, err)
	}
	parser.Model.HelpFlag.Help = vocabulary["help_flag"].pick(lang)
	args := sys.Args
	switch {
	case len(args) == 0:
		args = []string{"--help"}
	case args[0] == "help": // as other programs have it
		args = append(slices.Clone(args[1:]), "--help")
	}
	parsed, err := parser.Parse(args)
	if ended >= 0 { // help was asked for and printed
		return ended
	}
	if err != nil {
		return fail(sys, lang, usageError{misuse{err}})
	}
	ctx, stop := sys.Signals(context.Background())
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(&session{OS: sys, lang: lang, out: sys.Stdout})
	if faults, ok := errors.AsType[config.Faults](err); ok && wantsJSON(parsed) {
		if err := printJSON(sys.Stdout, map[string]any{"faults": faults}); err != nil {
			return fail(sys, lang, err)
		}
	}
	return fail(sys, lang, err)
}

// wantsJSON tells whether the command was given --json: then the mistakes of the configuration, which keep
// it from answering, are its answer.
func wantsJSON(parsed *kong.Context) bool {
	for _, flag := range parsed.Flags() {
		if flag.Name == "json" {
			on, _ := parsed.FlagValue(flag).(bool)
			return on
		}
	}
	return false
}

// fail prints what went wrong, in the user's language where the error can speak it, and gives the
// exit code.
func fail(sys OS, lang string, err error) int {
	if err == nil {
		return exitDone
	}
	_, _ = fmt.Fprintf(sys.Stderr, "orderbell: %s\n", spoken(err, lang))
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	return exitFailed
}

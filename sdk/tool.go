package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
)

// tool is a provider program run by hand. An admin or an integrator can try an account without a
// gateway.
type tool struct {
	engine *engine
	sys    system
	russia bool // speak Russian
}

func newTool(e *engine, sys system) *tool {
	t := &tool{engine: e, sys: sys}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} { // the first one set wins
		if value := sys.getenv(name); value != "" {
			t.russia = strings.HasPrefix(value, "ru")
			break
		}
	}
	return t
}

// in chooses the language.
func (t *tool) in(text Text) string {
	if t.russia {
		return text.In("ru")
	}
	return text.In("en")
}

func (t *tool) say(text Text, args ...any) {
	_, _ = fmt.Fprintf(t.sys.stdout, t.in(text)+"\n", args...)
}

func (t *tool) complain(text Text, args ...any) {
	_, _ = fmt.Fprintf(t.sys.stderr, t.in(text)+"\n", args...)
}

// toolTimeout ends any command.
const toolTimeout = time.Minute

func (t *tool) run() int {
	if len(t.sys.args) < 2 {
		t.explain(t.sys.stdout)
		return exitDone
	}
	commands := map[string]func(context.Context, *toolFlags) int{
		"describe": t.describe, "check": t.check, "send": t.send, "balance": t.balance, "version": t.version,
	}
	name := t.sys.args[1]
	if name == "help" || name == "-h" || name == "-help" || name == "--help" {
		t.explain(t.sys.stdout)
		return exitDone
	}
	command, known := commands[name]
	if !known {
		t.complain(Text{EN: "There is no command %q.", RU: "Команды %q нет."}, name)
		t.explain(t.sys.stderr)
		return exitUsage
	}
	flags, ok := t.flags(name, t.sys.args[2:])
	if !ok {
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, toolTimeout)
	defer cancel()
	return command(ctx, flags)
}

func (t *tool) program() string {
	return strings.TrimSuffix(filepath.Base(t.sys.args[0]), ".exe")
}

// explain says what this program is and what to do with it.
func (t *tool) explain(to io.Writer) {
	m := t.engine.manifest
	text := Text{
		EN: `%[1]s %[2]s: %[3]s, a provider for Orderbell.

Orderbell starts it by itself: copy this file as orderbell-provider-%[4]s to the folder "plugins"
beside the orderbell program, or to the folder that "plugins" names in orderbell.yaml.

By hand it tries an account out:
  %[1]s describe                       what it can do and which settings it has, as JSON
  %[1]s check   -config account.json   log in without sending
  %[1]s balance -config account.json   what the account holds
  %[1]s send    -config account.json -to +79990000001 -text "Hello"
  %[1]s version

account.json holds the settings: {"key": "value", …}. -allow host:port lets it call a private
address. Exit codes: 0 done, 1 refused or failed, 2 wrong usage or settings.
`,
		RU: `%[1]s %[2]s: %[3]s, провайдер для Orderbell.

Orderbell запускает его сам: скопируйте этот файл под именем orderbell-provider-%[4]s в папку
"plugins" рядом с программой orderbell или в папку из настройки "plugins" файла orderbell.yaml.

Вручную им можно проверить учётную запись:
  %[1]s describe                       возможности и настройки в виде JSON
  %[1]s check   -config account.json   вход без отправки
  %[1]s balance -config account.json   остаток на счёте
  %[1]s send    -config account.json -to +79990000001 -text "Привет"
  %[1]s version

В account.json настройки: {"ключ": "значение", …}. -allow host:port разрешает обращение к
локальному адресу. Коды выхода: 0 готово, 1 отказ или сбой, 2 неверный вызов или настройки.
`,
	}
	_, _ = fmt.Fprintf(to, t.in(text), t.program(), m.Version, t.in(m.Title), m.Name)
}

// toolFlags are the flags of the commands.
type toolFlags struct {
	config, to, text, sender string
	test                     bool
	allow                    []string
}

func (t *tool) flags(command string, args []string) (*toolFlags, bool) {
	f := &toolFlags{}
	set := flag.NewFlagSet(t.program()+" "+command, flag.ContinueOnError)
	set.SetOutput(t.sys.stderr)
	set.StringVar(&f.config, "config", "", t.in(Text{EN: "`file` with the settings as JSON", RU: "`файл` с настройками в JSON"}))
	set.Func("allow", t.in(Text{EN: "private `host:port` that may be called (repeatable)", RU: "локальный `host:port`, к которому можно обращаться (повторяемый)"}),
		func(value string) error { f.allow = append(f.allow, value); return nil })
	if command == "send" {
		set.StringVar(&f.to, "to", "", t.in(Text{EN: "`number`, +79990000001", RU: "`номер`, +79990000001"}))
		set.StringVar(&f.text, "text", "", t.in(Text{EN: "`text` to send", RU: "`текст` сообщения"}))
		set.StringVar(&f.sender, "sender", "", t.in(Text{EN: "sender `name`", RU: "`имя` отправителя"}))
		set.BoolVar(&f.test, "test", false, t.in(Text{EN: "let the operator simulate it, if it can", RU: "попросить оператора только имитировать отправку"}))
	}
	if err := set.Parse(args); err != nil {
		return nil, false // flag has said why
	}
	if set.NArg() > 0 {
		t.complain(Text{EN: "Unexpected: %s", RU: "Лишнее: %s"}, strings.Join(set.Args(), " "))
		return nil, false
	}
	if command == "send" && (f.to == "" || f.text == "") {
		t.complain(Text{EN: "send needs -to and -text.", RU: "Команде send нужны -to и -text."})
		return nil, false
	}
	return f, true
}

func (t *tool) describe(context.Context, *toolFlags) int {
	return t.print(t.engine.manifest)
}

func (t *tool) version(context.Context, *toolFlags) int {
	m := t.engine.manifest
	t.say(Text{EN: "%s %s (SDK %s)"}, m.Name, m.Version, m.SDKVersion)
	return exitDone
}

func (t *tool) check(ctx context.Context, f *toolFlags) int {
	return t.with(ctx, f, func(a *account) error {
		checker, ok := a.sender.(Checker)
		if !ok {
			return t.cannot("check")
		}
		diagnostics, err := checker.Check(ctx)
		t.list(diagnostics)
		if err == nil {
			t.say(Text{EN: "The account works.", RU: "Учётная запись работает."})
		}
		return err
	})
}

func (t *tool) balance(ctx context.Context, f *toolFlags) int {
	return t.with(ctx, f, func(a *account) error {
		balancer, ok := a.sender.(Balancer)
		if !ok {
			return t.cannot("balance")
		}
		balance, err := balancer.Balance(ctx)
		switch {
		case err != nil:
		case balance.Unlimited:
			t.say(Text{EN: "Unlimited.", RU: "Без ограничений."})
		default:
			t.say(Text{EN: "%s"}, balance.Amount)
		}
		return err
	})
}

func (t *tool) send(ctx context.Context, f *toolFlags) int {
	return t.with(ctx, f, func(a *account) error {
		m := Message{
			ID: fmt.Sprintf("HAND%022d", t.sys.now().UnixNano()), Attempt: 1, To: f.to, Text: f.text, Sender: f.sender,
			Channel: SMS, Category: Transactional, Test: f.test,
		}
		outcome := a.send(ctx, []Message{m})[0]
		if outcome.Failure != nil {
			return outcome.Failure
		}
		t.say(Text{EN: "Accepted as %s.", RU: "Принято под номером %s."}, outcome.Accepted.ID)
		if outcome.Accepted.Cost != nil {
			t.say(Text{EN: "Cost: %s", RU: "Стоимость: %s"}, outcome.Accepted.Cost)
		}
		return nil
	})
}

func (t *tool) cannot(command string) error {
	return Fail(Unsupported, "%s: %s", command, t.in(Text{EN: "the provider has no such ability", RU: "провайдер этого не умеет"}))
}

// with opens an account from the configuration file, works with it and closes it.
func (t *tool) with(ctx context.Context, f *toolFlags, work func(*account) error) int {
	settings, err := readSettings(f.config)
	if err != nil {
		t.complain(Text{EN: "Settings: %v", RU: "Настройки: %v"}, err)
		return exitUsage
	}
	scrub := newScrubber()
	log := hclog.New(&hclog.LoggerOptions{Name: t.engine.manifest.Name, Level: hclog.Info, Output: scrub.writer(t.sys.stderr)})
	as := newAccounts(t.engine, scrub, log, t.sys.now)
	key := accountKey{name: "hand", revision: 1}
	diagnostics, err := as.add(ctx, key, settings, f.allow)
	t.list(diagnostics)
	a, done := as.use(key)
	if err != nil || a == nil {
		return exitUsage
	}
	err = work(a)
	done()
	if closing := as.remove(ctx, key); err == nil {
		err = closing
	}
	if err == nil {
		return exitDone
	}
	failure := AsFailure(err, Internal)
	t.complain(Text{EN: "%s"}, scrub.clean(failure.Error()))
	t.complain(failure.Reason.Sentence())
	t.complain(failure.Reason.Cure())
	if failure.Raw != "" {
		t.complain(Text{EN: "The operator's answer: %s", RU: "Ответ оператора: %s"}, scrub.clean(failure.Raw))
	}
	return exitFailed
}

// list prints findings, errors to stderr.
func (t *tool) list(diagnostics []Diagnostic) {
	for _, d := range diagnostics {
		line := t.in(d.Summary)
		if d.Field != "" {
			line = d.Field + ": " + line
		}
		if cure := t.in(d.Cure); cure != "" {
			line += " " + cure
		}
		if d.Severity == SeverityError {
			t.complain(Text{EN: "%s"}, line)
			continue
		}
		t.say(Text{EN: "%s"}, line)
	}
}

func (t *tool) print(value any) int {
	encoder := json.NewEncoder(t.sys.stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		t.complain(Text{EN: "%v"}, err)
		return exitFailed
	}
	return exitDone
}

// readSettings reads {"key": "value"}; numbers and booleans are taken as they are written, a list
// becomes one entry a line. Errors do not quote the file: it holds secrets.
func readSettings(path string) (map[string]string, error) {
	if path == "" {
		return map[string]string{}, nil
	}
	data, err := os.ReadFile(path) //nolint:gosec // the person at the keyboard named it
	if err != nil {
		return nil, err
	}
	var raw map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	if err := decoder.Decode(&raw); err != nil {
		return nil, fmt.Errorf("%s: not a JSON object: {\"key\": \"value\"}", path)
	}
	settings := map[string]string{}
	var faults []error
	for key, value := range raw {
		text, err := settingText(value)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %s: %w", path, key, err))
		}
		settings[key] = text
	}
	return settings, errors.Join(faults...)
}

func settingText(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case json.Number, bool:
		return fmt.Sprint(v), nil
	case []any:
		var lines []string
		for _, entry := range v {
			line, ok := entry.(string)
			if !ok {
				return "", errors.New("a list must hold strings")
			}
			lines = append(lines, line)
		}
		return strings.Join(lines, "\n"), nil
	}
	return "", errors.New("a value must be a string, a number, true, false or a list of strings")
}

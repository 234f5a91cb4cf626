package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/app"
)

type pluginCommand struct {
	New   pluginNewCommand   `cmd:"" help:"${plugin_new}"`
	Check pluginCheckCommand `cmd:"" help:"${plugin_check}"`
	List  pluginListCommand  `cmd:"" help:"${plugin_list}"`
	Add   pluginAddCommand   `cmd:"" help:"${plugin_add}"`
	Pin   pluginPinCommand   `cmd:"" help:"${plugin_pin}"`
}

type pluginListCommand struct {
	configFlags
	JSON bool `name:"json" help:"${json}"`
}

// Run lists the provider programs; it fails if one of them cannot be used.
func (c *pluginListCommand) Run(ctx context.Context, s *session) error {
	opts, _, err := c.effective(ctx, s)
	if err != nil {
		return err
	}
	list, problems := app.ListPlugins(ctx, opts)
	bad := len(problems)
	for _, l := range list {
		if !l.OK {
			bad++
		}
	}
	if c.JSON {
		said := []string{}
		for _, err := range problems {
			said = append(said, spoken(err, s.lang))
		}
		if err := printJSON(s.out, map[string]any{"ok": bad == 0, "items": list, "problems": said}); err != nil {
			return err
		}
	} else if err := showPlugins(s, list, problems); err != nil {
		return err
	}
	if bad > 0 {
		return fmt.Errorf(word{"найдено неполадок: %d", "%d faults found"}.pick(s.lang), bad)
	}
	return nil
}

func showPlugins(s *session, list []app.ListedPlugin, problems []error) error {
	rows := [][]string{strings.Split(word{
		"ПРОВАЙДЕР|ВЕРСИЯ|ОТКУДА|РАБОТАЕТ|УЧЁТНЫЕ ЗАПИСИ|SHA-256|СОСТОЯНИЕ", "PROVIDER|VERSION|SOURCE|SERVES|ACCOUNTS|SHA-256|STATE",
	}.pick(s.lang), "|")}
	for _, l := range list {
		source, serves, state := word{"добавлена", "added"}, word{"", ""}, l.State
		if l.Bundled {
			source = word{"со шлюзом", "bundled"}
		}
		if l.Pinned {
			source = word{"закреплена", "pinned"}
		}
		if l.Serves {
			serves = word{"да", "yes"}
		}
		if !l.OK {
			state = app.Text{RU: "неполадка, см. ниже", EN: "fault, see below"}
		}
		rows = append(rows, []string{l.Name, oneLine(l.Version, 32), source.pick(s.lang), serves.pick(s.lang),
			strings.Join(l.Accounts, ", "), l.Sum[:min(12, len(l.Sum))], state.In(s.lang)})
	}
	if len(list) == 0 {
		_, _ = fmt.Fprintln(s.out, word{"Программ провайдеров нет.", "There are no provider programs."}.pick(s.lang))
	} else if err := table(s.out, rows); err != nil {
		return err
	}
	for _, l := range list {
		if !l.OK {
			_, _ = fmt.Fprintf(s.out, "✗ %s %s: %s\n", l.Name, l.Version, oneLine(l.State.In(s.lang), 1000))
		}
	}
	for _, l := range list {
		if hiding := l.Hiding(s.lang); hiding != "" {
			_, _ = fmt.Fprintf(s.out, "! %s\n", oneLine(hiding, 1000))
		}
	}
	for _, err := range problems {
		_, _ = fmt.Fprintf(s.out, "✗ %s\n", oneLine(spoken(err, s.lang), 1000))
	}
	return nil
}

type pluginPinCommand struct {
	configFlags
	Name    string `arg:"" help:"${plugin_name}"`
	Version string `arg:"" help:"${plugin_version}"`
	JSON    bool   `name:"json" help:"${json}"`
}

// Run chooses the version that serves a provider's accounts.
func (c *pluginPinCommand) Run(ctx context.Context, s *session) error {
	opts, _, err := c.effective(ctx, s)
	if err != nil {
		return err
	}
	// Before the first start there may be a catalogue already; without one there is nothing to choose from.
	if !app.HasAdded(opts.Config) {
		if err := dataExists(s, opts.Config); err != nil {
			return err
		}
	}
	before, err := app.PinPlugin(ctx, opts, c.Name, c.Version)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, map[string]string{"provider": c.Name, "version": c.Version, "before": before})
	}
	_, err = fmt.Fprintf(s.out, word{
		"%s: учётные записи работают с версией %s. Работающий шлюз перейдёт на неё сам, за несколько секунд и без потерь.\n",
		"%s: its accounts use version %s. A running gateway moves to it by itself, within seconds and without a loss.\n",
	}.pick(s.lang), c.Name, c.Version)
	if err == nil && before != "" && before != c.Version {
		_, err = fmt.Fprintf(s.out, word{"Вернуться: orderbell plugin pin %s %s\n", "To go back: orderbell plugin pin %s %s\n"}.pick(s.lang), c.Name, before)
	}
	return err
}

type pluginAddCommand struct {
	configFlags
	File string `arg:"" help:"${plugin_file}"`
	Yes  bool   `help:"${plugin_yes}"`
	Sum  string `help:"${plugin_sum}" placeholder:"HEX"`
	JSON bool   `name:"json" help:"${json}"`
}

// Run adds a program to the catalogue after somebody, or the sum that he gave, has agreed.
func (c *pluginAddCommand) Run(ctx context.Context, s *session) error {
	opts, _, err := c.effective(ctx, s)
	if err != nil {
		return err
	}
	if c.Yes && c.Sum == "" {
		return usageError{errors.New(word{
			"--yes без --sum добавил бы что угодно: назовите сумму файла (sha256sum ФАЙЛ)",
			"--yes without --sum would add anything: name the file's sum (sha256sum FILE)",
		}.pick(s.lang))}
	}
	if !c.Yes && !s.Asks {
		return usageError{errors.New(word{
			"подтвердить некому: здесь нет терминала; для скриптов есть --yes --sum HEX (sha256sum ФАЙЛ)",
			"nobody can be asked, for there is no terminal; scripts say --yes --sum HEX (sha256sum FILE)",
		}.pick(s.lang))}
	}
	staged, err := app.StagePlugin(ctx, opts, c.File, c.Sum)
	if err != nil {
		return err
	}
	defer staged.Discard()
	if !c.Yes && !staged.Already && !c.agreed(s, staged) {
		return errors.New(word{"не добавлено", "not added"}.pick(s.lang))
	}
	added, err := staged.Keep()
	if err != nil {
		return err
	}
	return c.tell(s, listedAddition{
		Name: added.Name, Version: added.Version, SDK: added.SDK, Protocol: added.Protocol, Sum: added.Sum,
		Path: added.Program().Path, Already: staged.Already, Serves: app.Serving(opts, added.Name),
	})
}

// agreed shows what the program says of itself and asks.
func (c *pluginAddCommand) agreed(s *session, staged *app.StagedPlugin) bool {
	m := staged.Manifest
	_, _ = fmt.Fprintf(s.Stderr, word{
		"%s %s — %s\n  собрано с SDK %s, %.1f МБ\n  настройки: %s\n  SHA-256: %s\nЭто чужая программа: она увидит ключи своих учётных записей, номера и тексты. Сверьте сумму с той, что назвал автор.\nДобавить? [д/Н] ",
		"%s %s — %s\n  built with SDK %s, %.1f MB\n  settings: %s\n  SHA-256: %s\nThis is somebody's program: it will see the keys of its accounts, numbers and texts. Compare the sum with the one that its author gave.\nAdd it? [y/N] ",
	}.pick(s.lang), m.Name, oneLine(m.Version, 64), oneLine(m.Title.In(s.lang), 100), oneLine(m.SDKVersion, 64),
		float64(staged.Size)/1e6, strings.Join(staged.Keys(), ", "), staged.Sum)
	return s.yes()
}

// listedAddition is an added version for scripts.
type listedAddition struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	SDK      string `json:"sdk"`
	Protocol int    `json:"protocol"`
	Sum      string `json:"sha256"`
	Path     string `json:"path"`
	Already  bool   `json:"already"` // it was there before
	Serves   string `json:"serves"`  // the version that the provider's accounts use; empty: none yet
}

func (c *pluginAddCommand) tell(s *session, l listedAddition) error {
	if c.JSON {
		return printJSON(s.out, l)
	}
	done := word{"добавлено", "added"}
	if l.Already {
		done = word{"уже есть в каталоге", "in the catalogue already"}
	}
	if _, err := fmt.Fprintf(s.out, "%s %s: %s, SHA-256 %s\n", l.Name, l.Version, done.pick(s.lang), l.Sum); err != nil {
		return err
	}
	if l.Serves == l.Version {
		return nil
	}
	now := l.Serves
	if now == "" {
		now = word{"ни одной", "none"}.pick(s.lang)
	}
	_, err := fmt.Fprintf(s.out, word{
		"Сейчас работает версия: %s. Перейти на эту: orderbell plugin pin %s %s\n",
		"Version that serves now: %s. To use this one: orderbell plugin pin %s %s\n",
	}.pick(s.lang), now, l.Name, l.Version)
	return err
}

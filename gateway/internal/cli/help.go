package cli

import (
	"io"
	"regexp"

	"github.com/alecthomas/kong"
)

// russianHelp prints the parser's help, whose own words are English, in Russian.
func russianHelp(options kong.HelpOptions, ctx *kong.Context) error {
	plain := ctx.Stdout
	ctx.Stdout = helpInRussian{plain}
	defer func() { ctx.Stdout = plain }()
	return kong.DefaultHelpPrinter(options, ctx)
}

// helpInRussian puts help into Russian on its way out. The parser writes line by line, of 80 characters:
// it asks only files how wide a terminal is.
type helpInRussian struct{ io.Writer }

// Write translates what are the parser's own words.
func (h helpInRussian) Write(line []byte) (int, error) {
	text := line
	for _, one := range helpWords {
		text = one.said.ReplaceAll(text, []byte(one.ru))
	}
	if _, err := h.Writer.Write(text); err != nil {
		return 0, err
	}
	return len(line), nil
}

// helpWords are the parser's words in help, each where it alone can have put it.
var helpWords = []struct {
	said *regexp.Regexp
	ru   string
}{
	{regexp.MustCompile(`^(Usage: .*)<command>`), `$1<команда>`},
	{regexp.MustCompile(`^(Usage: .*)\[flags\]`), `$1[ключи]`},
	{regexp.MustCompile(`^Usage: `), `Вызов: `},
	{regexp.MustCompile(`^Arguments:\n`), "Значения:\n"},
	{regexp.MustCompile(`^Flags:\n`), "Ключи:\n"},
	{regexp.MustCompile(`^Commands:\n`), "Команды:\n"},
	{regexp.MustCompile(`^Run "(.+) <command> --help" for more information on a command\.`), `Подробнее о команде: $1 <команда> --help`},
}

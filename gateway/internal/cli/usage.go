package cli

import (
	"regexp"
	"strings"
)

// usageError makes the command end with exitUsage.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// misuse is what the parser of the command line says, which knows English only.
type misuse struct{ error }

// Sentence gives it in the language.
func (e misuse) Sentence(lang string) string {
	if said := e.Error(); lang == "ru" {
		return inRussian(said)
	}
	return e.Error()
}

// parserWords are the parser's sentences as it writes them, and what stands for each in Russian. The test
// asks the parser itself, so that a new version of it with other words is noticed.
var parserWords = []struct {
	said *regexp.Regexp
	ru   string
}{
	{regexp.MustCompile(`^unexpected argument (.+)$`), `лишнее слово «$1»: такой команды или значения здесь нет`},
	{regexp.MustCompile(`^unknown flag (.+)$`), `ключа $1 здесь нет`},
	{regexp.MustCompile(`^missing flags: (.+)$`), `не хватает ключей: $1`},
	{regexp.MustCompile(`^missing positional arguments (.+)$`), `не хватает: $1`},
	{regexp.MustCompile(`^expected one of (.+)$`), `не хватает команды; есть: $1`},
	{regexp.MustCompile(`^expected (.+)$`), `не хватает: $1`},
	{regexp.MustCompile(`^(--\S+) must be one of (.+) but got (".*")$`), `$1 принимает только $2, а не $3`},
	{regexp.MustCompile(`^(--\S+) and (--\S+) can't be used together$`), `$1 и $2 вместе не имеют смысла`},
	{regexp.MustCompile(`^([^:]+): expected \S+ value but got "EOL".*$`), `после $1 не хватает значения`},
	{regexp.MustCompile(`^([^:]+): expected \S+ value but got ("[^"]*") \(\w+ flag\).*$`), `после $1 не хватает значения: $2 похоже на ключ; значение, которое начинается с «-», пишут после знака «=»`},
	{regexp.MustCompile(`^([^:]+): expected a valid \d+ bit u?int but got (".*")$`), `$1: нужно целое число, а не $2`},
	{regexp.MustCompile(`^([^:]+): expected (?:a float|an int) but got (".*?").*$`), `$1: нужно число, а не $2`},
	{regexp.MustCompile(`^([^:]+): expected duration but got (".*?").*$`), `$1: нужна длительность вроде 90s, 15m или 2h, а не $2`},
	{regexp.MustCompile(`^([^:]+): bool value must be .+ but got (".*")$`), `$1: нужно true или false, а не $2`},
}

// guesses are how the parser ends a sentence about a word that is close to a known one.
var guesses = regexp.MustCompile(`^(.+), did you mean (?:one of )?(.+)\?$`)

// inRussian gives a sentence of the parser in Russian; one that is not known stays as it is.
func inRussian(said string) string {
	near := ""
	if parts := guesses.FindStringSubmatch(said); parts != nil {
		said = parts[1]
		near = "; возможно, " + strings.ReplaceAll(strings.ReplaceAll(parts[2], `"`, ""), ", ", " или ")
	}
	for _, one := range parserWords {
		if parts := one.said.FindStringSubmatchIndex(said); parts != nil {
			return string(one.said.ExpandString(nil, one.ru, said, parts)) + near
		}
	}
	return said + near
}

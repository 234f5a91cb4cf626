package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Hidden says that programs are not used because another one of the same provider lies in a folder that
// comes first: after an update of the gateway somebody would wonder why the old program runs.
type Hidden struct {
	Provider string
	Used     string   // the file that serves
	Files    []string // those that it hides
}

// Sentence says in Russian ("ru") or English which file is used, which is not, and what to do.
func (h Hidden) Sentence(lang string) string {
	files := strings.Join(h.Files, ", ")
	if lang == "ru" {
		return fmt.Sprintf("программ провайдера %q несколько: работает %s, не используется %s; лишнюю удалите", h.Provider, h.Used, files)
	}
	return fmt.Sprintf("there are several programs of the provider %q: %s is used, %s is not; remove the one that is too many", h.Provider, h.Used, files)
}

// Hidden lists the bundled programs that are not used because of another bundled one, in order of provider.
// Where an added version is pinned, none of them is used and none is listed.
func (c Catalogue) Hidden() []Hidden {
	var all []Hidden
	for _, name := range slices.Sorted(maps.Keys(c.hidden)) {
		first := c.programs[name]
		if used, err := c.Find(name); err == nil && used.same(first) {
			all = append(all, Hidden{Provider: name, Used: first.Path, Files: slices.Clone(c.hidden[name])})
		}
	}
	return all
}

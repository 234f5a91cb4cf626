package config

import (
	"maps"
	"slices"
	"strings"
)

// readEnv reads ORDERBELL_* over what the file said. A list of words is separated by commas; a list of
// objects (restaurants, accounts, api_keys) cannot be given so. An empty variable is as if it were not
// set, because that is how composed environments leave out a value. Values are taken as they are, without
// ${…}. An unknown name is a fault only where it is a near miss: people name their own variables
// ORDERBELL_SOMETHING, too, and other programs of ours have theirs.
func (r *reader) readEnv(top []field) {
	known := map[string]bool{}
	r.envFields(top, "", known)
	names := slices.Sorted(maps.Keys(known))
	for _, name := range slices.Sorted(maps.Keys(r.env)) {
		if !strings.HasPrefix(name, EnvPrefix) || known[name] || r.asked[name] {
			continue
		}
		if near := nearMiss(name, names); near != "" {
			r.faults = append(r.faults, Fault{
				Source:  name,
				Problem: Text{"такой переменной нет", "there is no such variable"},
				Cure:    Text{"Может быть, " + near + "?", "Did you mean " + near + "?"},
			})
		}
	}
}

// envFields reads the variables of the fields and notes their names.
func (r *reader) envFields(fields []field, path string, known map[string]bool) {
	for _, f := range fields {
		at := join(path, f.name)
		if f.group != nil {
			r.envFields(f.group, at, known)
			continue
		}
		name := EnvName(at)
		known[name] = true
		if text := r.env[name]; text != "" {
			r.readText(f, at, name, text)
		}
	}
}

// EnvName gives the environment variable of a path: ORDERBELL_LOG_LEVEL for "log.level".
func EnvName(path string) string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}

// readText reads one text from outside the file into a field.
func (r *reader) readText(f field, path, source, text string) {
	v := value{place: place{source: source}, path: path, raw: text, text: text, secret: f.secret}
	switch {
	case f.one != nil:
		r.places[path] = v.place
		f.one(v)
	case f.words != nil:
		r.places[path] = v.place
		f.words(splitWords(v))
	default:
		v.secret = true
		r.fault(v, Text{"списки объектов из окружения не читаются", "lists of objects are not read from the environment"},
			Text{"Опишите его в orderbell.yaml", "Describe it in orderbell.yaml"})
	}
}

func splitWords(v value) []value {
	var words []value
	for word := range strings.SplitSeq(v.text, ",") {
		word = strings.TrimSpace(word)
		if word == "" {
			continue
		}
		one := v
		one.raw, one.text = word, word
		words = append(words, one)
	}
	return words
}

// nearMiss gives the variable that was probably meant: at most two letters away.
func nearMiss(name string, names []string) string {
	const longest = 60
	if len(name) > longest {
		return ""
	}
	for steps := 1; steps <= 2; steps++ {
		for _, n := range names {
			if editSteps(strings.ToUpper(name), n) <= steps {
				return n
			}
		}
	}
	return ""
}

// readFlags reads the flags over everything else.
func (r *reader) readFlags(top []field, flags Flags) {
	given := []struct{ path, flag, text string }{
		{"listen", "--listen", flags.Listen},
		{"admin_listen", "--admin-listen", flags.AdminListen},
		{"data", "--data", flags.Data},
		{"plugins", "--plugins", flags.Plugins},
		{"rules", "--rules", flags.Rules},
	}
	for _, g := range given {
		for _, f := range top {
			if f.name == g.path && g.text != "" {
				r.readText(f, g.path, g.flag, g.text)
			}
		}
	}
}

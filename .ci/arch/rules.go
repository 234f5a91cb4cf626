package main

import (
	"fmt"
	"strings"
)

const (
	module    = "github.com/orderbell/orderbell"
	shortName = "internal/"
	longName  = "gateway/internal/"
)

// rules are the three texts of table.go, read.
type rules struct {
	packages []packageRule
	guards   []guardRule
	never    []neverRule
	impure   []string
}

type packageRule struct {
	pattern string
	project []string // patterns relative to the module
	kind    string   // pure, std or open
	outside []string // import paths allowed beside the kind, with everything under them
	tests   []string // patterns that its test files may import from the project as well
	text    string   // the line as written, for messages
}

type guardRule struct {
	library string
	owners  []string
	via     []string
	text    string
}

type neverRule struct {
	from []string
	to   []string
	text string
}

// parse reads the tables; an error names the line that it does not understand.
func parse(packages, guards, never string) (rules, error) {
	r := rules{impure: strings.Fields(impure)}
	for _, line := range lines(packages) {
		c := columns(line)
		if len(c) == 3 {
			c = append(c, []string{"tests"})
		}
		if len(c) != 4 || len(c[0]) != 1 || len(c[2]) == 0 || len(c[3]) == 0 || c[3][0] != "tests" {
			return rules{}, fmt.Errorf("packages: want 'package | imports | kind [| tests imports]', got %q", line)
		}
		kind := c[2][0]
		if kind != "pure" && kind != "std" && kind != "open" {
			return rules{}, fmt.Errorf("packages: kind must be pure, std or open in %q", line)
		}
		r.packages = append(r.packages, packageRule{
			pattern: long(c[0][0]), project: expand(c[1]), kind: kind, outside: c[2][1:],
			tests: expand(c[3][1:]), text: line,
		})
	}
	for _, line := range lines(guards) {
		c := columns(line)
		if len(c) < 2 || len(c) > 3 || len(c[0]) != 1 || (len(c) == 3 && c[2][0] != "via") {
			return rules{}, fmt.Errorf("guards: want 'library | owners [| via libraries]', got %q", line)
		}
		g := guardRule{library: c[0][0], owners: expand(c[1]), text: line}
		if len(c) == 3 {
			g.via = c[2][1:]
		}
		r.guards = append(r.guards, g)
	}
	for _, line := range lines(never) {
		c := columns(line)
		if len(c) != 2 {
			return rules{}, fmt.Errorf("never: want 'from | to', got %q", line)
		}
		r.never = append(r.never, neverRule{expand(c[0]), expand(c[1]), line})
	}
	return r, nil
}

// find gives the first line that fits the package.
func (r rules) find(pkg string) (packageRule, bool) {
	for _, p := range r.packages {
		if match(p.pattern, pkg) {
			return p, true
		}
	}
	return packageRule{}, false
}

func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.Join(strings.Fields(line), " ")
		if line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

func columns(line string) [][]string {
	var out [][]string
	for part := range strings.SplitSeq(line, "|") {
		out = append(out, strings.Fields(part))
	}
	return out
}

// expand turns short names into long ones, PURE and KITS into their packages and "-" into nothing.
func expand(names []string) []string {
	var out []string
	for _, name := range names {
		switch name {
		case "-":
		case "PURE":
			out = append(out, expand(strings.Fields(pureCore))...)
		case "KITS":
			out = append(out, expand(strings.Fields(testKits))...)
		default:
			out = append(out, long(name))
		}
	}
	return out
}

func long(name string) string {
	if rest, short := strings.CutPrefix(name, shortName); short {
		return longName + rest
	}
	return name
}

// match tells whether a pattern of the tables fits a path.
func match(pattern, path string) bool {
	if pattern == "..." {
		return true
	}
	if prefix, ok := strings.CutSuffix(pattern, "/..."); ok {
		return within(prefix, path)
	}
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		rest, under := strings.CutPrefix(path, prefix)
		return under && rest != "" && !strings.Contains(rest, "/")
	}
	return pattern == path
}

func matchAny(patterns []string, path string) bool {
	for _, p := range patterns {
		if match(p, path) {
			return true
		}
	}
	return false
}

// within tells whether path is root or lies under it. A major version belongs to its library:
// "echo" holds "echo/v4".
func within(root, path string) bool {
	return path == root || strings.HasPrefix(path, root+"/")
}

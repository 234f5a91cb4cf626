package main

import (
	"fmt"
	"slices"
	"strings"
)

// node is one package as the go command lists it.
type node struct {
	Path     string // full import path
	Standard bool
	Imports  []string
	Tests    []string          // imports of its test files, both kinds
	Where    map[string]string // import → "dir/file.go:12", for packages of this module
}

// graph is all packages of the module and everything that they are built from, by import path.
type graph map[string]*node

// violation is one broken line of the tables.
type violation struct {
	where string // file and line of the import that begins it
	what  string
	rule  string
}

func (v violation) String() string {
	return fmt.Sprintf("%s: %s\n\tbreaks: %s", v.where, v.what, v.rule)
}

// check compares the graph with the rules and returns every violation, in order of package.
func check(g graph, r rules) []violation {
	var found []violation
	for _, path := range g.ours() {
		pkg := g[path]
		row, known := r.find(relative(path))
		if !known {
			found = append(found, violation{relative(path), "the package has no line in the table",
				".ci/arch/table.go, packages: add a line that says what it may import"})
			continue
		}
		found = append(found, checkProject(pkg, row)...)
		found = append(found, checkOutside(g, pkg, row, r.impure)...)
		found = append(found, checkGuards(g, pkg, r.guards)...)
		found = append(found, checkNever(g, pkg, r.never)...)
	}
	return found
}

// checkProject holds direct imports from this module, those of test files included, to the middle
// column. Test files may also import their own package, the test kits and what the line names for them.
func checkProject(pkg *node, row packageRule) []violation {
	var found []violation
	for _, imp := range pkg.Imports {
		if ours(imp) && !matchAny(row.project, relative(imp)) {
			found = append(found, pkg.breaks(imp, "imports "+relative(imp), row.text))
		}
	}
	for _, imp := range pkg.Tests {
		if ours(imp) && imp != pkg.Path && !kit(imp) && !matchAny(row.project, relative(imp)) && !matchAny(row.tests, relative(imp)) {
			found = append(found, pkg.breaks(imp, "its tests import "+relative(imp), row.text))
		}
	}
	return found
}

// checkOutside holds direct imports from elsewhere to the last column. Test files are free.
func checkOutside(g graph, pkg *node, row packageRule, impure []string) []violation {
	var found []violation
	for _, imp := range pkg.Imports {
		if ours(imp) || allowedOutside(g, imp, row, impure) {
			continue
		}
		found = append(found, pkg.breaks(imp, "imports "+imp, row.text))
	}
	return found
}

func allowedOutside(g graph, imp string, row packageRule, impure []string) bool {
	if row.kind == "open" || slices.ContainsFunc(row.outside, func(o string) bool { return within(o, imp) }) {
		return true
	}
	if dep, listed := g[imp]; !listed || !dep.Standard {
		return false
	}
	return row.kind == "std" || !matchAny(impure, imp)
}

// checkGuards looks for guarded libraries reached other than through their owners.
func checkGuards(g graph, pkg *node, guards []guardRule) []violation {
	var found []violation
	for _, guard := range guards {
		if matchAny(guard.owners, relative(pkg.Path)) {
			continue
		}
		chain := g.chain(pkg,
			func(path string) bool { return guard.is(g, path) },
			func(path string) bool { return guard.passes(g, path) })
		if chain != nil {
			found = append(found, pkg.breaks(chain[1], "reaches "+arrows(chain), guard.text))
		}
	}
	return found
}

// is tells whether path is the guarded library. One of the standard library is guarded alone: its
// sub-packages (database/sql/driver) are interfaces that many libraries name.
func (guard guardRule) is(g graph, path string) bool {
	if n := g[path]; n != nil && n.Standard {
		return path == guard.library
	}
	return within(guard.library, path)
}

// passes tells whether the search stops at path: an owner, a tolerated carrier, or the standard
// library, whose insides are not ours to judge.
func (guard guardRule) passes(g graph, path string) bool {
	if ours(path) {
		return matchAny(guard.owners, relative(path))
	}
	if n := g[path]; n != nil && n.Standard {
		return true
	}
	return slices.ContainsFunc(guard.via, func(v string) bool { return within(v, path) })
}

// checkNever looks for chains of any length within this module.
func checkNever(g graph, pkg *node, nevers []neverRule) []violation {
	var found []violation
	from := relative(pkg.Path)
	for _, n := range nevers {
		if !matchAny(n.from, from) {
			continue
		}
		forbidden := func(path string) bool {
			return ours(path) && path != pkg.Path && matchAny(n.to, relative(path))
		}
		// A package on the left answers for itself: whoever imports it is not blamed once more.
		stop := func(path string) bool { return !ours(path) || matchAny(n.from, relative(path)) }
		if chain := g.chain(pkg, forbidden, stop); chain != nil {
			found = append(found, pkg.breaks(chain[1], "reaches "+arrows(chain), n.text))
		}
		for _, imp := range pkg.Tests {
			if forbidden(imp) && !kit(imp) {
				found = append(found, pkg.breaks(imp, "its tests import "+relative(imp), n.text))
			}
		}
	}
	return found
}

// chain gives the shortest chain of imports from pkg to a package that is wanted, not going on from
// packages where stop says so; nil if there is none.
func (g graph) chain(pkg *node, wanted, stop func(path string) bool) []string {
	cameFrom := map[string]string{pkg.Path: ""}
	for queue := []string{pkg.Path}; len(queue) > 0; queue = queue[1:] {
		at := g[queue[0]]
		if at == nil {
			continue
		}
		for _, imp := range at.Imports {
			if _, seen := cameFrom[imp]; seen {
				continue
			}
			cameFrom[imp] = at.Path
			if wanted(imp) {
				return backtrack(cameFrom, imp)
			}
			if !stop(imp) {
				queue = append(queue, imp)
			}
		}
	}
	return nil
}

func backtrack(cameFrom map[string]string, last string) []string {
	var chain []string
	for path := last; path != ""; path = cameFrom[path] {
		chain = append(chain, path)
	}
	slices.Reverse(chain)
	return chain
}

// ours lists the packages of this module, sorted.
func (g graph) ours() []string {
	var out []string
	for path := range g {
		if ours(path) {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

func (n *node) breaks(imp, what, rule string) violation {
	where := n.Where[imp]
	if where == "" {
		where = relative(n.Path)
	}
	return violation{where, relative(n.Path) + " " + what, rule}
}

// kit tells whether a package exists for tests only.
func kit(path string) bool { return matchAny(expand([]string{"KITS"}), relative(path)) }

func ours(path string) bool { return within(module, path) }

func relative(path string) string { return strings.TrimPrefix(path, module+"/") }

func arrows(chain []string) string {
	short := make([]string, len(chain))
	for i, path := range chain {
		short[i] = relative(path)
	}
	return strings.Join(short, " → ")
}

// Command arch compares who imports whom with the table in table.go and prints every difference.
//
// Run it in the root of the module: go run ./.ci/arch. It asks the go command for the packages as
// they are built for Linux, Windows and macOS, so that files of one system cannot hide an import.
// Exit code 0: the walls stand. 1: they do not, or the packages cannot be listed.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "arch:", err)
		os.Exit(1)
	}
}

func run(out io.Writer) error {
	table, err := parse(packages, guards, never)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	checked := 0
	for _, system := range []string{"linux", "windows", "darwin"} {
		g, err := load(system)
		if err != nil {
			return err
		}
		checked = max(checked, len(g.ours()))
		for _, v := range check(g, table) {
			if !seen[v.String()] {
				seen[v.String()] = true
				fmt.Fprintln(out, v)
			}
		}
	}
	if checked == 0 {
		return errors.New("no packages found: run it in the root of the module")
	}
	if len(seen) > 0 {
		return fmt.Errorf("%d imports break the table in .ci/arch/table.go", len(seen))
	}
	fmt.Fprintf(out, "arch: %d packages keep to the import table on linux, windows and darwin\n", checked)
	return nil
}

// listed is what is asked of "go list" for one package.
type listed struct {
	ImportPath   string
	Dir          string
	Standard     bool
	Imports      []string
	TestImports  []string
	XTestImports []string
	GoFiles      []string
	TestGoFiles  []string
	XTestGoFiles []string
}

func load(system string) (graph, error) {
	const fields = "ImportPath,Dir,Standard,Imports,TestImports,XTestImports,GoFiles,TestGoFiles,XTestGoFiles"
	cmd := exec.Command("go", "list", "-deps", "-json="+fields, "./...")
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	data, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list for %s: %w\n%s", system, err, complaint.Bytes())
	}
	g := graph{}
	for dec := json.NewDecoder(bytes.NewReader(data)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return g, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list for %s: %w", system, err)
		}
		n := &node{Path: p.ImportPath, Standard: p.Standard, Imports: p.Imports}
		if ours(p.ImportPath) {
			n.Tests = append(p.TestImports, p.XTestImports...)
			if n.Where, err = importSites(p); err != nil {
				return nil, err
			}
		}
		g[p.ImportPath] = n
	}
}

// importSites finds the file and line of each import; production files win over test files.
func importSites(p listed) (map[string]string, error) {
	sites := map[string]string{}
	fset := token.NewFileSet()
	for _, files := range [][]string{p.GoFiles, p.TestGoFiles, p.XTestGoFiles} {
		for _, name := range files {
			file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ImportsOnly)
			if err != nil {
				return nil, err
			}
			for _, spec := range file.Imports {
				imp, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					return nil, err
				}
				if _, known := sites[imp]; !known {
					sites[imp] = fmt.Sprintf("%s/%s:%d", relative(p.ImportPath), name, fset.Position(spec.Pos()).Line)
				}
			}
		}
	}
	return sites, nil
}

package script

import (
	"context"
	"slices"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// Usable is what LoadUsable lets serve.
type Usable struct {
	Set      rule.Set
	Problems []Problem    // of the files that were given
	Earlier  []rule.Saved // what serves in place of files with a fault
}

// EarlierOf gives what serves in place of a file; nil: nothing does.
func (u Usable) EarlierOf(name string) *rule.Saved {
	for i := range u.Earlier {
		if u.Earlier[i].Name == name {
			return &u.Earlier[i]
		}
	}
	return nil
}

// LeftOut names the files of which nothing serves, in their order.
func (u Usable) LeftOut() []string {
	var names []string
	for _, p := range u.Faults() {
		if u.EarlierOf(p.File) == nil && !slices.Contains(names, p.File) {
			names = append(names, p.File)
		}
	}
	slices.Sort(names)
	return names
}

// Faults gives the problems that are no warnings.
func (u Usable) Faults() []Problem {
	return slices.DeleteFunc(slices.Clone(u.Problems), func(p Problem) bool { return p.Warning })
}

// Earlier gives what is kept of a rule file, newest first. Implemented by store.DB.
type Earlier func(ctx context.Context, name string) ([]rule.Saved, error)

// LoadUsable is Load for the start of the gateway, when there is no old set. In place of a file with a
// fault serves what stood in it before, as it would had the gateway kept running: the newest of earlier
// that can serve beside the files without a fault. Where there is none, or earlier is nil, the file is left
// out.
func (p *Pool) LoadUsable(ctx context.Context, files []rule.File, earlier Earlier) (Usable, error) {
	loaded := Usable{Set: p.Set()}
	good := files
	var rules []rule.Rule
	for {
		found, problems, err := p.try(ctx, good)
		loaded.Problems = append(loaded.Problems, problems...)
		if err != nil {
			return loaded, err
		}
		if !faulty(problems) {
			rules = found
			break
		}
		good = without(good, problems)
	}
	for _, file := range files {
		if earlier == nil || slices.ContainsFunc(good, func(f rule.File) bool { return f.Name == file.Name }) {
			continue
		}
		kept, err := earlier(ctx, file.Name)
		if err != nil {
			return loaded, err
		}
		found, with, stood, err := p.standIn(ctx, good, file, kept)
		if err != nil {
			return loaded, err
		}
		if stood != nil {
			rules, good, loaded.Earlier = found, with, append(loaded.Earlier, *stood)
		}
	}
	loaded.Set = p.serve(good, rules)
	return loaded, nil
}

// maxEarlier is how many earlier versions of a file are looked at. Each costs a process; that they are
// refused, too, is only to be expected of those that an older program kept.
const maxEarlier = 20

// standIn finds the newest version that can serve in place of a file beside others. One that brings a fault
// into any of them cannot: what stands on disk goes first.
func (p *Pool) standIn(ctx context.Context, beside []rule.File, file rule.File, kept []rule.Saved) (rules []rule.Rule, files []rule.File, stood *rule.Saved, err error) {
	looked := map[string]bool{file.Version: true}
	for i := range kept {
		if looked[kept[i].Version] {
			continue
		}
		if len(looked) > maxEarlier {
			break
		}
		looked[kept[i].Version] = true
		files = append(slices.Clone(beside), kept[i].File)
		slices.SortFunc(files, func(a, b rule.File) int { return strings.Compare(a.Name, b.Name) })
		rules, problems, err := p.try(ctx, files)
		if err != nil {
			return nil, nil, nil, err
		}
		if !faulty(problems) {
			return rules, files, &kept[i], nil
		}
	}
	return nil, nil, nil, nil
}

// without leaves out the files that have a fault.
func without(files []rule.File, problems []Problem) []rule.File {
	bad := map[string]bool{}
	for _, problem := range problems {
		bad[problem.File] = bad[problem.File] || !problem.Warning
	}
	var good []rule.File
	for _, file := range files {
		if !bad[file.Name] {
			good = append(good, file)
		}
	}
	return good
}

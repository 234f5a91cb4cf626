package config

import "strings"

// nearest gives the name that was probably meant, or the empty text when none is near. Letter case and
// the difference between a hyphen and an underscore do not count.
func nearest(written string, names []string) string {
	const longest = 40 // keeps the work small whatever was typed
	if len(written) > longest {
		return ""
	}
	written = canonical(written)
	best, bestSteps := "", len(written)/3+1
	for _, name := range names {
		if steps := editSteps(written, canonical(name)); steps <= bestSteps && (best == "" || steps < bestSteps) {
			best, bestSteps = name, steps
		}
	}
	return best
}

func canonical(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), "-", "_")
}

// editSteps counts the letters to insert, delete, replace or swap with the neighbour to get from one
// word to another.
func editSteps(from, to string) int {
	a, b := []rune(from), []rune(to)
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		older := before
		before, row = row, make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(before[j]+cost, before[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
	}
	return row[len(b)]
}

package access

import (
	"maps"
	"slices"
)

// Change is one field that a change touched, as the audit log tells it. An empty text says that there
// was, or is, no value.
type Change struct {
	Field string `json:"field"` // as the configuration names it: "template", "limits.per_day"
	Old   string `json:"old,omitempty"`
	New   string `json:"new,omitempty"`
	// Hidden says that the field changed and nobody is told from what to what: a secret.
	Hidden bool `json:"hidden,omitempty"`
}

// Changed adds what changed to the line.
func (r Record) Changed(changes ...Change) Record {
	r.Changes = append(slices.Clone(r.Changes), changes...)
	return r
}

// Changes compares what was with what is to be, field by field in order of their names; a field that
// one of the two lacks counts as empty there. Of the fields that hidden knows no value is told; nil
// hides none.
func Changes(old, now map[string]string, hidden func(field string) bool) []Change {
	fields := maps.Clone(old)
	if fields == nil {
		fields = map[string]string{}
	}
	maps.Copy(fields, now)
	var changes []Change
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		switch {
		case old[field] == now[field]:
		case hidden != nil && hidden(field):
			changes = append(changes, Change{Field: field, Hidden: true})
		default:
			changes = append(changes, Change{Field: field, Old: old[field], New: now[field]})
		}
	}
	return changes
}

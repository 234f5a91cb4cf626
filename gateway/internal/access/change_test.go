package access_test

import (
	"slices"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

func TestWhatChangedIsToldFieldByField(t *testing.T) {
	t.Parallel()
	type doc = map[string]string
	secret := func(field string) bool { return field == "key" }
	tests := []struct {
		name     string
		old, now doc
		want     []access.Change
	}{
		{"nothing", doc{"a": "1"}, doc{"a": "1"}, nil},
		{"nothing at all", nil, nil, nil},
		{"a value", doc{"a": "1", "b": "x"}, doc{"a": "2", "b": "x"}, []access.Change{{Field: "a", Old: "1", New: "2"}}},
		{"a value that comes and one that goes", doc{"b": "x"}, doc{"a": "2"}, []access.Change{{Field: "a", New: "2"}, {Field: "b", Old: "x"}}},
		{"a secret", doc{"key": "1"}, doc{"key": "2"}, []access.Change{{Field: "key", Hidden: true}}},
		{"a secret that is new", nil, doc{"key": "2"}, []access.Change{{Field: "key", Hidden: true}}},
		{"a secret that stays", doc{"key": "2"}, doc{"key": "2"}, nil},
		{"an empty value is none", doc{"a": ""}, doc{}, nil},
	}
	for _, tt := range tests {
		if got := access.Changes(tt.old, tt.now, secret); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

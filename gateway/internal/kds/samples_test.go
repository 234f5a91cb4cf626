package kds_test

import (
	"os"
	"path/filepath"
	"testing"
)

// samples is the folder of postings that docs and tests share.
const samples = "../../../examples/events"

func sample(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(samples, name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

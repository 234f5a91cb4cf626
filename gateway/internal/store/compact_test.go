package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// TestTracesInABigFileAreToldUntilItIsCompacted erases a person in a file that is too big to be rewritten
// under way. The trace is planted where no erasure looks.
func TestTracesInABigFileAreToldUntilItIsCompacted(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	open := func(most int64) *store.DB {
		t.Helper()
		db, err := store.Open(t.Context(), store.Options{Folder: folder, Instance: true, Compact: most})
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	traces := func(db *store.DB) bool {
		t.Helper()
		pulse, err := db.Pulse(t.Context(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return !pulse.Traces.IsZero()
	}
	const digits = "9990000001"
	phone, err := contact.ParsePhone("+7"+digits, "")
	if err != nil {
		t.Fatal(err)
	}
	db := open(1)
	id, err := db.Bind(t.Context(), contact.Binding{Restaurant: "1", GUID: "A1D3E9B0-6C1F-4E2E-8B61-3F0C5D7E9A01", Phone: phone, At: time.Now(),
		Consent: contact.Consent{Category: contact.Transactional, Given: true, GivenAt: time.Now(), Source: "qr_menu"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.SetState(t.Context(), "planted", digits); err != nil {
		t.Fatal(err)
	}
	if _, err := db.EraseContact(t.Context(), id); !errors.Is(err, store.ErrTraces) {
		t.Fatalf("an erasure that leaves a trace = %v, want %v", err, store.ErrTraces)
	}
	if _, err := db.Contact(t.Context(), id); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the erased person = %v, want %v", err, store.ErrNotFound)
	}
	if err := errors.Join(db.SetState(t.Context(), "planted", ""), db.Close()); err != nil {
		t.Fatal(err)
	}

	db = open(0)
	if !traces(db) {
		t.Error("after a restart nobody is told of the traces")
	}
	before, after, err := db.Compact(t.Context())
	if err != nil || before <= 0 || after <= 0 {
		t.Errorf("compact = %d, %d, %v", before, after, err)
	}
	if traces(db) {
		t.Error("traces are still told of after the file was compacted")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(folder, store.FileName))
	if err != nil || bytes.Contains(content, []byte(digits)) {
		t.Errorf("the digits are in the file, or it cannot be read: %v", err)
	}
}

package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The key of the audit log lies beside the database, not in it: who can write to the database alone
// cannot make up an end of the log, and who can read it alone cannot try out sensitive values.
const (
	keyFolder    = "keys"
	auditKeyName = "audit.key"
	auditKeySize = 32
)

// auditKey seals the end of the audit log; nil where there is none.
type auditKey []byte

// loadAuditKey reads the key of a data folder. Unless it may only look, it makes one that is missing.
func loadAuditKey(folder string, readOnly bool) (auditKey, error) {
	path := filepath.Join(folder, keyFolder, auditKeyName)
	key, err := os.ReadFile(path) //nolint:gosec // the data folder is the operator's choice
	switch {
	case err == nil && len(key) == auditKeySize:
		return key, nil
	case err == nil:
		return nil, fmt.Errorf("the key of the audit log %s has %d bytes, not %d; restore it from a backup, or move it away: a new one is made then, and the log says so", path, len(key), auditKeySize)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("key of the audit log: %w", err)
	case readOnly:
		return nil, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("folder of keys: %w", err)
	}
	key = make([]byte, auditKeySize)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	err = writeKey(path, key)
	if errors.Is(err, fs.ErrExist) { // another process was quicker
		return loadAuditKey(folder, true)
	}
	return key, err
}

// writeKey makes the file as a whole or not at all, and never over one that is there.
func writeKey(path string, key []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), auditKeyName+".*") // readable by its owner only
	if err != nil {
		return fmt.Errorf("key of the audit log: %w", err)
	}
	_, err = temp.Write(key)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	if err = os.Link(temp.Name(), path); err == nil || errors.Is(err, fs.ErrExist) {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return os.Rename(temp.Name(), path) // a file system without hard links
}

// mac is the keyed sum of a text for a purpose.
func (k auditKey) mac(purpose, text string) string {
	m := hmac.New(sha256.New, k)
	_, _ = m.Write([]byte(purpose + "\n" + text)) // a hash takes everything
	return hex.EncodeToString(m.Sum(nil))
}

// fingerprint stands for a sensitive value: equal values have equal ones.
func (k auditKey) fingerprint(value string) string { return "hmac:" + k.mac("value", value)[:24] }

// CheckSeal tells whether the key is there with which the audit log was last sealed (ErrKeyLost). After
// the next line, which is sealed with the new key, only VerifyRecords knows.
func (db *DB) CheckSeal(ctx context.Context) error {
	head, _, err := db.auditEnds(ctx)
	if err != nil || db.auditKey.good(head) {
		return err
	}
	return &Fault{Kind: ErrKeyLost, Path: filepath.Join(filepath.Dir(db.path), keyFolder)}
}

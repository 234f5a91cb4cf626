package store

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// auditEndName is the file, beside the key, that tells the last line of the audit log once more. A database
// that was put back to an earlier state, or whose log was emptied, is whole in itself: only what is kept
// outside of it knows better.
const auditEndName = "audit.end"

func (db *DB) auditEndPath() string {
	return filepath.Join(filepath.Dir(db.path), keyFolder, auditEndName)
}

// toldEnd gives the last line that the file knows. It may be behind the log, since it is written after the
// commit and not waited for; a file that is missing or unreadable knows of none.
func (db *DB) toldEnd() auditMark {
	var told auditMark
	text, err := os.ReadFile(db.auditEndPath())
	if err != nil || json.Unmarshal(text, &told) != nil || told.N < 0 {
		return auditMark{}
	}
	return told
}

// tellEnd writes the last line into the file. What keeps it from that is no reason to refuse what is done:
// the file is behind then, and the log is as well guarded as the database itself.
func (db *DB) tellEnd(end auditMark) {
	text, err := json.Marshal(end)
	if err == nil {
		err = os.WriteFile(db.auditEndPath(), text, 0o600)
	}
	if err != nil {
		db.log.Warn("the end of the audit log could not be noted beside its key; lines that are cut off the log may go unnoticed", "error", err)
	}
}

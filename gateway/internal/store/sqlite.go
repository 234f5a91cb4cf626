package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	sqlite "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// dialect is all in which the databases differ; every other SQL text serves both.
type dialect struct {
	claim         string // ends a SELECT that takes rows for itself
	begin         string // opens the write transaction
	migrationLock string // run before migrations; empty: the instance lock is enough

	// text gives a statement in the words that suit the database best; it is asked once for each.
	text func(query string) string
}

func sqliteDialect() dialect { return dialect{begin: "BEGIN IMMEDIATE", text: bareParameters} }

// bareParameters writes "?" for "$1", "$2"… where each stands once and in order. SQLite takes "$1" for
// a name, and the driver looks every name up in a list from its beginning, each time it runs the
// statement: 256 named parameters take longer than the work itself.
func bareParameters(query string) string {
	var b strings.Builder
	rest := query
	for n := 1; ; n++ {
		at := strings.IndexByte(rest, '$')
		if at < 0 {
			b.WriteString(rest)
			return b.String()
		}
		after, ok := strings.CutPrefix(rest[at:], placeholder(n))
		if !ok || after != "" && after[0] >= '0' && after[0] <= '9' {
			return query
		}
		b.WriteString(rest[:at])
		b.WriteByte('?')
		rest = after
	}
}

// minSQLite is the first release without the WAL-reset corruption (facts: storage.md 6).
const minSQLite = "3.51.3"

const (
	busyTimeout = 5000 // ms
	pageSize    = 4096 // bytes; SQLite's own for a new file, which no pragma can change once the log is on
	writerCache = 16   // MiB
	readerCache = 4    // MiB
)

// dsn names the file for the driver. Every connection gets its pragmas from here, so that one which
// database/sql opens anew is like the others.
func dsn(path string, readOnly bool) string {
	pragmas := []string{
		fmt.Sprintf("busy_timeout(%d)", busyTimeout),
		"foreign_keys(1)", "cell_size_check(1)", "trusted_schema(0)", "mmap_size(0)",
	}
	mode := "rw"
	if readOnly {
		mode = "ro"
		pragmas = append(pragmas, "query_only(1)", fmt.Sprintf("cache_size(-%d)", readerCache<<10))
	} else {
		pragmas = append(pragmas,
			"journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)", // what is deleted is overwritten (erase.go)
			fmt.Sprintf("wal_autocheckpoint(%d)", checkpointLast),
			fmt.Sprintf("cache_size(-%d)", writerCache<<10))
	}
	query := url.Values{"mode": {mode}, "_pragma": pragmas}
	file := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	if !strings.HasPrefix(file.Path, "/") {
		file.Path = "/" + file.Path // a Windows drive: file:///C:/…
	}
	return file.String()
}

// forStatements makes the write connection keep in memory what a statement sets aside: the pages as they
// were, in case it fails halfway. Migrations do without, for they sort whole tables.
func forStatements(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "PRAGMA temp_store = MEMORY")
	return err
}

// setBusyTimeout says for how long, in ms, the connection waits for others.
func setBusyTimeout(ctx context.Context, conn *sql.Conn, ms int) error {
	_, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", ms))
	return err
}

// assertSafe reads back what the promises rest on.
func assertSafe(ctx context.Context, conn *sql.Conn) error {
	wanted := []struct{ query, want string }{
		{"PRAGMA journal_mode", "wal"},
		{"PRAGMA synchronous", "2"},
		{"PRAGMA foreign_keys", "1"},
		{"PRAGMA mmap_size", "0"},
	}
	for _, w := range wanted {
		var got string
		err := conn.QueryRowContext(ctx, w.query).Scan(&got)
		if errors.Is(err, sql.ErrNoRows) { // mmap compiled out
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", w.query, err)
		}
		if got != w.want {
			return fault(ErrUnsafe, fmt.Sprintf("%s is %s, not %s", w.query, got, w.want))
		}
	}
	var version string
	if err := conn.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return fmt.Errorf("sqlite_version: %w", err)
	}
	if !atLeast(version, minSQLite) {
		return fault(ErrUnsafe, fmt.Sprintf("SQLite %s is older than %s", version, minSQLite))
	}
	return nil
}

// atLeast compares dotted numbers; what is not a number counts as 0.
func atLeast(version, least string) bool {
	v, l := strings.Split(version, "."), strings.Split(least, ".")
	for i := range l {
		var have int
		if i < len(v) {
			have, _ = strconv.Atoi(v[i])
		}
		want, _ := strconv.Atoi(l[i])
		if have != want {
			return have > want
		}
	}
	return true
}

// explain gives an error of the driver, or of the system, its kind; other errors pass. path is the
// database's.
func explain(path string, err error) error {
	if _, told := errors.AsType[*Fault](err); told {
		return err
	}
	var raw *sqlite.Error
	if !errors.As(err, &raw) {
		return Explain(filepath.Dir(path), err)
	}
	if denied(path, raw.Code()) {
		return &Fault{Kind: ErrDenied, Path: filepath.Dir(path), Err: err}
	}
	kind := Kind("")
	switch raw.Code() & 0xff {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		kind = ErrBusy
	case lib.SQLITE_FULL:
		kind = ErrFull
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		kind = ErrCorrupt
	case lib.SQLITE_IOERR, lib.SQLITE_NOMEM, lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY, lib.SQLITE_PROTOCOL:
		kind = ErrIO
	default:
		return err
	}
	return &Fault{Kind: kind, Path: path, Err: err}
}

package store

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

const schemaTable = "schema_migration"

// Sizes of file up to which quick_check runs at Open; see the package comment.
const (
	checkAlways      = 64 << 20
	checkAfterUnruly = 1 << 30
)

func (db *DB) provider(pool *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, pool, files,
		goose.WithTableName(schemaTable), goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
}

// migrate checks the file and brings its schema up to date. The file is first looked at through a
// read-only connection, so that one which this program must not touch stays as it is.
func (db *DB) migrate(ctx context.Context, folder string) error {
	fresh, err := prepareFile(db.path)
	if err != nil {
		return err
	}
	if !fresh {
		pending, err := db.inspect(ctx)
		if err != nil || !pending {
			return err
		}
	}
	if db.lock == nil { // a command, not the gateway: the folder must be free while the schema changes
		lock, err := takeLock(folder, db.now())
		if err != nil {
			return err
		}
		defer func() { _ = lock.release() }()
	}
	pool, err := sql.Open("sqlite", dsn(db.path, false))
	if err != nil {
		return err
	}
	defer func() { _ = pool.Close() }()
	pool.SetMaxOpenConns(1)
	if db.dialect.migrationLock != "" {
		if _, err := pool.ExecContext(ctx, db.dialect.migrationLock); err != nil {
			return err
		}
	}
	provider, err := db.provider(pool)
	if err != nil {
		return err
	}
	done, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("bring the schema up to date: %w", explain(db.path, err))
	}
	for _, m := range done {
		db.log.Info("schema brought up to date", "version", m.Source.Version)
	}
	return nil
}

// inspect looks at an existing file without changing it.
func (db *DB) inspect(ctx context.Context) (pending bool, err error) {
	pool, err := sql.Open("sqlite", dsn(db.path, true))
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	if err := db.quickCheck(ctx, pool); err != nil {
		return false, err
	}
	err = db.checkSchema(ctx, pool)
	if errors.Is(err, ErrOlderSchema) {
		return true, nil
	}
	return false, err
}

func (db *DB) quickCheck(ctx context.Context, pool *sql.DB) error {
	limit := int64(checkAlways)
	// Only a gateway that holds the lock can tell a log that was left over from one in use.
	if log, err := os.Stat(db.path + "-wal"); db.lock != nil && err == nil && log.Size() > 0 {
		limit = checkAfterUnruly
	}
	file, err := os.Stat(db.path)
	if err != nil {
		return err
	}
	if file.Size() > limit {
		return nil
	}
	var verdict string
	if err := pool.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return explain(db.path, err)
	}
	if verdict != "ok" {
		return &Fault{Kind: ErrCorrupt, Path: db.path, Detail: verdict}
	}
	return nil
}

// checkSchema compares the file's schema with what this program knows.
func (db *DB) checkSchema(ctx context.Context, pool *sql.DB) error {
	provider, err := db.provider(pool)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	known := sources[len(sources)-1].Version
	have, err := schemaVersion(ctx, pool)
	if err != nil {
		return explain(db.path, err)
	}
	versions := fmt.Sprintf("schema %d, this program knows %d", have, known)
	switch {
	case have > known:
		return &Fault{Kind: ErrNewerSchema, Path: db.path, Detail: versions}
	case have < known:
		return &Fault{Kind: ErrOlderSchema, Path: db.path, Detail: versions}
	}
	return nil
}

// schemaVersion reads goose's table itself: the provider would create it, and this must not write.
func schemaVersion(ctx context.Context, pool *sql.DB) (int64, error) {
	var tables int
	err := pool.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = $1`, schemaTable).Scan(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	var version sql.NullInt64
	err = pool.QueryRowContext(ctx, `SELECT max(version_id) FROM `+schemaTable+` WHERE is_applied`).Scan(&version)
	return version.Int64, err
}

// prepareFile creates the file, readable by its owner only, or checks that what is there is a
// database.
func prepareFile(path string) (fresh bool, err error) {
	if err := checkFile(path, true); err != nil {
		return false, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the data folder is the operator's choice
	if err != nil {
		return false, fmt.Errorf("database file: %w", err)
	}
	info, err := f.Stat()
	if err = errors.Join(err, f.Close()); err != nil {
		return false, err
	}
	return info.Size() == 0, nil
}

// checkFile refuses what SQLite would take for a new database although data was there: a file that
// is missing or empty beside a log that is not. It also refuses what is no database at all.
func checkFile(path string, mayCreate bool) error {
	head := make([]byte, 16)
	n := 0
	f, err := os.Open(path) //nolint:gosec // the data folder is the operator's choice
	switch {
	case err == nil:
		n, err = io.ReadFull(f, head)
		closed := f.Close()
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		if closed != nil {
			return closed
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case !mayCreate:
		return &Fault{Kind: ErrNotFound, Path: path, Detail: path}
	}
	if n == 0 {
		if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
			return &Fault{Kind: ErrCorrupt, Path: path, Detail: "the file is missing or empty, but its write-ahead log is there"}
		}
		return nil
	}
	if !bytes.Equal(head[:n], []byte("SQLite format 3\x00")) {
		return &Fault{Kind: ErrCorrupt, Path: path, Detail: "this is not a database"}
	}
	return nil
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// readerConns is how many reads run at a time.
const readerConns = 4

// reader is the pool of read-only connections with its prepared statements.
type reader struct {
	path    string
	dialect dialect
	pool    *sql.DB

	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

func (db *DB) openReader(ctx context.Context) error {
	if err := checkFile(db.path, false); err != nil {
		return err
	}
	pool, err := sql.Open("sqlite", dsn(db.path, true))
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(readerConns)
	pool.SetMaxIdleConns(readerConns)
	db.reader = &reader{path: db.path, dialect: db.dialect, pool: pool, stmts: map[string]*sql.Stmt{}}
	return db.checkSchema(ctx, pool)
}

// keptStmts bounds the prepared statements; filters of lists make new texts now and then.
const keptStmts = 256

func (r *reader) stmt(ctx context.Context, query string) (*sql.Stmt, func(), error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.stmts[query]; ok {
		return s, func() {}, nil
	}
	s, err := r.pool.PrepareContext(ctx, r.dialect.text(query))
	if err != nil {
		return nil, nil, err
	}
	if len(r.stmts) >= keptStmts {
		return s, func() { _ = s.Close() }, nil
	}
	r.stmts[query] = s
	return s, func() {}, nil
}

// each runs a query and calls scan for each row.
func (r *reader) each(ctx context.Context, scan func(*sql.Rows) error, query string, args ...any) error {
	s, done, err := r.stmt(ctx, query)
	if err != nil {
		return explain(r.path, err)
	}
	defer done()
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		return explain(r.path, err)
	}
	return explain(r.path, drain(rows, scan))
}

// row runs a query that gives one row; ErrNotFound when it gives none.
func (r *reader) row(ctx context.Context, dest []any, query string, args ...any) error {
	found := false
	err := r.each(ctx, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(dest...)
	}, query, args...)
	if err == nil && !found {
		return fault(ErrNotFound, "")
	}
	return err
}

func (r *reader) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var faults []error
	for _, s := range r.stmts {
		faults = append(faults, s.Close())
	}
	r.stmts = map[string]*sql.Stmt{}
	return errors.Join(append(faults, r.pool.Close())...)
}

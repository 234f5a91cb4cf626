package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// errSpoilt makes database/sql close a connection.
var errSpoilt = driver.ErrBadConn

// tx is the running write transaction. Only the writer goroutine uses it.
type tx struct {
	w       *writer
	ctx     context.Context
	writes  int // statements run by the present job that may have changed something
	woken   woken
	told    []Told
	audited auditMark // the last line that was added to the audit log
	late    bool      // messages of hours that are summed up were moved (tally.go)
}

func (t *tx) tell(kind ToldKind, id string) { t.told = append(t.told, Told{kind, id}) }

func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if s, ok := t.w.stmts[query]; ok {
		return s, nil
	}
	s, err := t.w.conn.PrepareContext(t.ctx, t.w.dialect.text(query))
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", explain(t.w.path, err))
	}
	t.w.stmts[query] = s
	return s, nil
}

// exec runs a statement and tells how many rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	s, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	t.writes++
	result, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, explain(t.w.path, err)
	}
	return result.RowsAffected()
}

// each runs a query and calls scan for each row.
func (t *tx) each(scan func(*sql.Rows) error, query string, args ...any) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(query, "SELECT") {
		t.writes++
	}
	rows, err := s.QueryContext(t.ctx, args...)
	if err != nil {
		return explain(t.w.path, err)
	}
	return explain(t.w.path, drain(rows, scan))
}

// one runs a query that gives at most one row.
func (t *tx) one(dest []any, query string, args ...any) (found bool, err error) {
	err = t.each(func(rows *sql.Rows) error {
		found = true
		return rows.Scan(dest...)
	}, query, args...)
	return found, err
}

func drain(rows *sql.Rows, scan func(*sql.Rows) error) error {
	for rows.Next() {
		if err := scan(rows); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// listChunk is the greatest number of values in one IN list. Lists are padded to one of a few
// lengths, so that a few prepared statements serve them all.
const listChunk = 128

// inLists cuts values into chunks and calls do with the text of each list and its arguments. The
// first parameter of the list is $from.
func inLists(values []string, from int, do func(list string, args []any) error) error {
	for len(values) > 0 {
		chunk := values[:min(len(values), listChunk)]
		values = values[len(chunk):]
		width := 1
		for width < len(chunk) {
			width *= 4
		}
		width = min(width, listChunk)
		args := make([]any, width)
		for i := range args {
			args[i] = chunk[min(i, len(chunk)-1)]
		}
		if err := do(placeholders(from, width), args); err != nil {
			return err
		}
	}
	return nil
}

// placeholders gives "($3,$4,$5)" for from 3 and n 3.
func placeholders(from, n int) string {
	var b strings.Builder
	b.WriteByte('(')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(placeholder(from + i))
	}
	b.WriteByte(')')
	return b.String()
}

func placeholder(n int) string { return "$" + strconv.Itoa(n) }

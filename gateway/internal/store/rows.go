package store

import (
	"database/sql"
	"strings"
)

// Numbers of rows that one statement takes: a few lengths, so that a few prepared statements serve
// any number of rows.
var rowCounts = [...]int{64, 16, 4, 1}

// rowsQuery is a statement that inserts several rows: a VALUES list between its head and its tail. One
// statement for many rows costs about half of what one for each row costs. Changes are another matter: one
// that takes its rows from a list (UPDATE … FROM) sets them aside first, which costs more than it saves.
type rowsQuery struct {
	width int // values in a row
	texts [len(rowCounts)]string
}

// newRowsQuery makes the texts of a statement whose rows have so many values.
func newRowsQuery(head string, width int, tail string) rowsQuery {
	q := rowsQuery{width: width}
	for i, n := range rowCounts {
		q.texts[i] = head + valueLists(n, width) + tail
	}
	return q
}

// valueLists gives "($1,$2),($3,$4)".
func valueLists(rows, width int) string {
	lists := make([]string, rows)
	for i := range lists {
		lists[i] = placeholders(i*width+1, width)
	}
	return strings.Join(lists, ",")
}

// rows runs the statement for all rows, whose values follow one another in args, and calls scan for
// what it returns. Without scan it tells how many rows were changed.
func (t *tx) rows(q *rowsQuery, args []any, scan func(*sql.Rows) error) (changed int64, err error) {
	for i, n := range rowCounts {
		for step := n * q.width; len(args) >= step; args = args[step:] {
			var some int64
			if scan == nil {
				some, err = t.exec(q.texts[i], args[:step]...)
			} else {
				err = t.each(scan, q.texts[i], args[:step]...)
			}
			if err != nil {
				return changed, err
			}
			changed += some
		}
	}
	return changed, nil
}

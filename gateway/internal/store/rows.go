package store

import (
	"database/sql"
	"strings"
)

// Numbers of rows that one statement takes: a few lengths, so that a few prepared statements serve
// any number of rows.
var rowCounts = [...]int{32, 8, 1}

// rowsQuery is a statement that takes several rows as a VALUES list between its head and its tail.
// One statement for many rows costs about half of what one for each row costs.
type rowsQuery struct {
	width int // values in a row
	texts [len(rowCounts)]string
}

// newRowsQuery makes the texts of a statement. casts has an entry for each value of a row: its SQL
// type where a database cannot know it from its place, else an empty text.
func newRowsQuery(head string, casts []string, tail string) rowsQuery {
	q := rowsQuery{width: len(casts)}
	for i, n := range rowCounts {
		q.texts[i] = head + valueLists(n, casts) + tail
	}
	return q
}

// plain is a row of n values whose types follow from their place.
func plain(n int) []string { return make([]string, n) }

// valueLists gives "($1,CAST($2 AS BIGINT)),($3,CAST($4 AS BIGINT))".
func valueLists(rows int, casts []string) string {
	var b strings.Builder
	parameter := 1
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for k, cast := range casts {
			if k > 0 {
				b.WriteByte(',')
			}
			value := placeholder(parameter)
			if cast != "" {
				value = "CAST(" + value + " AS " + cast + ")"
			}
			b.WriteString(value)
			parameter++
		}
		b.WriteByte(')')
	}
	return b.String()
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

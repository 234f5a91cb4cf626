package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
)

const (
	// pageBudget is how many rows one page looks at in each of its indexes, and pageTime how long. A
	// filter that hardly anything fits gives a short page, and the next one goes on from where this one
	// stopped: no filter, however odd, makes a reader go through a whole table while others wait.
	pageBudget = 10_000
	pageTime   = 15 * time.Millisecond
	// clockSlack is how much later than its creation an identifier may say that a row was made: identifiers
	// only increase, also when the clock was set back.
	clockSlack = time.Hour
)

// pager reads pages of identifiers, newest first.
type pager struct {
	table  string       // "message m"
	id     string       // "m.id"
	ways   []conditions // each leads through one index in the order of identifiers; a row of any of them is looked at
	fits   conditions   // what a row must also be
	after  string       // keyset: the last one of the page before
	limit  int
	budget int // rows looked at in each way; 0 means pageBudget
}

// found is what one way gave: identifiers that fit, and where it stopped; empty: at its end.
type found struct {
	ids   []string
	floor string
}

var errEnough = errors.New("store: enough rows")

// page gives the identifiers of a page and what to put into after for the next one; empty: this was
// the last. A page may be shorter than its limit, even empty, and not be the last.
func (db *DB) page(ctx context.Context, p pager) (ids []string, next string, err error) {
	floor := ""
	for _, way := range p.ways {
		f, err := db.follow(ctx, p, way)
		if err != nil {
			return nil, "", err
		}
		ids, floor = append(ids, f.ids...), max(floor, f.floor)
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	ids = slices.Compact(ids)
	ids = slices.DeleteFunc(ids, func(id string) bool { return id < floor }) // not all ways have come so far
	if len(ids) > p.limit {
		return ids[:p.limit], ids[p.limit-1], nil
	}
	return ids, floor, nil
}

func (db *DB) follow(ctx context.Context, p pager, way conditions) (found, error) {
	var f found
	looked, began := 0, db.now()
	budget := p.budget
	if budget == 0 {
		budget = pageBudget
	}
	query, args := p.query(way, budget)
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var id string
		var fits int
		if err := rows.Scan(&id, &fits); err != nil {
			return err
		}
		looked++
		if fits != 0 {
			f.ids = append(f.ids, id)
		}
		late := looked%64 == 0 && db.now().Sub(began) > pageTime
		if len(f.ids) > p.limit || looked == budget || late {
			f.floor = id
			return errEnough
		}
		return nil
	}, query, args...)
	if errors.Is(err, errEnough) {
		err = nil
	}
	return f, err
}

func (p pager) query(way conditions, budget int) (string, []any) {
	fits := "1"
	if len(p.fits.terms) > 0 {
		fits = "CASE WHEN " + p.fits.text(1) + " THEN 1 ELSE 0 END"
	}
	through := conditions{terms: slices.Clone(way.terms), args: slices.Clone(way.args)}
	if p.after != "" {
		through.add(p.id+` < $?`, p.after)
	}
	where := ""
	if len(through.terms) > 0 {
		where = "WHERE " + through.text(len(p.fits.args)+1)
	}
	return fmt.Sprintf(`SELECT %s, %s FROM %s %s ORDER BY %s DESC LIMIT %d`, p.id, fits, p.table, where, p.id, budget),
		append(slices.Clone(p.fits.args), through.args...)
}

// pageLimit clamps the length of a page to 1..500; 0 means 50.
func pageLimit(n int) int {
	if n == 0 {
		n = 50
	}
	return min(max(n, 1), 500)
}

// conditions collects the terms of a WHERE; "$?" is the next parameter.
type conditions struct {
	terms []string
	args  []any
}

func (c *conditions) add(term string, args ...any) {
	c.terms = append(c.terms, term)
	c.args = append(c.args, args...)
}

// text joins the terms, their parameters numbered from on.
func (c *conditions) text(from int) string {
	parts := strings.Split(strings.Join(c.terms, " AND "), "$?")
	var b strings.Builder
	for i, part := range parts {
		if i > 0 {
			b.WriteString(placeholder(from + i - 1))
		}
		b.WriteString(part)
	}
	return b.String()
}

func (c *conditions) where() (string, []any) {
	if len(c.terms) == 0 {
		return "", nil
	}
	return "WHERE " + c.text(1), c.args
}

// madeBetween restricts identifiers to those that can belong to rows made in a time; zero times do not
// restrict. The rows' own times must still be compared.
func (c *conditions) madeBetween(id string, from, to time.Time) {
	if !from.IsZero() {
		c.add(id+` >= $?`, firstID(from))
	}
	if !to.IsZero() {
		c.add(id+` < $?`, firstID(to.Add(clockSlack)))
	}
}

// firstID is the least identifier that can be made at t or later. Times that no identifier can name give
// the nearest that one can.
func firstID(t time.Time) string {
	var id ulid.ULID
	switch {
	case t.Before(time.UnixMilli(0)):
	case t.UnixMilli() > int64(ulid.MaxTime()): //nolint:gosec // 48 bits
		_ = id.SetTime(ulid.MaxTime())
	default:
		_ = id.SetTime(ulid.Timestamp(t))
	}
	return id.String()
}

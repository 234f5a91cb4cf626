package store

import (
	"context"
	"database/sql"
	"time"
)

// Pulse is how things stand, for the first sentence that a person reads and for checks.
type Pulse struct {
	Seen         map[string]time.Time // when each restaurant's last event that was understood came
	OldestQueued time.Time            // when the text was made that has been queued longest; zero: none is
	Queued       int
	Unknown      int
	Waiting      int       // decisions that wait for a phone
	Events       int       // received since the time that was asked for
	Odd          int       // of these, quarantined or given up
	Traces       time.Time // since when the files hold traces of erased people, until Compact; zero: they hold none
}

// LastSeen is when the last event came of all.
func (p Pulse) LastSeen() time.Time {
	var last time.Time
	for _, at := range p.Seen {
		if at.After(last) {
			last = at
		}
	}
	return last
}

// Pulse reads small indexes only. Events are counted from since on.
func (db *DB) Pulse(ctx context.Context, since time.Time) (Pulse, error) {
	p := Pulse{Seen: map[string]time.Time{}}
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var code string
		var at int64
		err := rows.Scan(&code, &at)
		p.Seen[code] = instant(at)
		return err
	}, `SELECT restaurant, event_at FROM restaurant_seen`)
	if err != nil {
		return p, err
	}
	var oldest int64
	err = db.reader.row(ctx, []any{&oldest, &p.Queued, &p.Unknown, &p.Waiting, &p.Events, &p.Odd}, `SELECT
		coalesce((SELECT m.created_at FROM message m WHERE m.status = 'queued' ORDER BY m.id LIMIT 1), 0),
		(SELECT count(*) FROM message WHERE status = 'queued'),
		(SELECT count(*) FROM message WHERE status = 'unknown'),
		(SELECT count(*) FROM decision WHERE outcome = 'waiting'),
		(SELECT count(*) FROM event WHERE id >= $1),
		(SELECT count(*) FROM event WHERE status IN ('quarantined', 'failed') AND id >= $1)`, firstID(since))
	p.OldestQueued = instant(oldest)
	if err != nil {
		return p, err
	}
	traces, err := db.State(ctx, tracesKey)
	if err == nil && traces != "" {
		p.Traces, err = time.Parse(time.RFC3339, traces)
	}
	return p, err
}

// saw notes when the restaurants of orders were heard of.
func (db *DB) saw(t *tx, orders []*savedOrder) error {
	seen := map[string]int64{}
	for _, o := range orders {
		seen[o.Restaurant] = max(seen[o.Restaurant], o.ReceivedMicros)
	}
	for code, at := range seen {
		_, err := t.exec(`INSERT INTO restaurant_seen (restaurant, event_at) VALUES ($1, $2) ON CONFLICT (restaurant)
			DO UPDATE SET event_at = excluded.event_at WHERE excluded.event_at > restaurant_seen.event_at`, code, at)
		if err != nil {
			return err
		}
	}
	return nil
}

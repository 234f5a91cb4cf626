package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

// tallyAfter is how long after its end an hour is summed up for good: by then its texts have ended. One
// that moves after all makes its hour be summed up anew.
const tallyAfter = 3 * time.Hour

// touched tells of a message that was made or moved, and forgets the sums of its hour where they were
// made already.
func (db *DB) touched(t *tx, id string) error {
	t.tell(ToldMessage, id)
	made, err := ulid.ParseStrict(id)
	if err != nil {
		return nil //nolint:nilerr // not one of ours: it is in no hour
	}
	hour := int64(made.Time() / uint64(time.Hour/time.Millisecond)) //nolint:gosec // 48 bits
	if hour >= db.openHour() {
		return nil
	}
	db.late.Add(1) // for who comes later in this batch
	t.late = true  // for who looked meanwhile
	_, err = t.exec(`DELETE FROM tally_hour WHERE hour = $1`, hour)
	return err
}

func hourOf(t time.Time) int64 { return t.Unix() / int64(time.Hour/time.Second) }

func hourStart(hour int64) time.Time { return time.Unix(hour*int64(time.Hour/time.Second), 0).UTC() }

// openHour is the first hour that is not summed up for good yet.
func (db *DB) openHour() int64 { return hourOf(db.now().Add(-tallyAfter)) }

// Tallies gives the sums of the messages that were made from one hour up to another, which is left out.
// Past hours are summed up once; the first question about a long time may take seconds.
func (db *DB) Tallies(ctx context.Context, from, to time.Time) ([]message.Tally, error) {
	first, last := hourOf(from), hourOf(to.Add(time.Hour-time.Nanosecond))
	last = min(last, hourOf(db.now())+1)
	known, err := db.talliedHours(ctx, first, last)
	if err != nil {
		return nil, err
	}
	all, err := db.readTallies(ctx, first, last, known)
	if err != nil {
		return nil, err
	}
	const atOnce = 24 // hours: bounds what is held in memory and in one commit
	for hour := first; hour < last; {
		if known[hour] {
			hour++
			continue
		}
		end := hour + 1
		for end < last && end < hour+atOnce && !known[end] {
			end++
		}
		sums, err := db.sumUp(ctx, hour, end)
		if err != nil {
			return nil, err
		}
		all = append(all, sums...)
		hour = end
	}
	return all, nil
}

func (db *DB) talliedHours(ctx context.Context, first, last int64) (map[int64]bool, error) {
	known := map[int64]bool{}
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var hour int64
		err := rows.Scan(&hour)
		known[hour] = true
		return err
	}, `SELECT hour FROM tally_hour WHERE hour >= $1 AND hour < $2`, first, last)
	return known, err
}

func (db *DB) readTallies(ctx context.Context, first, last int64, known map[int64]bool) ([]message.Tally, error) {
	var all []message.Tally
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var t message.Tally
		var hour, nanos int64
		var speed []byte
		err := rows.Scan(&hour, &t.Restaurant, &t.Account, &t.Stage, &t.Status, &t.Cost.Currency, &t.Messages, &t.Segments,
			&t.Cost.Units, &nanos, &speed)
		if err != nil || !known[hour] {
			return err
		}
		t.Hour, t.Cost.Nanos = hourStart(hour), int32(nanos) //nolint:gosec // below 1e9
		all = append(all, t)
		return all[len(all)-1].Speed.UnmarshalText(speed)
	}, `SELECT hour, restaurant, account, stage, status, currency, messages, segments, cost_units, cost_nanos, speed
		FROM tally WHERE hour >= $1 AND hour < $2`, first, last)
	return all, err
}

// tallyKey is what the messages of a tally have in common.
type tallyKey struct {
	hour                       int64
	restaurant, account, stage string
	status                     message.Status
	currency                   string
}

// sumUp adds up the messages of hours and keeps the sums of those that are closed.
func (db *DB) sumUp(ctx context.Context, first, end int64) ([]message.Tally, error) {
	late := db.late.Load()
	at := map[tallyKey]int{}
	var all []message.Tally
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var id string
		var k tallyKey
		var segments int
		var cost message.Money
		var stored, accepted int64
		err := rows.Scan(&id, &k.restaurant, &k.account, &k.stage, &k.status, &segments, &cost.Units, &cost.Nanos, &k.currency, &stored, &accepted)
		if err != nil {
			return err
		}
		made, err := ulid.ParseStrict(id)
		if err != nil {
			return nil //nolint:nilerr // not one of ours: it is in no hour
		}
		k.hour = int64(made.Time() / uint64(time.Hour/time.Millisecond)) //nolint:gosec // 48 bits
		i, known := at[k]
		if !known {
			i = len(all)
			at[k] = i
			all = append(all, message.Tally{Hour: hourStart(k.hour), Restaurant: k.restaurant, Account: k.account, Stage: k.stage, Status: k.status, Cost: message.Money{Currency: k.currency}})
		}
		t := &all[i]
		t.Messages++
		t.Segments += segments
		t.Cost = t.Cost.Sum(cost)
		if accepted > 0 && stored > 0 {
			t.Speed.Add(time.Duration(accepted-stored) * time.Microsecond)
		}
		return nil
	}, `SELECT m.id, m.restaurant, m.account, m.stage, m.status, m.segments, m.cost_units, m.cost_nanos, m.cost_currency,
		CASE WHEN m.generation = 0 THEN coalesce((SELECT e.received_at FROM event e WHERE e.id = m.event_id), 0) ELSE 0 END,
		CASE WHEN m.status IN ('accepted', 'delivered', 'undelivered') THEN coalesce((SELECT max(a.ended_at) FROM attempt a
			WHERE a.message_id = m.id AND a.outcome LIKE '%"accepted":{%'), 0) ELSE 0 END
		FROM message m WHERE m.id >= $1 AND m.id < $2`, firstID(hourStart(first)), firstID(hourStart(end)))
	if err != nil {
		return nil, err
	}
	return all, db.keepTallies(ctx, first, min(end, db.openHour()), late, all)
}

var (
	insertTallies = newRowsQuery(`INSERT INTO tally (hour, restaurant, account, stage, status, currency, messages, segments,
		cost_units, cost_nanos, speed) VALUES `, 11, ``)
	insertTallyHours = newRowsQuery(`INSERT INTO tally_hour (hour) VALUES `, 1, ` ON CONFLICT DO NOTHING`)
)

// keepTallies keeps the sums of closed hours, unless a message of a closed hour moved since they were
// made.
func (db *DB) keepTallies(ctx context.Context, first, end, late int64, all []message.Tally) error {
	if db.writer == nil || first >= end {
		return nil
	}
	var sums, hours []any
	for _, t := range all {
		if hourOf(t.Hour) >= end {
			continue
		}
		speed, err := t.Speed.MarshalText()
		if err != nil {
			return err
		}
		sums = append(sums, hourOf(t.Hour), t.Restaurant, t.Account, t.Stage, string(t.Status), t.Cost.Currency, t.Messages, t.Segments,
			t.Cost.Units, int64(t.Cost.Nanos), string(speed))
	}
	for hour := first; hour < end; hour++ {
		hours = append(hours, hour)
	}
	return db.do(ctx, func(t *tx) error {
		if db.late.Load() != late {
			return nil
		}
		if _, err := t.exec(`DELETE FROM tally WHERE hour >= $1 AND hour < $2`, first, end); err != nil {
			return err
		}
		if _, err := t.rows(&insertTallies, sums, nil); err != nil {
			return err
		}
		_, err := t.rows(&insertTallyHours, hours, nil)
		return err
	})
}

package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
)

// Erased is what an erasure took out.
type Erased struct {
	Messages  int // that keep their row without text and phone
	Bodies    int // of postings that named the phone
	Callbacks int // of providers that named the phone
	Compacted bool
}

// EraseContact takes a person out of the database, so that the phone is found nowhere in its files: the
// person, consents and bindings go; messages keep their row without text and phone, so that sums stay
// true; postings and callbacks that name the phone lose their bodies. Queued texts are cancelled.
//
// After the commit the write-ahead log is folded in and the files are searched for the digits. Where
// the engine has left a trace in a page that was rearranged, the file is rewritten, if it has at most 256 MB;
// else ErrTraces says that the row is gone and that the trace goes with Compact, and Pulse tells of it until then.
//
// ErrNotFound when there is no such person; ErrNotAllowed while a text to him is being sent.
func (db *DB) EraseContact(ctx context.Context, id string) (Erased, error) {
	c, err := db.Contact(ctx, id)
	if err != nil {
		return Erased{}, err
	}
	found, err := db.naming(ctx, c.Phone)
	if err != nil {
		return Erased{}, err
	}
	var e Erased
	err = db.do(ctx, func(t *tx) error {
		e = Erased{}
		return db.erase(t, c, found, &e)
	})
	if err != nil {
		return Erased{}, err
	}
	err = db.eraseTraces(ctx, c.Phone, &e)
	return e, err
}

// needles are the digits by which a phone is found in what others wrote: the national number, which ends
// every spelling without separators.
func needles(p contact.Phone) []byte {
	const national = 10
	number := p.Reveal()
	return []byte(number[max(0, len(number)-national):])
}

// naming are the events and callbacks whose bodies name a phone.
type naming struct{ bodies, callbacks []string }

// naming reads every stored body, as packed ones cannot be searched, but holds nobody up.
func (db *DB) naming(ctx context.Context, p contact.Phone) (naming, error) {
	var found naming
	digits := needles(p)
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var id string
		var form int
		var stored sql.RawBytes
		if err := rows.Scan(&id, &form, &stored); err != nil {
			return err
		}
		body, err := unpackBody(form, stored)
		if err != nil {
			return err
		}
		if bytes.Contains(body, digits) || bytes.Contains(bytes.ReplaceAll(body, []byte{0}, nil), digits) {
			found.bodies = append(found.bodies, id)
		}
		return nil
	}, `SELECT event_id, form, body FROM event_body`)
	if err != nil {
		return found, err
	}
	err = db.reader.each(ctx, func(rows *sql.Rows) error {
		var id string
		var parts [4]sql.RawBytes
		err := rows.Scan(&id, &parts[0], &parts[1], &parts[2], &parts[3])
		for _, part := range parts {
			if bytes.Contains(part, digits) {
				found.callbacks = append(found.callbacks, id)
				break
			}
		}
		return err
	}, `SELECT id, url, query, header, body FROM callback`)
	return found, err
}

func (db *DB) erase(t *tx, c *contact.Contact, found naming, e *Erased) error {
	var sending int
	_, err := t.one([]any{&sending}, `SELECT count(*) FROM message WHERE contact_id = $1 AND status || '' = 'sending'`, c.ID)
	if err == nil && sending > 0 {
		err = forbidden("a text to this person is being sent; try again in a minute", "этому человеку сейчас отправляется SMS; повторите через минуту")
	}
	if err != nil {
		return err
	}
	if err := db.cancelQueued(t, db.now(), move{message.Cancelled, message.ByPerson, "erased"}, `contact_id = $1`, c.ID); err != nil {
		return err
	}
	err = inLists(found.bodies, 1, func(list string, args []any) error {
		n, err := t.exec(`DELETE FROM event_body WHERE event_id IN `+list, args...)
		e.Bodies += int(n)
		return err
	})
	if err != nil {
		return err
	}
	err = inLists(found.callbacks, 2, func(list string, args []any) error {
		n, err := t.exec(`UPDATE callback SET body = $1, query = '', header = '{}', url = '' WHERE id IN `+list, append([]any{[]byte{}}, args...)...)
		e.Callbacks += int(n)
		return err
	})
	if err != nil {
		return err
	}
	n, err := t.exec(`UPDATE message SET phone = '', text = '', note = '' WHERE contact_id = $1`, c.ID)
	e.Messages = int(n)
	for _, s := range eraseStatements(c) {
		if err == nil {
			_, err = t.exec(s.query, s.args...)
		}
	}
	return err
}

type eraseStatement struct {
	query string
	args  []any
}

// eraseStatements name every column in which a phone or a text to a person can stand. Notes and outcomes
// hold the phone only masked; they go all the same, for a provider may spell it in its own way.
func eraseStatements(c *contact.Contact) []eraseStatement {
	digits := string(needles(c.Phone))
	return []eraseStatement{
		// A provider's answer that was kept may repeat the text.
		{`UPDATE attempt SET outcome = '' WHERE message_id IN (SELECT id FROM message WHERE contact_id = $1) AND (outcome LIKE '%' || $2 || '%' OR outcome LIKE '%"raw":%')`, []any{c.ID, digits}},
		{`UPDATE receipt SET code = '' WHERE message_id IN (SELECT id FROM message WHERE contact_id = $1)`, []any{c.ID}},
		{`UPDATE message_log SET note = '' WHERE message_id IN (SELECT id FROM message WHERE contact_id = $1) AND note LIKE '%' || $2 || '%'`, []any{c.ID, digits}},
		{`UPDATE message SET phone = '' WHERE phone = $1`, []any{c.Phone.Reveal()}},
		{`UPDATE orders SET contact_id = '', contact_at = 0 WHERE contact_id = $1`, []any{c.ID}},
		{`DELETE FROM binding WHERE contact_id = $1`, []any{c.ID}},
		{`DELETE FROM consent WHERE contact_id = $1`, []any{c.ID}},
		{`DELETE FROM contact WHERE id = $1`, []any{c.ID}},
	}
}

// eraseTraces makes sure that the files do not hold the digits any more.
func (db *DB) eraseTraces(ctx context.Context, p contact.Phone, e *Erased) error {
	digits := needles(p)
	if err := db.writer.apart(ctx, foldLog); err != nil {
		return err
	}
	size, found, err := db.searchFiles(digits)
	if err != nil || !found {
		return err
	}
	if size > db.compactMost {
		return db.leaveTraces(ctx)
	}
	if err := db.rewrite(ctx); err != nil {
		return err
	}
	e.Compacted = true
	if _, found, err = db.searchFiles(digits); err == nil && found {
		err = db.leaveTraces(ctx)
	}
	return err
}

// foldLog moves the write-ahead log into the file and empties it. Readers that still look at an older
// state hold it up; they are short, so it is tried for a while.
func foldLog(ctx context.Context, conn *sql.Conn) error {
	const tries, rest = 50, 20 * time.Millisecond
	for range tries {
		busy, _, _, err := moveLog(ctx, conn, "TRUNCATE")
		if err != nil {
			return err
		}
		if !busy {
			return nil
		}
		time.Sleep(rest)
	}
	return fault(ErrBusy, "the write-ahead log could not be folded in")
}

// searchFiles tells whether the database or its log hold the digits, and how big they are.
func (db *DB) searchFiles(digits []byte) (size int64, found bool, err error) {
	for _, path := range []string{db.path, db.path + "-wal"} {
		n, hit, err := searchFile(path, digits)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return size, found, err
		}
		size, found = size+n, found || hit
	}
	return size, found, nil
}

func searchFile(path string, digits []byte) (size int64, found bool, err error) {
	f, err := os.Open(path) //nolint:gosec // our own file
	if err != nil {
		return 0, false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	block := make([]byte, 1<<20)
	kept := 0
	for {
		n, err := f.Read(block[kept:])
		size += int64(n)
		if bytes.Contains(block[:kept+n], digits) {
			return size, true, nil
		}
		if errors.Is(err, io.EOF) {
			return size, false, nil
		}
		if err != nil {
			return size, false, err
		}
		tail := min(len(digits)-1, kept+n) // digits may lie across two blocks
		kept = copy(block, block[kept+n-tail:kept+n])
	}
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	hclog "github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// FileName is the database's name in the data folder.
const FileName = "orderbell.db"

// Options say how to open a store. Only Folder is needed.
type Options struct {
	Folder   string       // the data folder; created when it is missing, unless ReadOnly
	ReadOnly bool         // for commands that only look, also while a gateway runs
	Instance bool         // the gateway itself: takes the folder's lock
	Log      hclog.Logger // nil: no log
	Now      func() time.Time
	Number   func(order.Order) string // the number as the restaurant prints it; nil: order.Number's default
	Told     func([]Told)             // hears after each commit what it changed, in order, before those know who wrote it; must not block; nil: nobody
	Compact  int64                    // the biggest file, in bytes, that an erasure may rewrite while the gateway runs; 0 means 256 MB
	Queue    int                      // events that may wait for the writer before ErrBusy; 0 means 4096
}

// DB is the store. Its methods may be called from any goroutine. Errors have a Kind where a caller
// may branch; see Fault.
type DB struct {
	path     string
	now      func() time.Time
	number   func(order.Order) string
	log      hclog.Logger
	dialect  dialect
	ids      *identifiers
	wake     *wake
	claims   claims
	late     atomic.Int64  // raised when messages of hours that are summed up move, and again when that is committed; see tally.go
	auditKey auditKey      // seals the audit log; nil when read-only and not there
	lock     *instanceLock // nil unless Options.Instance
	write    *sql.DB       // nil when read-only
	writer   *writer       // nil when read-only
	reader   *reader
	once     sync.Once

	compactMost int64         // Options.Compact
	unfolded    atomic.Bool   // the write-ahead log may still hold what was purged; see purge.go
	checkpoints *checkpointer // nil when read-only
}

// Open opens the database in the folder and brings its schema up to date. It fails, and changes
// nothing, when the file is corrupt (ErrCorrupt) or newer than this program (ErrNewerSchema), when
// another gateway has the folder (ErrLocked), or when the folder is on a network share
// (ErrNetworkShare).
func Open(ctx context.Context, o Options) (*DB, error) {
	folder, err := filepath.Abs(o.Folder) // the driver is given a file address, which has no working folder
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	o.Folder = folder
	db := &DB{
		path: filepath.Join(o.Folder, FileName), now: o.Now, number: o.Number, log: o.Log,
		dialect: sqliteDialect(), wake: newWake(), compactMost: cmp.Or(o.Compact, compactMost),
	}
	if db.now == nil {
		db.now = time.Now
	}
	if db.number == nil {
		db.number = func(o order.Order) string { return order.Number(o, "") }
	}
	if db.log == nil {
		db.log = hclog.NewNullLogger()
	}
	db.ids = newIdentifiers(db.now)
	if err := db.open(ctx, o); err != nil {
		return nil, errors.Join(explain(db.path, err), db.release())
	}
	return db, nil
}

func (db *DB) open(ctx context.Context, o Options) (err error) {
	if o.ReadOnly {
		if db.auditKey, err = loadAuditKey(o.Folder, true); err != nil {
			return err
		}
		return db.openReader(ctx)
	}
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return Explain(o.Folder, err)
	}
	if err := db.checkShare(o.Folder); err != nil {
		return err
	}
	if o.Instance {
		lock, err := takeLock(o.Folder, db.now())
		if err != nil {
			return err
		}
		db.lock = lock
	}
	if err := db.migrate(ctx, o.Folder); err != nil {
		return err
	}
	if db.auditKey, err = loadAuditKey(o.Folder, false); err != nil {
		return err
	}
	write, err := sql.Open("sqlite", dsn(db.path, false))
	if err != nil {
		return err
	}
	write.SetMaxOpenConns(1)
	db.write = write
	db.writer = newWriter(db.path, db.dialect, write, db.wake, db.ids, o.Queue)
	db.writer.log = db.log
	db.writer.addEvents, db.writer.told, db.writer.late = db.addEvents, o.Told, &db.late
	db.writer.audited = db.tellEnd
	if err := db.writer.connect(ctx); err != nil {
		return err
	}
	if err := db.openReader(ctx); err != nil {
		return err
	}
	last, err := db.lastIdentifier(ctx)
	if err != nil {
		return err
	}
	db.ids.after(last)
	db.claims.held, db.claims.since = map[string]bool{}, last
	if err := db.openCheckpointer(); err != nil {
		return err
	}
	go db.writer.loop(context.WithoutCancel(ctx))
	go db.runCheckpoints(context.WithoutCancel(ctx))
	return nil
}

func (db *DB) lastIdentifier(ctx context.Context) (string, error) {
	var last string
	for _, table := range []string{"event", "decision", "message", "attempt"} {
		var id sql.NullString
		if err := db.reader.row(ctx, []any{&id}, `SELECT max(id) FROM `+table); err != nil {
			return "", err
		}
		last = max(last, id.String)
	}
	return last, nil
}

// Close commits what waits, folds the write-ahead log into the file and releases the folder. It may
// be called more than once.
func (db *DB) Close() error {
	var err error
	db.once.Do(func() {
		if db.writer != nil {
			db.writer.shut()
			<-db.checkpoints.ended
		}
		err = db.release()
	})
	return err
}

func (db *DB) release() error {
	var faults []error
	if db.reader != nil {
		faults = append(faults, db.reader.close())
	}
	if db.writer != nil {
		db.writer.drop(false) // no-op after the loop has ended
	}
	if db.checkpoints != nil {
		faults = append(faults, db.checkpoints.pool.Close())
	}
	if db.write != nil {
		// The last connection to close folds the log in; TRUNCATE also covers other readers of the file.
		if _, _, _, err := moveLog(context.Background(), db.write, "TRUNCATE"); err != nil {
			db.log.Warn("the write-ahead log was not folded in; the next start will do it", "error", err)
		}
		faults = append(faults, db.write.Close())
	}
	if db.lock != nil {
		faults = append(faults, db.lock.release())
	}
	return errors.Join(faults...)
}

// do runs a write of the loops.
func (db *DB) do(ctx context.Context, run func(*tx) error) error {
	if db.writer == nil {
		return fault(ErrReadOnly, "")
	}
	return db.writer.do(ctx, run)
}

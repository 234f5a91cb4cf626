// Package store keeps everything on disk: events, orders, contacts, decisions, messages, attempts,
// keys. It is the only package that knows SQL. The database is one SQLite file in the data folder;
// the SQL is written so that PostgreSQL can take it too, and storetest says what either must do.
//
// # Writing
//
// One goroutine owns the only write connection. Whatever wants to write hands it a job; the
// goroutine takes what waits (at most 512 jobs or 2 MB), runs it in one BEGIN IMMEDIATE transaction
// and answers after COMMIT has returned, so many callers share one fsync (group commit). There is no
// timer: a lone caller waits for nobody. Jobs of the loops (claims, outcomes, decisions) go before
// waiting events, so that a flood of events cannot starve delivery. A job that fails is undone alone.
// When COMMIT itself fails, every job of the batch gets the error and the connection is replaced;
// nobody is ever told of a success that is not on disk.
//
// # Reading
//
// Readers use four connections of their own, opened read-only; they neither wait for the writer nor
// hold it up. What a call has committed, the next read sees.
//
// # Leases
//
// A claimed event or wait carries a lease, a claimed message carries the ID of its attempt as a
// fencing token: whoever comes late with another token records the outcome but moves nothing.
//
// # Choices that are not obvious
//
//   - quick_check runs at Open when the file has at most 64 MiB, or up to 1 GiB when the last stop was
//     not clean (a write-ahead log is left over). Above that a check would delay the first event by
//     seconds; a page that is read wrong is still noticed later (cell_size_check, ErrCorrupt).
//   - A corrupt file is never overwritten, repaired or renamed here: Open fails with ErrCorrupt and
//     everything stays for the person who restores a backup.
//   - Network shares are refused: NFS, SMB/CIFS, AFS, Coda, NCP, Windows network drives and UNC paths,
//     and their macOS kin. 9p, FUSE, Ceph, Lustre, GFS2 and OCFS2 are warned of: containers and virtual
//     machines use them for local disks too. See shareKind.
//   - A newer binding of an order replaces the former one also for queued texts: they go to the new
//     phone, because the usual cause is a mistyped digit and the wrong guest must not be told.
//   - Pages have 4 KiB. Bodies of 2 KB would fill bigger ones better, but each commit writes whole pages
//     of a dozen indexes: 8 KiB pages write a quarter more bytes for each event, 16 KiB twice as many.
//   - Rows are inserted many to a statement (rowsQuery) and changed one by one, parameters have no names in SQLite (bareParameters), and
//     of an order only what changed is written: names and their indexes mostly stay.
//   - The unique index on event keys is the one with no locality of its own: hashes are random, and each
//     would dirty a page of its own in each commit. So the digits of the posting's time and of r_keeper's
//     count go before the hash of a dated event (storedKey), which keeps the index growing at its end.
//     The lead was the time alone before; a posting stored then and repeated after the upgrade is stored
//     twice, and the second changes nothing that its order did not have.
package store

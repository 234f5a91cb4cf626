package store

// verdict is what is thought of a kind of file system under a database.
type verdict int

const (
	local   verdict = iota
	suspect         // often local, sometimes shared: warn
	remote          // shared memory of the write-ahead log does not work there: refuse
)

// shareKind judges a Linux file system by the magic number of statfs(2).
func shareKind(magic int64) (string, verdict) {
	switch uint32(magic) { //nolint:gosec // the kernel's numbers have 32 bits; some come sign-extended
	case 0x6969:
		return "nfs", remote
	case 0x517B:
		return "smb", remote
	case 0xFF534D42:
		return "cifs", remote
	case 0xFE534D42:
		return "smb2", remote
	case 0x5346414F, 0x6B414653:
		return "afs", remote
	case 0x73757245:
		return "coda", remote
	case 0x564C:
		return "ncp", remote
	case 0x01021997:
		return "9p", suspect
	case 0x65735546:
		return "fuse", suspect
	case 0x00C36400:
		return "ceph", suspect
	case 0x0BD00BD0:
		return "lustre", suspect
	case 0x01161970:
		return "gfs2", suspect
	case 0x7461636F:
		return "ocfs2", suspect
	}
	return "", local
}

// checkShare refuses a data folder on a network share. What cannot be found out is let pass.
func (db *DB) checkShare(folder string) error {
	switch kind, v := fileSystem(folder); v {
	case remote:
		return &Fault{Kind: ErrNetworkShare, Path: folder, Detail: kind}
	case suspect:
		db.log.Warn("the data folder's file system is sometimes a network share; the database is only safe on a local disk", "folder", folder, "kind", kind)
	case local:
	}
	return nil
}

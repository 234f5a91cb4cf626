package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// HasData tells whether a gateway ever ran on the data folder. The error, in words for people, says why
// that cannot be told.
func HasData(cfg *config.Config) (bool, error) {
	_, err := os.Stat(filepath.Join(cfg.Data, store.FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, store.Explain(cfg.Data, err)
}

func makeDataFolder(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", store.Explain(folder, err))
	}
	return nil
}

// Room that the disk of a data folder should have left: below either there is still time to act.
const (
	littleRoom    = 200 << 20
	littlePercent = 1
)

// checkRoom finds out whether the data folder can be written to, and for how long yet. A folder that is
// not there yet has nothing to be found out.
func checkRoom(folder string) []Finding {
	f := Finding{Part: "data", Name: folder}
	err := errors.Join(store.TryWrite(folder), tryOpen(filepath.Join(folder, store.FileName)))
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, store.ErrNoFolder): // the database says it
		return nil
	case err != nil:
		f.Text = textOf(err)
		return []Finding{f}
	}
	free, whole := diskRoom(folder)
	if !isLittle(free, whole) {
		return nil
	}
	const megabyte = 1 << 20
	f.OK, f.Warn = true, true
	f.Text = Text{
		RU: fmt.Sprintf("на диске мало места: свободно %d МБ (меньше %d МБ или %d %%); когда оно кончится, события не будут приниматься — освободите место", free/megabyte, littleRoom/megabyte, littlePercent),
		EN: fmt.Sprintf("little room is left on the disk: %d MB (below %d MB or %d %%); once it is full, no event is taken: free some", free/megabyte, littleRoom/megabyte, littlePercent),
	}
	return []Finding{f}
}

// tryOpen tells whether the database, where there is one, may be written to: it may be somebody else's.
func tryOpen(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // the data folder is the operator's choice
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return store.Explain(filepath.Dir(path), err)
	}
	return f.Close()
}

// isLittle tells whether a disk is nearly full; a room below 0 is not known.
func isLittle(free, whole int64) bool {
	return free >= 0 && (free < littleRoom || whole > 0 && free < whole/100*littlePercent)
}

//go:build !linux

package store_test

import (
	"os"
	"time"
)

func dataSync(f *os.File) error { return f.Sync() }

func cpuTime() time.Duration { return 0 }

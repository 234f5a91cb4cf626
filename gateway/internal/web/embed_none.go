//go:build no_ui

package web

import "io/fs"

func build() fs.FS { return nil }

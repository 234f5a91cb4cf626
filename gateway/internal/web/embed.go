//go:build !no_ui

package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

func build() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil // cannot be: the folder's name is right there
	}
	return files
}

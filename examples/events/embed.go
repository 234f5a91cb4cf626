// Package events holds sample postings of the cash server: docs, tests and the cases of rules use them.
package events

import "embed"

// FS holds the samples.
//
//go:embed *.xml *.json *.txt
var FS embed.FS

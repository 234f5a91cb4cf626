// Package scripts holds what ships with the program for rules: the default rules, and the types that
// editors read beside them.
package scripts

import "embed"

// FS holds the folders rules and types.
//
//go:embed rules types
var FS embed.FS

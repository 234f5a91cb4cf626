//go:build ignore

// Age makes the sessions of a stopped gateway older, so that a test need not wait until they are.
//
//	age DATA confirmed|seen DURATION
//
// confirmed: the password was given that much longer ago; seen: the last call was.
package main

import (
	"database/sql"
	"log"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite"
)

func main() {
	columns := map[string]string{"confirmed": "confirmed_at", "seen": "seen_at"}
	column := columns[os.Args[2]]
	by, err := time.ParseDuration(os.Args[3])
	if err != nil || column == "" {
		log.Fatalf("age %v: %v", os.Args[1:], err)
	}
	db, err := sql.Open("sqlite", filepath.Join(os.Args[1], "orderbell.db"))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE session SET `+column+` = `+column+` - $1`, by.Microseconds()); err != nil {
		log.Fatal(err)
	}
	if err := db.Close(); err != nil {
		log.Fatal(err)
	}
}

//go:build !race

package script

// raceDetector: see the other file.
const raceDetector = false

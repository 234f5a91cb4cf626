//go:build !race

package guard_test

// raceDetector: see the other file.
const raceDetector = false

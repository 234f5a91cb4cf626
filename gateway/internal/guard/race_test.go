//go:build race

package guard_test

// raceDetector tells that this build is slow: guessing one after the other proves nothing more in it.
const raceDetector = true

//go:build race

package script

// raceDetector tells that this build is slow and large: limits of time and memory prove nothing in it.
const raceDetector = true

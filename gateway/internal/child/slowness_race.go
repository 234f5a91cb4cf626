//go:build race

package child

// slowness is how many times more time than usual a program of this build needs to start: with the race
// detector, and below all others on a machine that runs all tests, it took up to two minutes.
const slowness = 12

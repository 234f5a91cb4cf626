//go:build race

package child

// slowness is how many times more time than usual a program of this build needs to start: with the race
// detector, and standing back behind everybody else while all tests ran, ten seconds were too few five times in a row.
const slowness = 12

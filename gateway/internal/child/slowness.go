//go:build !race

package child

// slowness is how many times more time than usual a program of this build needs to start.
const slowness = 1

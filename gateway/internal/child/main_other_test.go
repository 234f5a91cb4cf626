//go:build !linux

package child

func forgetParent() {}

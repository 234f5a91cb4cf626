//go:build !linux && !darwin && !windows

package store

func fileSystem(string) (string, verdict) { return "", local }

package provider

import (
	"strings"
	"testing"
)

func TestAVersionIsTheNameOfAFolder(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1", "1.2.0", "v1.2.0-rc.1+build_5", "2026-11-29", "dev", strings.Repeat("1", 64)} {
		if !validVersion(version) {
			t.Errorf("%q is refused", version)
		}
	}
	for _, version := range []string{
		"", ".", "..", ".1", "-1", "1.", "1/2", `1\2`, "1 2", "1:2", "версия", "1\n", "bundled", strings.Repeat("1", 65), "1\x00",
	} {
		if validVersion(version) {
			t.Errorf("%q is taken", version)
		}
	}
}

package app_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
)

// programs are built once for all tests of the package; nobody changes them.
var programs apptest.Programs

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "orderbell-programs-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if programs, err = apptest.Build(context.Background(), folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

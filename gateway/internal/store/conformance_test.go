package store_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/orderbell/orderbell/gateway/internal/store"
	"github.com/orderbell/orderbell/gateway/internal/store/storetest"
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(childFolder); folder != "" {
		addUntilKilled(folder)
		return
	}
	goleak.VerifyTestMain(m)
}

func TestSQLiteKeepsEveryPromise(t *testing.T) {
	t.Parallel()
	storetest.Exercise(t, func(t *testing.T, o store.Options) (*store.DB, error) {
		return store.Open(t.Context(), o)
	})
}

//go:build !mutant_early_answer

package app

import (
	"github.com/orderbell/orderbell/gateway/internal/httpapi"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// intakeStore is where the intake puts events: the store itself, which answers after its commit.
func intakeStore(db *store.DB) httpapi.Events { return db }

package main

import (
	"testing"

	"github.com/orderbell/orderbell/sdk/sdktest"
)

// TestMain lets the suite start this test binary as the provider.
func TestMain(m *testing.M) { sdktest.Main(m, provider(newOperator())) }

func TestConformance(t *testing.T) {
	t.Parallel()
	sdktest.Run(t, provider(newOperator()), sdktest.Operator{}) // prints: there is no operator to play
}

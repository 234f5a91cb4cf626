package main

import (
	"net"
	"testing"

	"github.com/orderbell/orderbell/sdk/sdktest"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smpp"
)

// TestMain lets the suite start this test binary as the provider.
func TestMain(m *testing.M) { sdktest.Main(m, provider()) }

const password = "canary-4711"

// served starts a simulated SMSC and returns it with its address.
func served(t testing.TB) (*smpp.SMSC, string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	smsc := smpp.New(operators.Options{})
	go smsc.Serve(listener) //nolint:errcheck // ends with Close
	t.Cleanup(func() { _ = smsc.Close() })
	return smsc, listener.Addr().String()
}

func TestConformance(t *testing.T) {
	t.Parallel()
	sdktest.Run(t, provider(), sdktest.Operator{
		Listen: func(t testing.TB) string {
			_, address := served(t)
			return address
		},
		Settings: map[string]string{
			"host": "{host}", "port": "{port}", "tls": "false", "system_id": "cafe", "password": password,
			// Half of an answer must be half of the answer to the message.
			"registered_delivery": "0",
		},
	})
}

func TestLive(t *testing.T) { sdktest.Live(t, provider()) }

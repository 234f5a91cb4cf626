package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	aggregator "github.com/orderbell/orderbell/sdk/sdktest/operators/http"
)

// example reads the settings of one of examples/http-providers.
func example(t *testing.T, name string) map[string]string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "..", "examples", "http-providers", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Accounts []struct {
			Name, Provider string
			Settings       map[string]string
		}
	}
	if err := yaml.UnmarshalWithOptions(source, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if len(file.Accounts) != 1 || file.Accounts[0].Provider != "http" || file.Accounts[0].Name != name {
		t.Fatalf("got %+v", file)
	}
	return file.Accounts[0].Settings
}

// trial opens an example against the simulator with one secret for all that are asked for.
func trial(t *testing.T, name, secret string) *host.Client {
	t.Helper()
	server := httptest.NewServer(aggregator.New(operators.Options{}))
	t.Cleanup(server.Close)
	s := example(t, name)
	for setting, value := range s {
		if strings.HasPrefix(value, "${") {
			s[setting] = secret
		}
	}
	return open(t, server.URL, server.Listener.Addr().String(), s)
}

func TestTheExamplesWorkAgainstTheirVendorsSimulators(t *testing.T) {
	t.Parallel()
	same := map[string]string{
		"0200": "INTERNAL", "0204": "INTERNAL", "0206": "INTERNAL",
		"0429": "RATE_LIMITED", "0500": "UNKNOWN_OUTCOME", "0503": "UNAVAILABLE",
		"0202": "BAD_RECIPIENT", "0209": "BLOCKED_RECIPIENT", "0221": "BAD_SENDER", "0402": "NO_MONEY",
	}
	odd := map[string]string{"p1sms": "INTERNAL", "prostor": "INTERNAL", "targetsms": "REJECTED_TEXT", "eskiz": "INTERNAL"}
	balances := map[string]string{"p1sms": "1204.50 RUB", "prostor": "540.15 RUB", "targetsms": "312.40 RUB", "eskiz": "48850.00 UZS"}
	for name, balance := range balances {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := trial(t, name, "secret-of-"+name)
			if o := send(t, c, message()); o.Failure != nil || len(o.Accepted.ID) < 4 {
				t.Errorf("got %+v, %v", o.Accepted, o.Failure)
			}
			for ending, want := range same {
				m := message()
				m.To = "+7999000" + ending
				if o := send(t, c, m); o.Failure == nil || string(o.Failure.Reason) != want {
					t.Errorf("%s: got %+v, %v, want %s", ending, o.Accepted, o.Failure, want)
				}
			}
			m := message()
			m.To = "+79990000207"
			if o := send(t, c, m); o.Failure == nil || string(o.Failure.Reason) != odd[name] {
				t.Errorf("0207: got %+v, %v, want %s", o.Accepted, o.Failure, odd[name])
			}
			got, err := c.Balance(t.Context(), "main", 1)
			if err != nil || got.Amount.String() != balance {
				t.Errorf("got %v, %v, want %s", got.Amount, err, balance)
			}
			if found, err := c.Check(t.Context(), "main", 1); err != nil || len(found) > 0 {
				t.Errorf("Check: got %v, %v", found, err)
			}
			poor := trial(t, name, "no-money")
			if o := send(t, poor, message()); o.Failure == nil || o.Failure.Reason != sdk.NoMoney {
				t.Errorf("without money: got %v", o.Failure)
			}
			wrong := trial(t, name, "wrong")
			if o := send(t, wrong, message()); o.Failure == nil || o.Failure.Reason != sdk.Unauthorized {
				t.Errorf("with a wrong key: got %v", o.Failure)
			}
			if _, err := wrong.Check(t.Context(), "main", 1); sdk.AsFailure(err, "").Reason != sdk.Unauthorized {
				t.Errorf("Check with a wrong key: got %v", err)
			}
		})
	}
}

func TestAnExpiredTokenIsFetchedAnew(t *testing.T) {
	t.Parallel()
	c := trial(t, "eskiz", "expires")
	for i := range 3 {
		if o := send(t, c, message()); o.Failure != nil {
			t.Errorf("message %d: %v", i, o.Failure)
		}
	}
}

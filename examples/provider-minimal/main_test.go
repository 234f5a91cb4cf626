package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

func TestMain(m *testing.M) { sdktest.Main(m, provider()) }

// acme plays the operator on a good day.
func acme(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/send" || r.FormValue("key") != "k-123-canary" || r.FormValue("from") != "Cafe" || !strings.HasPrefix(r.FormValue("to"), "+7") {
		_, _ = fmt.Fprint(w, `{"code": 301}`)
		return
	}
	_, _ = fmt.Fprintf(w, `{"code": 0, "id": "a-%s"}`, r.FormValue("ref"))
}

func TestConformance(t *testing.T) {
	t.Parallel()
	sdktest.Run(t, provider(), sdktest.Operator{
		Handler:  http.HandlerFunc(acme),
		Settings: map[string]string{"api_key": "k-123-canary", "sender": "Cafe"},
		Cases: []sdktest.Case{
			{Name: "accepted", Reply: sdktest.Text(200, `{"code": 0, "id": "77"}`), Want: sdktest.Accepted("77")},
			{Name: "accepted without an id", Reply: sdktest.Text(200, `{"code": 0}`), Want: sdktest.Reason(sdk.Internal)},
			{Name: "no money", Reply: sdktest.Text(200, `{"code": 201}`), Want: sdktest.Reason(sdk.NoMoney)},
			{Name: "wrong number", Reply: sdktest.Text(200, `{"code": 202}`), Want: sdktest.Reason(sdk.BadRecipient)},
			{Name: "wrong key", Reply: sdktest.Text(200, `{"code": 301}`), Want: sdktest.Reason(sdk.Unauthorized)},
		},
		IDFor: func(m sdk.Message) string { return "a-" + m.ID },
	})
}

func TestTheExampleStaysShort(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(string(source)) {
		if strings.TrimSpace(line) != "" {
			lines++
		}
	}
	t.Logf("main.go has %d non-blank lines", lines)
	if lines > 45 {
		t.Errorf("main.go has %d non-blank lines, want at most 45", lines)
	}
}

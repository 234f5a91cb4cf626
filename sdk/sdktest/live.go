package sdktest

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// Live sends one text through the real operator, and costs money. It skips unless the environment
// names a phone and every required setting:
//
//	ORDERBELL_LIVE_TO=+7…  ORDERBELL_LIVE_SMSRU_API_ID=…  go test -run Live ./plugins/smsru
//
// A setting's variable is ORDERBELL_LIVE_, the provider's name and the key, in capitals, with _ for -.
func Live[C any, A sdk.Sender](t *testing.T, p sdk.Plugin[C, A]) {
	t.Helper()
	c := Serve(t, p, io.Discard, time.Now)
	m, err := c.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	to := os.Getenv("ORDERBELL_LIVE_TO")
	if to == "" {
		t.Skip("ORDERBELL_LIVE_TO names no phone")
	}
	settings := map[string]string{}
	for _, f := range m.Settings {
		name := "ORDERBELL_LIVE_" + strings.ToUpper(strings.ReplaceAll(m.Name+"_"+f.Key, "-", "_"))
		if value := os.Getenv(name); value != "" {
			settings[f.Key] = value
		} else if f.Required {
			t.Skipf("%s is not set", name)
		}
	}
	Open(t, c, account, settings)
	now := time.Now()
	outcomes, err := c.Send(t.Context(), account, 1, []sdk.Message{{
		ID: fmt.Sprintf("LIVE%022d", now.UnixNano()), Attempt: 1, To: to, Text: "Orderbell: test " + now.Format("15:04:05"),
		Channel: sdk.SMS, Category: sdk.Transactional, Segments: 1,
	}})
	if err != nil {
		t.Fatal(err)
	}
	if f := outcomes[0].Failure; f != nil {
		t.Fatalf("not accepted: %v (%s)", f, f.Reason.Cure().EN)
	}
	t.Logf("accepted as %s", outcomes[0].Accepted.ID)
	if m.Capabilities.Balance {
		balance, err := c.Balance(t.Context(), account, 1)
		t.Logf("balance: %v, %v", balance.Amount, err)
	}
}

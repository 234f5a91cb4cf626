package app_test

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smpp"
)

// startSMSC starts an SMSC and returns its port.
func startSMSC(t *testing.T) (smsc *smpp.SMSC, port string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	smsc = smpp.New(operators.Options{})
	go smsc.Serve(listener) //nolint:errcheck // ends with Close
	t.Cleanup(func() { _ = smsc.Close() })
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return smsc, port
}

// smppYAML is a configuration that sends through the SMSC at the port.
func smppYAML(port, password string) string {
	return fmt.Sprintf(`restaurants: [{code: %q, name: Кафе, timezone: UTC}]
accounts: [{name: main, provider: smpp, settings: {host: 127.0.0.1, port: %q, tls: "false", system_id: cafe, password: %s}}]
egress_allow: ["127.0.0.1:%s"]
api_keys: [{name: qr, key: %s, scopes: ["contacts:write"]}]
`, cafe, port, password, port, qrKey)
}

// A receipt over SMPP waits in the provider's memory until it is asked for.
func TestAReceiptOverSMPPMovesTheMessage(t *testing.T) {
	t.Parallel()
	smsc, port := startSMSC(t)
	h := &house{t: t, programs: programs, yaml: smppYAML(port, "canary-4711")}
	h.Gateway = apptest.Start(t, h.programs, filepath.Join(t.TempDir(), "data"), h.yaml)
	h.phone(1)
	h.event(1, "ready", "")
	eventually(t, "the receipt that it arrived", h.is("delivered"))
	if taken := smsc.Taken(); len(taken) != 1 || !strings.Contains(taken[0].Text, "готов") || taken[0].Dest.Addr != strings.TrimPrefix(guest, "+") || len(taken[0].Validity) != 16 {
		t.Errorf("the SMSC took %+v, want one text to the guest, with its validity", taken)
	}
}

// What is wrong with an account is said in both languages, with what to do about it.
func TestAnAccountThatCannotLogInSaysWhatToDo(t *testing.T) {
	t.Parallel()
	_, port := startSMSC(t)
	h := &house{programs: programs, yaml: smppYAML(port, "in-use")}
	h.Gateway = apptest.Start(t, h.programs, filepath.Join(t.TempDir(), "data"), h.yaml)
	for lang, want := range map[string][]string{
		"en": {"0x00000005", "Somebody is bound with this system_id already.", "ask the operator"},
		"ru": {"0x00000005", "С этим system_id уже установлено соединение.", "попросите у оператора"},
	} {
		cmd := exec.CommandContext(t.Context(), h.programs.Path(), "account", "check", "main", "--data", h.Data, "--config", filepath.Join(h.Data, "orderbell.yaml")) // #nosec G204 -- a test runs its own build
		cmd.Env = []string{"LANG=" + lang}
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Errorf("%s: it ends as if all were well:\n%s", lang, out)
		}
		for _, words := range want {
			if !strings.Contains(string(out), words) {
				t.Errorf("%s: %q is not said in\n%s", lang, words, out)
			}
		}
	}
}

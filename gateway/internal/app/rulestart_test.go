package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
)

// again stops the gateway and starts it on the same folder.
func (h *house) again() {
	h.t.Helper()
	h.Stop()
	h.start()
}

func (h *house) start() {
	h.t.Helper()
	h.Gateway = apptest.Start(h.t, h.programs, h.Data, h.yaml)
	eventually(h.t, "rules in the log", func() bool { return strings.Contains(h.Log(), "rules loaded") })
}

// rule writes a rule file.
func (h *house) rule(name, source string) {
	h.t.Helper()
	if err := os.WriteFile(filepath.Join(h.Data, "rules", name), []byte(source), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) noRule(name string) {
	h.t.Helper()
	if err := os.Remove(filepath.Join(h.Data, "rules", name)); err != nil {
		h.t.Fatal(err)
	}
}

// TestABrokenRuleFileAtTheStartIsStoodInForByItsLastVersion breaks the one rule file while the gateway is
// down. Later it is switched off, and then deleted: neither brings it back.
func TestABrokenRuleFileAtTheStartIsStoodInForByItsLastVersion(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	ready := func(n int) {
		h.event(n, "sent", "")
		h.phone(n)
		h.event(n, "ready", "")
	}
	h.Stop()
	h.rule("order-stage.js", "\nrule({ torn")
	h.rule("never.js", "rule({ torn from the start")
	h.start()
	for _, want := range []string{
		"[WARN]  orderbell: a rule file has a fault; the version of before serves in its place: problem=\"order-stage.js:2", " of=20",
		"[ERROR] orderbell: a rule file has a fault and is left out: problem=\"never.js:1",
	} {
		if !strings.Contains(h.Log(), want) {
			t.Errorf("the log does not say %q:\n%s", want, h.Log())
		}
	}
	ready(1)
	eventually(t, "a text by the version of before", func() bool { return len(h.sent()) == 1 })
	h.event(4, "sent", "")
	const leftOut = "Rule files that do not serve now because of a fault: "
	eventually(t, "the file that is left out, at an order that no rule matched", func() bool { return strings.Contains(h.story("4.1"), leftOut+"never.js. ") })
	h.settle()
	listed, err := h.run("rule", "list")
	for _, want := range []string{"order-stage.js:2", "has a fault, an earlier version serves", "order-stage.js: version ", "serves in its place", "has a fault, does not serve", "rule files with a fault: 2"} {
		if err == nil || !strings.Contains(listed, want) {
			t.Errorf("rule list: %v, want %q:\n%s", err, want, listed)
		}
	}
	if listed, _ := h.run("rule", "list", "--json"); strings.Count(listed, `"earlier": {`) != 1 || !strings.Contains(listed, `"of": "20`) {
		t.Errorf("rule list --json does not tell which version serves:\n%s", listed)
	}
	ran, err := h.run("rule", "run", "--order", "1.1")
	for _, want := range []string{"order-stage.js:2", "serves in its place", "never.js:1", "the file does not serve", "order.ready → order-stage: would send", "rule files with a fault: 2"} {
		if err == nil || !strings.Contains(ran, want) {
			t.Errorf("rule run: %v, want %q:\n%s", err, want, ran)
		}
	}

	h.noRule("never.js")
	h.owner().ask(http.MethodPost, "/rules/order-stage.js/enabled", map[string]bool{"enabled": false}, http.StatusOK, nil)
	h.again()
	if story := h.story("4.1"); strings.Contains(story, leftOut) {
		t.Errorf("a file that is gone is still said to be left out:\n%s", story)
	}
	ready(2)
	eventually(t, "the order with the rule switched off", func() bool { return strings.Contains(h.story("2.1"), "2.1") })

	h.noRule("order-stage.js")
	h.rule("other.js", `rule({ name: "other", on: ["order.ready"], handle(change, ctx) { return ctx.skip("other"); } });`)
	h.again()
	ready(3)
	eventually(t, "the decision of the other rule", func() bool { return strings.Contains(h.story("3.1"), "other") })
	h.settle()
	if got := h.sent(); len(got) != 1 {
		t.Errorf("a rule that is switched off, or whose file is deleted, sent: %q", got)
	}
}

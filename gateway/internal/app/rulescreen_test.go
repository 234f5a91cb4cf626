package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
)

// visitor is somebody with a browser who is signed in.
type visitor struct {
	*house
	client *http.Client
	base   string
}

// setupLink finds the one-time link in what the gateway printed.
var setupLink = regexp.MustCompile(`(http://[^/]+)/setup#(\S+)`)

// owner makes the first user by the one-time link and signs in.
func (h *house) owner() *visitor {
	h.t.Helper()
	var link []string
	eventually(h.t, "the set-up link", func() bool {
		link = setupLink.FindStringSubmatch(h.Said())
		return link != nil
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	v := &visitor{house: h, client: &http.Client{Jar: jar}, base: link[1]}
	v.ask(http.MethodPost, "/setup", map[string]string{"token": link[2], "name": "owner", "password": "a long enough password", "language": "en"}, http.StatusCreated, nil)
	return v
}

// ask makes a call and reads its answer into out, unless that is nil.
func (v *visitor) ask(method, path string, send any, want int, out any) string {
	v.t.Helper()
	var body io.Reader
	if send != nil {
		data, err := json.Marshal(send)
		if err != nil {
			v.t.Fatal(err)
		}
		body = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.base+"/api/v1"+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Accept-Language", "en")
	if send != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != want {
		v.t.Fatalf("%s %s: %d %s, %v; want %d", method, path, answer.StatusCode, text, err, want)
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			v.t.Fatalf("%s %s: %s: %v", method, path, text, err)
		}
	}
	return string(text)
}

type ruleView struct {
	Name, Version, Source, Cases string
	Enabled, Shipped             bool
	ChangedBy                    string `json:"changed_by"`
	Rules                        []string
}

// TestAnAdminChangesARuleInTheScreen edits the shipped rule: what is broken is refused and changes nothing,
// what is good serves at once, a former version can be restored, and the audit log has it all.
func TestAnAdminChangesARuleInTheScreen(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	v := h.owner()
	var shipped ruleView
	v.ask(http.MethodGet, "/rules/order-stage.js", nil, http.StatusOK, &shipped)
	if !shipped.Shipped || !shipped.Enabled || !strings.Contains(shipped.Source, `name: "order-stage"`) || !strings.Contains(shipped.Cases, "a jump over") {
		t.Fatalf("the shipped rule: %+v", shipped)
	}
	const path = "/rules/order-stage.js"
	save := func(source, cases, base string, want int, out any) string {
		t.Helper()
		return v.ask(http.MethodPut, path, map[string]string{"source": source, "cases": cases, "base": base}, want, out)
	}

	if answer := save("rule({\n  name: ", "", shipped.Version, http.StatusUnprocessableEntity, nil); !strings.Contains(answer, "order-stage.js:2") || !strings.Contains(answer, "rule_broken") {
		t.Errorf("a rule that does not compile: %s", answer)
	}
	if answer := save(loud, shipped.Cases, shipped.Version, http.StatusUnprocessableEntity, nil); !strings.Contains(answer, "a jump over the chosen stage") {
		t.Errorf("a rule that fails its cases: %s", answer)
	}
	var after ruleView
	if v.ask(http.MethodGet, path, nil, http.StatusOK, &after); after.Version != shipped.Version {
		t.Errorf("what was refused was saved: %+v", after)
	}

	var loudly ruleView
	save(loud, "", shipped.Version, http.StatusOK, &loudly)
	save(loud, "", shipped.Version, http.StatusConflict, nil) // made from a version that is no longer the current one
	h.phone(1)
	h.event(1, "ready", "")
	eventually(t, "the text of the new rule", func() bool { return len(h.sent()) == 1 })
	if got := h.sent()[0]; got != "ГОТОВО 1.1" {
		t.Errorf("text: got %q", got)
	}

	v.ask(http.MethodPost, path+"/restore", map[string]string{"version": shipped.Version}, http.StatusOK, &after)
	if after.Version != shipped.Version || after.Source != shipped.Source || after.Cases != shipped.Cases || after.ChangedBy != "owner" {
		t.Errorf("restored: %+v", after)
	}
	var versions []struct {
		Version string
		Current bool
	}
	v.ask(http.MethodGet, path+"/versions", nil, http.StatusOK, &versions)
	if len(versions) != 3 || !versions[0].Current || versions[1].Version != loudly.Version {
		t.Errorf("versions: %+v", versions)
	}

	v.ask(http.MethodPost, path+"/enabled", map[string]bool{"enabled": false}, http.StatusOK, &after)
	if after.Enabled {
		t.Error("the rule is still on")
	}
	if _, err := os.Stat(filepath.Join(h.Data, "rules", "order-stage.js")); err != nil {
		t.Errorf("switching off removed the file: %v", err)
	}
	v.ask(http.MethodDelete, path, nil, http.StatusConflict, nil) // the only one
	h.phone(2)
	h.event(2, "ready", "")
	h.event(3, "sent", "")
	eventually(t, "the decisions", func() bool { return strings.Contains(h.story("3.1"), "3.1") })
	if got := h.sent(); len(got) != 1 {
		t.Errorf("a rule that is off sent: %q", got)
	}
	audit := v.ask(http.MethodGet, "/audit?"+url.Values{"object": {"order-stage.js"}}.Encode(), nil, http.StatusOK, nil)
	for _, change := range []string{
		`"changes":[{"field":"cases","hidden":true},{"field":"version","old":"` + shipped.Version + `","new":"` + loudly.Version + `"}]`,
		`{"field":"version","old":"` + loudly.Version + `","new":"` + shipped.Version + `"}`,
		`"changes":[{"field":"enabled","old":"true","new":"false"}]`,
	} {
		if !strings.Contains(audit, change) {
			t.Errorf("the audit log does not tell of %s: %s", change, audit)
		}
	}
	for _, action := range []string{"rules.put-rule", "rules.restore-rule", "rules.enable-rule", "refused: rule_broken", "refused: stale"} {
		if !strings.Contains(audit, action) {
			t.Errorf("the audit log lacks %q: %s", action, audit)
		}
	}
}

// TestAFileThatTakesTheNameOfAnotherIsSaidToBeAtFault asks for one file alone: what is wrong with it only
// beside the others must be told all the same.
func TestAFileThatTakesTheNameOfAnotherIsSaidToBeAtFault(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	v := h.owner()
	second := filepath.Join(h.Data, "rules", "other.js")
	if err := os.WriteFile(second, []byte(loud), 0o600); err != nil { // by hand: the screen would refuse it
		t.Fatal(err)
	}
	alone := v.ask(http.MethodGet, "/rules/other.js", nil, http.StatusOK, nil)
	if !strings.Contains(alone, `"where":"other.js"`) || !strings.Contains(alone, "the name order-stage is taken") {
		t.Errorf("the second file of a name: %s", alone)
	}
	if first := v.ask(http.MethodGet, "/rules/order-stage.js", nil, http.StatusOK, nil); !strings.Contains(first, `"faults":[]`) {
		t.Errorf("the first file of a name: %s", first)
	}
}

// TestADraftsDifferenceHasItsPrice compares at an operator that tells prices: two parts more.
func TestADraftsDifferenceHasItsPrice(t *testing.T) {
	t.Parallel()
	h := openSMSRU(t, startOperator(t))
	v := h.owner()
	h.phone(1)
	h.event(1, "ready", "")
	eventually(t, "the text", h.is("accepted"))
	var compared struct {
		Changed int
		Cost    *struct {
			Units    int64
			Nanos    int32
			Currency string
		}
	}
	ask := func(source string) {
		t.Helper()
		compared.Cost = nil
		v.ask(http.MethodPost, "/rules/compare", map[string]any{"days": 1, "draft": map[string]string{"name": "order-stage.js", "source": source}}, http.StatusOK, &compared)
	}
	var price struct {
		Cost struct {
			Units int64
			Nanos int32
		}
	}
	v.ask(http.MethodPost, "/accounts/main/estimate", map[string]string{"text": "Заказ 1.1 готов", "phone": ""}, http.StatusOK, &price)
	ask(strings.Replace(loud, `"ГОТОВО "`, `"ГОТОВО ".repeat(20)`, 1)) // 140 characters: three parts
	one := price.Cost.Units*1_000_000_000 + int64(price.Cost.Nanos)
	if c := compared.Cost; compared.Changed != 1 || c == nil || one == 0 || c.Units*1_000_000_000+int64(c.Nanos) != 2*one || c.Currency != "RUB" {
		t.Errorf("two parts more: %+v cost %+v, want twice %+v", compared, compared.Cost, price)
	}
	if ask(loud); compared.Cost != nil {
		t.Errorf("as many parts as before: %+v, want no price", compared.Cost)
	}
}

// TestTheSetUpKnowsHowFarItIs follows the first steps.
func TestTheSetUpKnowsHowFarItIs(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	v := h.owner()
	type progress struct {
		HasAccount bool   `json:"has_account"`
		FirstEvent string `json:"first_event"`
		FirstText  string `json:"first_text"`
		Joined     string
		Quarrel    string `json:"last_refusal"`
	}
	var state progress
	look := func() {
		t.Helper()
		state = progress{}
		v.ask(http.MethodGet, "/wizard", nil, http.StatusOK, &state)
	}
	look()
	if !state.HasAccount || state.FirstEvent != "" || !strings.HasSuffix(state.Joined, "/api/v4/kds/events") {
		t.Errorf("at first: %+v", state)
	}
	h.post(http.StatusOK, "this is no event")
	eventually(t, "why the posting was not understood", func() bool { look(); return state.Quarrel != "" })
	h.event(1, "sent", "")
	h.phone(1)
	h.event(1, "ready", "")
	eventually(t, "the first event and the first text", func() bool { look(); return state.FirstEvent != "" && state.FirstText != "" })
	if state.Quarrel != "" {
		t.Errorf("an old quarrel is still shown: %q", state.Quarrel)
	}
	if system := v.ask(http.MethodGet, "/system", nil, http.StatusOK, nil); strings.Contains(system, qrKey) || !strings.Contains(system, `"engine":"SQLite"`) {
		t.Errorf("system: %s", system)
	}
}

// TestASimulatorTakesTheFirstText tries a provider without an account: the simulator runs inside the gateway,
// an account made with its settings sends there, and both are there after a restart.
func TestASimulatorTakesTheFirstText(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	v := h.owner()
	var run struct {
		Settings map[string]string
		Texts    []struct{ To, Text string }
	}
	v.ask(http.MethodPost, "/simulators", map[string]string{"provider": "smsru"}, http.StatusOK, &run)
	v.ask(http.MethodPost, "/simulators", map[string]string{"provider": "nobody"}, http.StatusNotFound, nil)
	settings := map[string]map[string]string{}
	for key, value := range run.Settings {
		settings[key] = map[string]string{"value": value}
	}
	account := map[string]any{"name": "tried", "provider": "smsru", "revision": 0, "settings": settings,
		"limits": map[string]any{"per_second": 10, "per_day": 1000, "per_phone_per_day": 100}}
	v.ask(http.MethodPost, "/accounts", account, http.StatusCreated, nil)
	// Somebody puts in a real key and leaves the simulator's address: nobody would get a text.
	account["revision"], settings["api_id"] = 1, map[string]string{"value": "A1B2C3D4"}
	v.ask(http.MethodPut, "/accounts/tried", account, http.StatusOK, nil)
	simulated := func(want bool) {
		t.Helper()
		var shown struct{ Simulated bool }
		if v.ask(http.MethodGet, "/accounts/tried", nil, http.StatusOK, &shown); shown.Simulated != want {
			t.Errorf("the account is shown as simulated: %t, want %t", shown.Simulated, want)
		}
	}
	simulated(true)
	test := func(text string) {
		t.Helper()
		var result struct {
			Accepted bool
			Why      string
			Detail   string
		}
		v.ask(http.MethodPost, "/accounts/tried/test-message", map[string]string{"phone": guest, "text": text}, http.StatusOK, &result)
		if !result.Accepted {
			t.Fatalf("test text: %+v", result)
		}
	}
	test("first")
	var state struct {
		Simulators []struct {
			Provider string
			Running  bool
			Texts    []struct{ To, Text string }
		}
	}
	v.ask(http.MethodGet, "/wizard", nil, http.StatusOK, &state)
	for _, s := range state.Simulators {
		if s.Provider == "smsru" && (!s.Running || len(s.Texts) != 1 || s.Texts[0].Text != "first" || strings.Contains(s.Texts[0].To, "9990000001")) {
			t.Errorf("the simulator shows %+v", s)
		}
	}
	h.Stop()
	h.Gateway = apptest.Start(t, h.programs, h.Data, h.yaml)
	v.base = h.URL
	v.ask(http.MethodPost, "/session", map[string]string{"name": "owner", "password": "a long enough password"}, http.StatusOK, nil)
	test("second")
	simulated(true)
	account["revision"], settings["base_url"] = 2, map[string]string{"value": "https://sms.ru"}
	v.ask(http.MethodPut, "/accounts/tried", account, http.StatusOK, nil)
	simulated(false)
}

package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
)

// house is a running gateway with the console provider and a file in which that one remembers texts.
type house struct {
	*apptest.Gateway
	t        *testing.T
	programs apptest.Programs
	yaml     string
	texts    string
}

const (
	cafe  = "199990777"
	guest = "+79990000001"
	qrKey = "ob_wholewholewholewholewhole"
)

// open starts a gateway; settings go to the console account, more to the file's end.
func open(t *testing.T, settings, more string) *house {
	t.Helper()
	folder := t.TempDir()
	h := &house{t: t, programs: programs, texts: filepath.Join(folder, "texts.jsonl")}
	h.yaml = fmt.Sprintf(`restaurants: [{code: %q, name: Кафе, timezone: UTC}]
accounts: [{name: main, provider: console, settings: {file: %q%s}}]
api_keys: [{name: qr, key: %s, scopes: ["contacts:write"]}]
%s
`, cafe, h.texts, settings, qrKey, more)
	h.Gateway = apptest.Start(t, h.programs, filepath.Join(folder, "data"), h.yaml)
	return h
}

func guid(n int) string { return fmt.Sprintf("A1D3E9B0-6C1F-4E2E-8B61-%012d", n) }

// event posts order n with one dish in the given kitchen state, as of now.
func (h *house) event(n int, state, attributes string) {
	h.t.Helper()
	h.post(http.StatusOK, fmt.Sprintf(`<a RestCode=%q DateTime=%q Situation="3" seqnumber="%d"><Order guid="{%s}" orderName="%d.1" %s><Session><Dish uni="1" name="Борщ" quantity="1000" kdsstate=%q/></Session></Order></a>`,
		cafe, time.Now().UTC().Format("2006-01-02T15:04:05"), time.Now().UnixNano(), guid(n), n, attributes, state))
}

func (h *house) post(want int, body string) map[string]string {
	h.t.Helper()
	status, answer := h.Post(h.t.Context(), http.DefaultClient, "/api/v4/kds/events", []byte(body))
	if status != want {
		h.t.Fatalf("posted %.100s: got %d %s, want %d", body, status, answer, want)
	}
	var said map[string]string
	_ = json.Unmarshal(answer, &said)
	return said
}

func (h *house) phone(n int) {
	h.t.Helper()
	body := fmt.Sprintf(`{"order":{"guid":%q},"phone":%q,"consent":{"given":true,"given_at":%q,"purpose":"order_status_sms","policy_version":"1","source":"qr"}}`,
		guid(n), guest, time.Now().Format(time.RFC3339))
	if status, answer := h.Post(h.t.Context(), http.DefaultClient, "/api/v1/contacts", []byte(body), "Content-Type", "application/json", "Authorization", "Bearer "+qrKey); status != http.StatusCreated {
		h.t.Fatalf("contact: %d %s", status, answer)
	}
}

// sent reads what the provider was given so far.
func (h *house) sent() []string {
	h.t.Helper()
	f, err := os.Open(h.texts)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	var texts []string
	for scanner := bufio.NewScanner(f); scanner.Scan(); {
		var line struct{ Text string }
		if json.Unmarshal(scanner.Bytes(), &line) == nil {
			texts = append(texts, line.Text)
		}
	}
	return texts
}

// command runs the program beside the gateway and returns what it printed.
func (h *house) command(args ...string) string {
	h.t.Helper()
	out, err := h.run(args...)
	if err != nil {
		h.t.Fatalf("orderbell %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (h *house) run(args ...string) (string, error) {
	cmd := exec.CommandContext(h.t.Context(), h.programs.Path(), append(args, "--data", h.Data, "--config", filepath.Join(h.Data, "orderbell.yaml"))...) // #nosec G204 -- a test runs its own build
	cmd.Env = []string{"LANG=en"}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// story is what order show tells of an order; empty while none of its events has been decided.
func (h *house) story(number string) string {
	h.t.Helper()
	out, err := h.run("order", "show", number)
	switch {
	case err == nil:
		return out
	case !strings.Contains(out, "there is no order"):
		h.t.Fatalf("orderbell order show %s: %v\n%s", number, err, out)
	}
	return ""
}

// statuses lists the messages' statuses with their reasons, newest first.
func (h *house) statuses() []string {
	h.t.Helper()
	var list struct {
		Items []struct{ Status, Reason string }
	}
	if err := json.Unmarshal([]byte(h.command("message", "list", "--json")), &list); err != nil {
		h.t.Fatal(err)
	}
	var all []string
	for _, m := range list.Items {
		all = append(all, strings.TrimSpace(m.Status+" "+m.Reason))
	}
	return all
}

// eventually waits for what a loop of the gateway does by itself.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain for: %s", what)
		case <-tick.C:
		}
	}
}

// settle waits until the gateway has written down what became of each text: the provider's file has a text
// before the gateway hears of it.
func (h *house) settle() {
	h.t.Helper()
	eventually(h.t, "the outcome of each text", func() bool {
		return !slices.ContainsFunc(h.statuses(), func(status string) bool { return strings.HasPrefix(status, "sending") })
	})
}

func TestAGuestIsTextedOnceWhenTheOrderIsReady(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	h.event(1, "sent", "")
	h.phone(1)
	for _, state := range []string{"started", "ready", "started", "ready", "taken", "collected"} {
		h.event(1, state, "")
	}
	eventually(t, "a text", func() bool { return len(h.sent()) > 0 })
	h.event(2, "sent", "") // decided after everything above
	eventually(t, "the decisions", func() bool { return strings.Contains(h.story("2.1"), "2.1") })
	if got := h.sent(); len(got) != 1 || got[0] != "Заказ 1.1 готов. Кафе" {
		t.Errorf("texts: got %q, want one: Заказ 1.1 готов. Кафе", got)
	}
	show := h.command("order", "show", "1.1")
	if strings.Contains(show, guest) || !strings.Contains(show, "+7999•••0001") {
		t.Errorf("order show must mask the phone:\n%s", show)
	}
	if strings.Contains(h.Log(), guest) {
		t.Errorf("the log holds the phone:\n%s", h.Log())
	}
}

func TestAPhoneThatComesAfterTheStageStillGetsTheText(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	h.event(1, "sent", "")
	h.event(1, "ready", "")
	eventually(t, "the decision to wait", func() bool { return strings.Contains(h.story("1.1"), "waits for the guest's phone") })
	if got := h.sent(); len(got) != 0 {
		t.Fatalf("texts without a phone: %q", got)
	}
	h.phone(1)
	eventually(t, "a text", func() bool { return len(h.sent()) == 1 })
}

func TestATextWhoseCallWasCutIsUnknownAndNotSentAgain(t *testing.T) {
	t.Parallel()
	h := open(t, ", fail: hang", "")
	h.event(1, "sent", "")
	h.phone(1)
	h.event(1, "ready", "")
	eventually(t, "the call", func() bool { s := h.statuses(); return len(s) == 1 && s[0] == "sending" })
	h.Kill()
	h.Gateway = apptest.Start(t, h.programs, h.Data, strings.Replace(h.yaml, ", fail: hang", "", 1))
	h.event(2, "sent", "")
	h.phone(2)
	h.event(2, "ready", "")
	eventually(t, "the next order's text", func() bool { return len(h.sent()) > 0 })
	if got := h.sent(); len(got) != 1 || !strings.Contains(got[0], "2.1") {
		t.Errorf("texts: got %q, want only that of order 2.1", got)
	}
	h.settle()
	if got := strings.Join(h.statuses(), ", "); got != "accepted, unknown UNKNOWN_OUTCOME" {
		t.Errorf("messages: got %s, want accepted, unknown UNKNOWN_OUTCOME", got)
	}
	if got := h.command("check"); !strings.Contains(got, "! today unknown_texts: Nobody knows whether they went out: 1 text.") {
		t.Errorf("check says nothing of the unknown text:\n%s", got)
	}
}

func TestBadBodiesAreStoredAndAnsweredAndHarmNobody(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	for name, body := range map[string]string{
		"nothing":              "",
		"garbage":              "\x00\xff\xfe garbage",
		"a torn event":         `<a RestCode="1"><Order visit="64`,
		"an entity bomb":       `<!DOCTYPE a [<!ENTITY y "yyy">]><a><Order guid="&y;"/></a>`,
		"deep nesting":         strings.Repeat("<a>", 5000),
		"an attribute twice":   `<a RestCode="1" RestCode="2"/>`,
		"our JSON, torn":       `{"order":{"guid":`,
		"somebody else's JSON": `{"eventType":"OrderStatusChanged"}`,
	} {
		if said := h.post(http.StatusOK, body); said["status"] != "quarantined" || said["event_id"] == "" {
			t.Errorf("%s: got %v, want quarantined with an id", name, said)
		}
	}
	h.post(http.StatusRequestEntityTooLarge, strings.Repeat("x", 2<<20))
	h.event(1, "sent", "")
	h.phone(1)
	h.event(1, "ready", "")
	eventually(t, "the next order's text", func() bool { return len(h.sent()) == 1 })
	// Notes are in the configured language, whoever reads them.
	list := h.command("event", "list", "--json")
	for _, note := range []string{"Тело запроса пустое", "a: seqnumber «###################» — не число: считается 0"} {
		if !strings.Contains(list, note) {
			t.Errorf("no event is noted %q:\n%s", note, list)
		}
	}
}

func TestHistoryDeliveredAgainAtTheFirstStartTextsNobody(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	h.phone(1)
	old := time.Now().UTC().Add(-26 * time.Hour).Format("2006-01-02T15:04:05")
	h.post(http.StatusOK, fmt.Sprintf(`<a RestCode=%q DateTime=%q><Order guid="{%s}" orderName="1.1" kdsstate="ready"/></a>`, cafe, old, guid(1)))
	h.phone(2)
	h.event(2, "ready", "")
	eventually(t, "the fresh order's text", func() bool { return len(h.sent()) > 0 })
	if got := h.sent(); len(got) != 1 || !strings.Contains(got[0], "2.1") {
		t.Errorf("texts: got %q, want only that of the fresh order 2.1", got)
	}
}

func TestAProviderThatIsNotThereIsSaidPlainlyAndTheRestRuns(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	h.Stop()
	yaml := strings.Replace(h.yaml, "accounts: [", `accounts: [{name: gone, provider: nosuch, settings: {}}, `, 1) + "notifications: {route: [gone, main]}\n"
	h.Gateway = apptest.Start(t, h.programs, h.Data, yaml)
	h.event(1, "sent", "")
	h.phone(1)
	h.event(1, "ready", "")
	eventually(t, "a text through the other account", func() bool { return len(h.sent()) == 1 })
	if !strings.Contains(h.Log(), `provider=nosuch`) {
		t.Errorf("the log does not name the missing provider:\n%s", h.Log())
	}
}

func TestADayLimitOfAPhoneStopsALoopingRule(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	h.Stop()
	h.Gateway = apptest.Start(t, h.programs, h.Data, strings.Replace(h.yaml, "provider: console,", "provider: console, limits: {per_phone_per_day: 2},", 1))
	for n := 1; n <= 3; n++ {
		h.event(n, "sent", "")
		h.phone(n)
		h.event(n, "ready", "")
		eventually(t, "the message's end", func() bool {
			s := h.statuses()
			return len(s) == n && s[0] != "queued" && s[0] != "sending"
		})
	}
	if got := strings.Join(h.statuses(), ", "); got != "rejected LIMIT_EXCEEDED, accepted, accepted" {
		t.Errorf("messages: got %s, want rejected LIMIT_EXCEEDED, accepted, accepted", got)
	}
}

func TestAChangedRuleFileServesWithoutARestart(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	file := filepath.Join(h.Data, "rules", "order-stage.js")
	shipped, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write := func(source string) {
		if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const call = "fmt(settings.template,"
	if !strings.Contains(string(shipped), call) {
		t.Fatalf("the shipped rule has no %s", call)
	}
	write("rule({ torn")
	eventually(t, "the fault in the log", func() bool { return strings.Contains(h.Log(), "order-stage.js:1") })
	write(strings.Replace(string(shipped), call, `fmt("Новый текст: {order_number}",`, 1))
	eventually(t, "the new rules in the log", func() bool { return strings.Contains(h.Log(), "changed rules serve") })
	h.event(1, "sent", "")
	h.phone(1)
	h.event(1, "ready", "")
	eventually(t, "a text", func() bool { return len(h.sent()) == 1 })
	if got := h.sent()[0]; got != "Новый текст: 1.1" {
		t.Errorf("text: got %q, want that of the changed rule", got)
	}
}

package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
	"github.com/orderbell/orderbell/gateway/internal/store"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smsru"
)

// operator is sms.ru's simulator, which may learn later where to report to.
type operator struct {
	*httptest.Server
	now atomic.Pointer[smsru.Simulator]
}

func startOperator(t *testing.T) *operator {
	t.Helper()
	o := &operator{}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.now.Load().ServeHTTP(w, r) }))
	o.reportTo("")
	t.Cleanup(func() {
		o.Close()
		_ = o.now.Load().Close()
	})
	return o
}

func (o *operator) reportTo(address string) {
	o.now.Store(smsru.New(operators.Options{CallbackURL: address}))
}

// openSMSRU starts a gateway that sends through the operator.
func openSMSRU(t *testing.T, o *operator) *house {
	t.Helper()
	h := &house{t: t, programs: programs}
	h.yaml = fmt.Sprintf(`public_url: https://bell.example
restaurants: [{code: %q, name: Кафе, timezone: UTC}]
accounts: [{name: main, provider: smsru, settings: {api_id: k-12345678, base_url: %q}}]
egress_allow: [%q]
api_keys: [{name: qr, key: %s, scopes: ["contacts:write"]}]
`, cafe, o.URL, strings.TrimPrefix(o.URL, "http://"), qrKey)
	h.Gateway = apptest.Start(t, h.programs, filepath.Join(t.TempDir(), "data"), h.yaml)
	return h
}

// address is where the account's provider calls back, as seen from this machine.
func (h *house) address(account string) string {
	h.t.Helper()
	db, err := store.Open(h.t.Context(), store.Options{Folder: h.Data})
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	token, err := db.CallbackToken(h.t.Context(), account)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.URL + "/callbacks/" + account + "/" + token
}

func (h *house) is(want string) func() bool {
	return func() bool { all := h.statuses(); return len(all) == 1 && all[0] == want }
}

func TestAProvidersReportMovesTheMessage(t *testing.T) {
	t.Parallel()
	o := startOperator(t)
	h := openSMSRU(t, o)
	address := h.address("main")
	if said := h.command("account", "check", "main"); !strings.Contains(said, " https://bell.example"+strings.TrimPrefix(address, h.URL)+"\n") {
		t.Errorf("account check does not name the address:\n%s", said)
	}
	o.reportTo(address)
	h.phone(1)
	h.event(1, "ready", "")
	eventually(t, "the report that it arrived", h.is("delivered"))

	var shown struct {
		ID       string
		Receipts []struct{ Status, Source, Code string }
	}
	var list struct{ Items []struct{ ID string } }
	if err := json.Unmarshal([]byte(h.command("message", "list", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(h.command("message", "show", list.Items[0].ID, "--json")), &shown); err != nil {
		t.Fatal(err)
	}
	if n := len(shown.Receipts); n == 0 || shown.Receipts[n-1].Status != "delivered" || shown.Receipts[n-1].Source != "callback" || shown.Receipts[n-1].Code != "103" {
		t.Errorf("receipts: got %+v, want the last to say delivered, 103, by a callback", shown.Receipts)
	}
}

func TestAForgedReportChangesNothing(t *testing.T) {
	t.Parallel()
	h := openSMSRU(t, startOperator(t))
	address := h.address("main")
	h.phone(1)
	h.event(1, "ready", "")
	eventually(t, "the provider to take it", h.is("accepted"))
	form := url.Values{"data[0]": {"sms_status\n202611-1000001\n103\n1795512345"}, "hash": {strings.Repeat("0", 64)}}
	tests := []struct {
		name, path string
		want       int
	}{
		{"a wrong hash", strings.TrimPrefix(address, h.URL), http.StatusForbidden},
		{"a wrong token", "/callbacks/main/AAAAAAAAAAAAAAAAAAAAAAAAAA", http.StatusNotFound},
		{"another account", "/callbacks/spare/" + filepath.Base(address), http.StatusNotFound},
	}
	for _, tt := range tests {
		status, answer := h.Post(t.Context(), http.DefaultClient, tt.path, []byte(form.Encode()), "Content-Type", "application/x-www-form-urlencoded")
		if status != tt.want {
			t.Errorf("%s: got %d %s, want %d", tt.name, status, answer, tt.want)
		}
	}
	if got := h.statuses(); len(got) != 1 || got[0] != "accepted" {
		t.Errorf("after the forgeries: %v, want it accepted still", got)
	}
}

// An operator's web page in place of an answer leaves the outcome unknown; a person who decides what to do
// sees the page, and no number in it.
func TestAnAnswerThatIsNotUnderstoodIsKeptForAPerson(t *testing.T) {
	t.Parallel()
	h := openSMSRU(t, startOperator(t))
	body := fmt.Sprintf(`{"order":{"guid":%q},"phone":"+79990003001","consent":{"given":true,"given_at":%q,"purpose":"order_status_sms","policy_version":"1","source":"qr"}}`,
		guid(1), time.Now().Format(time.RFC3339))
	if status, answer := h.Post(t.Context(), http.DefaultClient, "/api/v1/contacts", []byte(body), "Content-Type", "application/json", "Authorization", "Bearer "+qrKey); status != http.StatusCreated {
		t.Fatalf("contact: %d %s", status, answer)
	}
	h.event(1, "ready", "")
	eventually(t, "the text of an unknown outcome", h.is("unknown INTERNAL"))
	var list struct{ Items []struct{ ID string } }
	if err := json.Unmarshal([]byte(h.command("message", "list", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	var shown struct {
		Attempts []struct{ Result, Raw string }
	}
	if err := json.Unmarshal([]byte(h.command("message", "show", list.Items[0].ID, "--json")), &shown); err != nil {
		t.Fatal(err)
	}
	if len(shown.Attempts) != 1 || !strings.Contains(shown.Attempts[0].Raw, "<html") || strings.Contains(shown.Attempts[0].Raw, "9990003001") {
		t.Errorf("got the attempts %+v, want one with the page", shown.Attempts)
	}
	if said := h.command("message", "show", list.Items[0].ID); !strings.Contains(said, "the provider's answer: <") {
		t.Errorf("message show does not show the answer:\n%s", said)
	}
}

func TestWithoutReportsTheProviderIsAsked(t *testing.T) {
	t.Parallel()
	o := startOperator(t)
	h := &house{t: t, programs: programs}
	h.yaml = fmt.Sprintf(`restaurants: [{code: %q, name: Кафе, timezone: UTC}]
accounts: [{name: main, provider: smsru, settings: {api_id: k-12345678, base_url: %q}}]
egress_allow: [%q]
api_keys: [{name: qr, key: %s, scopes: ["contacts:write"]}]
`, cafe, o.URL, strings.TrimPrefix(o.URL, "http://"), qrKey)
	h.Gateway = apptest.Start(t, h.programs, filepath.Join(t.TempDir(), "data"), h.yaml)
	h.phone(1)
	h.event(1, "ready", "")
	eventually(t, "the provider to say that it arrived", h.is("delivered"))
}

package app_test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// typed runs a command that reads a password, and may fail.
func (h *house) typed(args ...string) {
	h.t.Helper()
	cmd := exec.CommandContext(h.t.Context(), h.programs.Path(), append(args, "--data", h.Data, "--config", filepath.Join(h.Data, "orderbell.yaml"))...) // #nosec G204 -- a test runs its own build
	cmd.Env = []string{"LANG=en"}
	cmd.Stdin = strings.NewReader("copper violin in the rain\n")
	_, _ = cmd.CombinedOutput()
}

func TestEachActFromTheCommandLineLeavesOneLine(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	const nothing = "01JVKDS0000000000000000001"
	h.event(1, "3", "")
	h.phone(1)
	eventually(t, "the text is sent", func() bool { return len(h.sent()) == 1 })
	var texts struct{ Items []struct{ ID string } }
	if err := json.Unmarshal([]byte(h.command("message", "list", "--json")), &texts); err != nil || len(texts.Items) != 1 {
		t.Fatalf("the texts: %v, %+v", err, texts)
	}
	sent := texts.Items[0].ID
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"a user is added", []string{"user", "add", "oleg", "--role", "viewer", "--password-stdin"}, "user.add oleg done"},
		{"a name that is taken", []string{"user", "add", "oleg", "--password-stdin"}, "user.add oleg refused: name_taken"},
		{"another password", []string{"user", "reset-password", "oleg", "--password-stdin"}, "user.password oleg done"},
		{"a user is locked out", []string{"user", "lock", "oleg"}, "user.lock oleg done"},
		{"a user is let in again", []string{"user", "unlock", "oleg"}, "user.unlock oleg done"},
		{"nobody is locked out", []string{"user", "lock", "nobody"}, "user.lock nobody refused: no_such_thing"},
		{"a key is made", []string{"apikey", "create", "--name", "menu", "--scope", "contacts:write"}, "key.create menu done"},
		{"a key is revoked", []string{"apikey", "revoke", "menu"}, "key.revoke menu done"},
		{"no key is revoked", []string{"apikey", "revoke", "nothing"}, "key.revoke nothing refused: no_such_thing"},
		{"a text is sent again", []string{"message", "resend", sent}, "messages.resend-message " + sent + " done"},
		{"a text that went out is cancelled", []string{"message", "cancel", sent}, "messages.cancel-message " + sent + " refused: not_now"},
		{"a text whose outcome is known is settled", []string{"message", "settle", sent, "--as", "sent"}, "messages.settle-message " + sent + " refused: not_now"},
		{"no event is decided again", []string{"event", "replay", "--again", nothing}, "events.replay-event " + nothing + " refused: no_such_thing"},
		{"a text is sent by hand", []string{"account", "send", "main", "--to", guest, "--text", "try", "--yes"}, "accounts.send-test-message main done"},
	}
	var want []string
	for _, tt := range tests {
		h.typed(tt.args...)
		want = append(want, "console console "+tt.want)
	}
	out := h.command("audit", "list", "--json", "--limit", "100")
	var page struct {
		Items []struct{ Kind, Actor, Action, Object, Outcome string }
	}
	if err := json.Unmarshal([]byte(out), &page); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range slices.Backward(page.Items) {
		got = append(got, strings.Join([]string{l.Kind, l.Actor, l.Action, l.Object, l.Outcome}, " "))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the log tells of\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if strings.Contains(out, guest[2:]) || strings.Contains(out, "violin") {
		t.Errorf("the log has a phone or a password: %s", out)
	}
}

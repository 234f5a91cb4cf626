package app_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/app/apptest"
)

// What the notifications settings promise, with the whole program: their single parts have their tables
// in rule, contact, message and pipeline.

func TestInQuietHoursNobodyIsTextedAndTheOrderSaysWhy(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC()
	h := open(t, "", fmt.Sprintf(`notifications: {quiet_hours: {from: %q, to: %q}}`, now.Add(-time.Hour).Format("15:04"), now.Add(time.Hour).Format("15:04")))
	h.ready(1)
	eventually(t, "the reason in the order's story", func() bool { return strings.Contains(h.story("1.1"), "quiet") })
	if got := h.statuses(); len(got) != 0 || len(h.sent()) != 0 {
		t.Errorf("got messages %q and texts %q, want none", got, h.sent())
	}
}

func TestOutsideQuietHoursTheTextGoesOut(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC()
	h := open(t, "", fmt.Sprintf(`notifications: {quiet_hours: {from: %q, to: %q}}`, now.Add(2*time.Hour).Format("15:04"), now.Add(3*time.Hour).Format("15:04")))
	h.ready(1)
	eventually(t, "a text", func() bool { return len(h.sent()) == 1 })
}

func TestATextThatCouldNotGoOutInTimeExpires(t *testing.T) {
	t.Parallel()
	h := open(t, ", fail: unavailable", "notifications: {expires: 1m}")
	h.phone(1)
	then := time.Now().UTC().Add(-50 * time.Second).Format("2006-01-02T15:04:05") // ten seconds are left, in which it must be decided
	h.post(http.StatusOK, fmt.Sprintf(`<a RestCode=%q DateTime=%q><Order guid="{%s}" orderName="1.1" kdsstate="ready"/></a>`, cafe, then, guid(1)))
	eventually(t, "the end of its time", func() bool { s := h.statuses(); return len(s) == 1 && s[0] == "expired EXPIRED" })
	if len(h.sent()) != 0 {
		t.Errorf("texts: %q, want none", h.sent())
	}
}

func TestWithResendATextOfUnknownOutcomeGoesOutAgain(t *testing.T) {
	t.Parallel()
	h := open(t, ", fail: hang", "notifications: {on_unknown: resend}")
	h.ready(1)
	eventually(t, "the call", func() bool { s := h.statuses(); return len(s) == 1 && s[0] == "sending" })
	h.Kill()
	h.Gateway = apptest.Start(t, h.programs, h.Data, strings.Replace(h.yaml, ", fail: hang", "", 1))
	eventually(t, "the text of the second try", func() bool { return len(h.sent()) == 1 })
}

func TestAStageDoesNotWaitForAPhoneLongerThanIsSet(t *testing.T) {
	t.Parallel()
	h := open(t, "", "notifications: {contact_wait: 1s}")
	h.event(1, "sent", "")
	h.event(1, "ready", "")
	eventually(t, "the end of the wait", func() bool { return strings.Contains(h.story("1.1"), "came in time") })
	h.phone(1)
	h.ready(2) // decided after the phone of the first came
	eventually(t, "the next order's text", func() bool { return len(h.sent()) > 0 })
	if got := h.sent(); len(got) != 1 || !strings.Contains(got[0], "2.1") {
		t.Errorf("texts: got %q, want only that of order 2.1", got)
	}
}

func TestAnAccountSendsNoFasterThanIsSet(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	h.Stop()
	h.Gateway = apptest.Start(t, h.programs, h.Data, strings.Replace(h.yaml, "provider: console,", "provider: console, limits: {per_second: 2, per_phone_per_day: 100},", 1))
	const n = 7
	for i := 1; i <= n; i++ {
		h.ready(i)
	}
	eventually(t, "all texts", func() bool { return len(h.sent()) == n })
	// Two at once may be the beginning, so the rest takes two and a half seconds. How they are spread is a
	// matter of package pipeline, which has a clock of its own: a call that is held up shows here late.
	calls := h.calls()
	if took := calls[n-1].Sub(calls[0]); took < 2*time.Second {
		t.Errorf("%d texts within %s, with two in a second allowed", n, took)
	}
}

// ready brings order n, with the guest's phone, to its stage.
func (h *house) ready(n int) {
	h.t.Helper()
	h.event(n, "sent", "")
	h.phone(n)
	h.event(n, "ready", "")
}

// calls reads when the provider was given each text.
func (h *house) calls() []time.Time {
	h.t.Helper()
	f, err := os.Open(h.texts)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var at []time.Time
	for scanner := bufio.NewScanner(f); scanner.Scan(); {
		var line struct{ At time.Time }
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			h.t.Fatal(err)
		}
		at = append(at, line.At)
	}
	return at
}

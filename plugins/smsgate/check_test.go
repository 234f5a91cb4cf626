package main

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest"
	simulator "github.com/orderbell/orderbell/sdk/sdktest/operators/smsgate"
)

const hook = "https://bell.example.org/callbacks/main/token"

// findings writes what a check says: "WARNING device_id", or the reason of its failure.
func findings(t *testing.T, c *host.Client) []string {
	t.Helper()
	found, err := c.Check(t.Context(), "main", 1)
	if err != nil {
		noSecret(t, "the error", err.Error())
		return []string{string(sdk.AsFailure(err, "no reason").Reason)}
	}
	var all []string
	for _, d := range found {
		if d.Summary.EN == "" || d.Summary.RU == "" || (d.Cure.EN == "") != (d.Cure.RU == "") {
			t.Errorf("a finding lacks a language: %+v", d)
		}
		all = append(all, strings.TrimSpace(string(d.Severity)+" "+d.Field))
	}
	return all
}

func TestACheckLooksAtThePhone(t *testing.T) {
	t.Parallel()
	const polled = "INFO webhook_url"
	tests := []struct {
		name     string
		open     string
		settings map[string]string
		want     []string
	}{
		{"a phone in order", "", basic(), []string{polled}},
		{"a server in order", "/3rdparty/v1", basic(), []string{polled}},
		{"by token", "/3rdparty/v1", with("auth", "jwt"), []string{polled}},
		{"a wrong password", "", with("password", "bad-key"), []string{"UNAUTHORIZED"}},
		{"no right", "", with("password", "no-right"), []string{"UNAUTHORIZED"}},
		{"a web page", "", with("password", "repair"), []string{"INTERNAL"}},
		{"a server out of order", "", with("password", "broken"), []string{"UNAVAILABLE"}},
		{"no phone at all", "/3rdparty/v1", with("password", "nobody"), []string{"ERROR username", polled}},
		{"two phones to pick from", "/3rdparty/v1", with("password", "several"), []string{"WARNING device_id", polled}},
		{"one of two phones", "/3rdparty/v1", with("password", "several", "device_id", simulator.DeviceID), []string{polled}},
		{"a phone that is not there", "", with("device_id", "nowhere"), []string{"ERROR device_id", polled}},
		{"a SIM that is there", "", with("sim_number", "1"), []string{polled}},
		{"a SIM that is not there", "", with("sim_number", "3"), []string{"ERROR sim_number", polled}},
		{"a phone not seen for two days", "/3rdparty/v1", with("password", "unseen"), []string{"WARNING device_id", polled}},
		{"a battery that runs out, and texts that failed", "", with("password", "empty"), []string{"WARNING", "WARNING", polled}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, _, _ := simulated(t, test.open, test.settings)
			if diff := cmp.Diff(test.want, findings(t, c)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestACheckRegistersTheWebhookOnce(t *testing.T) {
	t.Parallel()
	c, l, _ := phone(t, with("webhook_url", hook, "signing_key", signingKey, "device_id", simulator.DeviceID))
	if diff := cmp.Diff([]string{"INFO webhook_url"}, findings(t, c)); diff != "" {
		t.Errorf("the first check (-want +got):\n%s", diff)
	}
	calls, bodies := l.took()
	var events []string
	for i, call := range calls {
		if call != "POST /webhooks" {
			continue
		}
		w := decoded(t, bodies[i])
		events = append(events, fmt.Sprint(w["event"]))
		if id := fmt.Sprint(w["id"]); len(id) > 36 || !strings.HasPrefix(id, "orderbell-") || w["url"] != hook || w["deviceId"] != simulator.DeviceID {
			t.Errorf("got %v", w)
		}
	}
	if diff := cmp.Diff([]string{"sms:sent", "sms:delivered", "sms:failed"}, events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if got := findings(t, c); len(got) > 0 {
		t.Errorf("the second check: got %v", got)
	}
	if calls, _ := l.took(); slices.Contains(calls, "POST /webhooks") {
		t.Errorf("the second check called %v", calls)
	}
}

func TestAWebhookThatTheAppDoesNotTakeIsExplained(t *testing.T) {
	t.Parallel()
	c, _, _ := phone(t, with("webhook_url", "http://192.168.1.2:11010/callbacks/main/t", "signing_key", signingKey))
	found, err := c.Check(t.Context(), "main", 1)
	if err != nil || len(found) != 1 || found[0].Severity != sdk.SeverityError || found[0].Field != "webhook_url" || !strings.Contains(found[0].Summary.RU, "url must start with https://") {
		t.Errorf("got %+v, %v", found, err)
	}
}

func TestOldAppsAnswerUnderAnotherName(t *testing.T) {
	t.Parallel()
	c, _ := ring(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/device" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, `[{"id":"0000000000000001","name":"Google/oriole"}]`)
	}), "", basic())
	if diff := cmp.Diff([]string{"INFO webhook_url"}, findings(t, c)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSettingsThatDoNotGoTogetherAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settings map[string]string
		want     string
	}{
		"a webhook without a signing key":   {with("webhook_url", hook), "signing_key"},
		"no password":                       {with("password", ""), "password"},
		"no username":                       {with("username", ""), "username"},
		"a fourth SIM":                      {with("sim_number", "4"), "sim_number"},
		"a priority beyond the app's":       {with("priority", "128"), "priority"},
		"a device id that is an address":    {with("device_id", "a/b"), "device_id"},
		"a webhook with its signing key":    {with("webhook_url", hook, "signing_key", signingKey), ""},
		"nothing but username and password": {basic(), ""},
	} {
		c := sdktest.Serve(t, provider(), io.Discard, clock)
		found, err := c.Open(t.Context(), host.OpenRequest{Account: "main", Revision: 1, Settings: test.settings})
		got := ""
		for _, d := range found {
			got = d.Field
		}
		if err != nil || got != test.want {
			t.Errorf("%s: got %q (%+v, %v), want %q", name, got, found, err, test.want)
		}
	}
}

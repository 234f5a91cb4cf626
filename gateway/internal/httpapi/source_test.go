package httpapi

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestWhoMayPostEvents goes through every address, key and way to give it.
func TestWhoMayPostEvents(t *testing.T) {
	t.Parallel()
	remotes := map[string]string{
		"loopback": home, "loopback by IPv6": home6, "loopback as mapped IPv4": mapped,
		"another machine": lan, "another machine by IPv6": lan6, "something that is no address": odd,
	}
	keys := []struct {
		name, key          string
		home, away         int
		source, restaurant string
	}{
		{"no key", "", 200, 401, "http", ""},
		{"the right key", goodKey, 200, 200, "key:199990777", "199990777"},
		{"the key of any restaurant", anyKey, 200, 200, "key:*", ""},
		{"a wrong key", wrongKey, 403, 403, "", ""},
		{"the right key in capitals", strings.ToUpper(goodKey), 403, 403, "", ""},
		{"the right key and more", goodKey + "x", 403, 403, "", ""},
		{"half of the right key", goodKey[:10], 403, 403, "", ""},
		{"a star", "*", 403, 403, "", ""},
		{"the restaurant's code", "199990777", 403, 403, "", ""},
	}
	forms := map[string]func(string) string{
		"in the path":  func(key string) string { return "/k/" + url.PathEscape(key) + eventsV },
		"in the query": func(key string) string { return eventsV + "?key=" + url.QueryEscape(key) },
	}
	cases := 0
	for where, remote := range remotes {
		for _, k := range keys {
			for form, target := range forms {
				cases++
				address := target(k.key)
				if k.key == "" {
					address = eventsV
				}
				want := k.away
				if strings.HasPrefix(where, "loopback") {
					want = k.home
				}
				s := setup(t)
				w := s.post(t, address, remote, someXML)
				if w.Code != want {
					t.Errorf("from %s with %s %s: %d, want %d", where, k.name, form, w.Code, want)
					continue
				}
				events := s.store.stored()
				if (want == 200) != (len(events) == 1) {
					t.Errorf("from %s with %s %s: %d events stored after %d", where, k.name, form, len(events), want)
					continue
				}
				if want == 200 && (events[0].Source != k.source || events[0].Restaurant != k.restaurant) {
					t.Errorf("from %s with %s %s: source %q, restaurant %q; want %q, %q",
						where, k.name, form, events[0].Source, events[0].Restaurant, k.source, k.restaurant)
				}
			}
		}
	}
	if cases < 100 {
		t.Errorf("the matrix has %d cases only", cases)
	}
}

func TestOddKeys(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, target, remote string
		want                 int
	}{
		{"an empty ?key= is none, at home", eventsV + "?key=", home, 200},
		{"an empty ?key= is none, from away", eventsV + "?key=", lan, 401},
		{"another parameter is none", eventsV + "?token=" + goodKey, lan, 401},
		{"two keys are one wrong key", eventsV + "?key=" + goodKey + "&key=" + wrongKey, lan, 403},
		{"twice the right key, too", eventsV + "?key=" + goodKey + "&key=" + goodKey, home, 403},
		{"a query that cannot be read is no way in", eventsV + "?key=%zz", home, 403},
		{"a semicolon does not hide a key", eventsV + "?a=1;key=" + wrongKey, home, 403},
		{"the key's letter case of the parameter counts", eventsV + "?KEY=" + goodKey, lan, 401},
		{"the path wins over the query", "/k/" + wrongKey + eventsV + "?key=" + goodKey, lan, 403},
		{"an escaped key is the key", "/k/%69ntake-key-0123456789" + eventsV, lan, 200},
		{"an empty segment is a wrong key", "/k/" + eventsV, home, 403},
		{"a key with a slash is no such address", "/k/a/b" + eventsV, home, 404},
	}
	for _, test := range tests {
		s := setup(t)
		if w := s.post(t, test.target, test.remote, someXML); w.Code != test.want {
			t.Errorf("%s: POST %s from %s = %d, want %d", test.name, test.target, test.remote, w.Code, test.want)
		}
	}
}

func TestHeadersCannotMakeAnAddress(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP", "Via"} {
		for _, text := range []string{"127.0.0.1", "::1", "for=127.0.0.1", "127.0.0.1, 10.0.0.1"} {
			s := setup(t)
			if w := s.post(t, eventsV, lan, someXML, header, text); w.Code != http.StatusUnauthorized {
				t.Errorf("%s: %s from another machine = %d, want 401", header, text, w.Code)
			}
		}
	}
}

func TestAProxyOrABrowserOnThisMachineNeedsAKey(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "Origin", "Sec-Fetch-Site"} {
		s := setup(t)
		if w := s.post(t, eventsV, home, someXML, header, "203.0.113.5"); w.Code != http.StatusUnauthorized {
			t.Errorf("%s from loopback without a key = %d, want 401", header, w.Code)
		}
		if w := s.post(t, "/k/"+goodKey+eventsV, home, someXML, header, "203.0.113.5"); w.Code != http.StatusOK {
			t.Errorf("%s from loopback with the key = %d, want 200", header, w.Code)
		}
	}
}

func TestAPIKeysAtTheIntake(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, authorization, remote string
		want                        int
		source                      string
	}{
		{"a key with events:write posts from anywhere", "Bearer " + declared, lan, 200, "apikey:declared"},
		{"an admin key, too", "Bearer " + allToken, lan, 200, "apikey:admin"},
		{"a key without the scope does not", "Bearer " + menuToken, lan, 403, ""},
		{"an unknown key does not, even from here", "Bearer " + badToken, home, 401, ""},
		{"another scheme is no key, from here", "Basic dTpw", home, 200, "http"},
		{"another scheme is no key, from away", "Basic dTpw", lan, 401, ""},
	}
	for _, test := range tests {
		s := setup(t)
		w := s.post(t, eventsV, test.remote, someXML, "Authorization", test.authorization)
		if w.Code != test.want {
			t.Errorf("%s: %d, want %d", test.name, w.Code, test.want)
		}
		if events := s.store.stored(); w.Code == 200 && (len(events) != 1 || events[0].Source != test.source) {
			t.Errorf("%s: stored %+v, want source %s", test.name, events, test.source)
		}
	}
}

func TestWrongKeysAreThrottled(t *testing.T) {
	t.Parallel()
	wrong, right := "/k/"+wrongKey+eventsV, "/k/"+goodKey+eventsV
	s := setup(t)
	for i := range failuresAtOnce {
		if w := s.post(t, wrong, lan, someXML); w.Code != http.StatusForbidden {
			t.Fatalf("wrong key %d = %d, want 403", i+1, w.Code)
		}
	}
	checks := []struct {
		name, target, remote string
		want                 int
	}{
		{"one try more is not listened to", wrong, lan, 429},
		{"not even with the right key", right, lan, 429},
		{"another address is", right, "192.168.7.10:1", 200},
		{"this machine always is", wrong, home, 403},
		{"the port does not matter", wrong, "192.168.7.9:51111", 429},
	}
	for _, c := range checks {
		if w := s.post(t, c.target, c.remote, someXML); w.Code != c.want {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.want)
		}
	}
	for _, header := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded"} {
		if w := s.post(t, right, lan, someXML, header, "127.0.0.1"); w.Code != http.StatusTooManyRequests {
			t.Errorf("%s got around the throttle: %d, want 429", header, w.Code)
		}
	}
	s.clock.advance(1100 * time.Millisecond)
	if w := s.post(t, right, lan, someXML); w.Code != http.StatusOK {
		t.Errorf("the right key a second later = %d, want 200", w.Code)
	}
}

func TestThrottleCountsANetworkOfIPv6AsOne(t *testing.T) {
	t.Parallel()
	s := setup(t)
	last := 0
	for i := range failuresAtOnce + 1 {
		last = s.post(t, "/k/"+wrongKey+eventsV, fmt.Sprintf("[2001:db8::%x]:1", i+1), someXML).Code
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("wrong keys from %d addresses of one /64 ended with %d, want 429", failuresAtOnce+1, last)
	}
}

func TestThrottleMemoryIsBounded(t *testing.T) {
	t.Parallel()
	throttle := newThrottle(failuresPerSecond, failuresAtOnce)
	for i := range 3 * maxThrottled {
		throttle.failed(addressOf(fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255)), noon)
	}
	if n := len(throttle.clients); n > maxThrottled {
		t.Errorf("%d addresses remembered, want at most %d", n, maxThrottled)
	}
}

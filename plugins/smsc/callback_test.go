package main

import (
	"crypto/md5" //nolint:gosec // the operator's choice
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smsc"
)

// report is a signed delivery report.
func report(id, status string, more ...string) url.Values {
	form := url.Values{"id": {id}, "phone": {"79990000001"}, "status": {status}, "ts": {"1795521600"}, "time": {"whatever"}, "cost": {"1.44"}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	smsc.Sign(form, word)
	return form
}

func post(body string) sdk.Callback {
	return sdk.Callback{
		Method: http.MethodPost, Body: []byte(body), RemoteIP: "192.0.2.1",
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	}
}

func with(form url.Values, edit func(url.Values)) url.Values {
	edit(form)
	return form
}

func parseCallback(t *testing.T, c *host.Client, cb sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	t.Helper()
	receipts, reply, err := c.ParseCallback(t.Context(), "main", 1, cb)
	if err != nil {
		clean(t, "the failure", err.Error()+sdk.AsFailure(err, "").Raw)
	}
	return receipts, reply, err
}

func TestSignedReportsBecomeReceipts(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, simulator(t))
	ours := id(1)
	tests := []struct {
		name string
		form url.Values
		want string
	}{
		{"delivered, by our id", report(ours, "1"), ours + " DELIVERED 1"},
		{"delivered, by their id", report("1234", "1"), "1234 DELIVERED 1"},
		{"handed over", report(ours, "0"), ours + " ACCEPTED 0"},
		{"expired", report(ours, "3"), ours + " EXPIRED EXPIRED 3"},
		{"undeliverable", report(ours, "20", "err", "1"), ours + " UNDELIVERED BAD_RECIPIENT 20/1"},
		{"no status within a day", report(ours, "20", "err", "245"), ours + " UNKNOWN 20/245"},
		{"a status that is new", report(ours, "99"), ours + " UNKNOWN 99"},
		{"a status that only a look-up has", report(ours, "-3"), ours + " UNKNOWN -3"},
		{"md5 alone", with(report(ours, "1"), func(f url.Values) { f.Del("sha1") }), ours + " DELIVERED 1"},
		{"sha1 alone", with(report(ours, "1"), func(f url.Values) { f.Del("md5") }), ours + " DELIVERED 1"},
		{"signed in capitals", with(report(ours, "1"), func(f url.Values) { f.Set("md5", strings.ToUpper(f.Get("md5"))) }), ours + " DELIVERED 1"},
		{"a wrong checksum, which proves nothing", with(report(ours, "1"), func(f url.Values) { f.Set("crc32", "1") }), ours + " DELIVERED 1"},
		{"unsigned fields that are odd", report(ours, "1", "ts", "soon", "cost", "-1", "err", "x", "sender", "\xcf"), ours + " DELIVERED 1"},
		{"a number with a plus", report(ours, "1", "phone", "+79990000001"), ours + " DELIVERED 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for range 2 { // a repetition says the same
				receipts, reply, err := parseCallback(t, c, post(test.form.Encode()))
				if err != nil || len(receipts) != 1 || line(receipts[0]) != test.want || reply.Status != 200 || string(reply.Body) != "OK" {
					t.Fatalf("%v: got %v, %d %s, %v, want %s", test.form, receipts, reply.Status, reply.Body, err, test.want)
				}
				if r := receipts[0]; (r.OurID == ours) != (r.ProviderID == ours) {
					t.Errorf("got our id %q for %q", r.OurID, r.ProviderID)
				}
			}
		})
	}
	receipts, _, _ := parseCallback(t, c, post(report(ours, "1").Encode()))
	if r := receipts[0]; !r.At.Equal(time.Unix(1795521600, 0)) || r.Cost.String() != "1.44 RUB" {
		t.Errorf("got the time %v and the cost %v", r.At, r.Cost)
	}
}

func TestForgedReportsAreRefused(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, simulator(t))
	ours := id(1)
	encode := func(edit func(url.Values)) string { return with(report(ours, "1"), edit).Encode() }
	otherWord := with(report(ours, "1"), func(f url.Values) { smsc.Sign(f, "another word") })
	noWord := with(report(ours, "1"), func(f url.Values) { smsc.Sign(f, "") })
	for name, body := range map[string]string{
		"unsigned":                   encode(func(f url.Values) { f.Del("md5"); f.Del("sha1") }),
		"with the checksum alone":    encode(func(f url.Values) { f.Del("md5"); f.Set("sha1", "") }),
		"wrong md5":                  encode(func(f url.Values) { f.Set("md5", strings.Repeat("0", 32)) }),
		"wrong sha1":                 encode(func(f url.Values) { f.Set("sha1", strings.Repeat("0", 40)) }),
		"a part of the md5":          encode(func(f url.Values) { f.Set("md5", f.Get("md5")[:31]); f.Del("sha1") }),
		"the md5 as sha1":            encode(func(f url.Values) { f.Set("sha1", f.Get("md5")); f.Del("md5") }),
		"another word":               otherWord.Encode(),
		"no word":                    noWord.Encode(),
		"another status":             encode(func(f url.Values) { f.Set("status", "20") }),
		"another id":                 encode(func(f url.Values) { f.Set("id", id(2)) }),
		"another number":             encode(func(f url.Values) { f.Set("phone", "79990000002") }),
		"two statuses":               report(ours, "1").Encode() + "&status=20",
		"two ids":                    "id=" + id(2) + "&" + report(ours, "1").Encode(),
		"two signatures":             report(ours, "1").Encode() + "&md5=0",
		"an array for a status":      strings.Replace(report(ours, "1").Encode(), "status=", "status%5B%5D=", 1),
		"an array for an id":         strings.Replace(report(ours, "1").Encode(), "id=", "id%5B0%5D=", 1),
		"no id":                      encode(func(f url.Values) { f.Del("id"); smsc.Sign(f, word) }),
		"no status":                  encode(func(f url.Values) { f.Del("status"); smsc.Sign(f, word) }),
		"a colon in the id":          encode(func(f url.Values) { f.Set("id", "1:7"); smsc.Sign(f, word) }),
		"a status that is no number": encode(func(f url.Values) { f.Set("status", "ok"); smsc.Sign(f, word) }),
		"a number that is none":      encode(func(f url.Values) { f.Set("phone", "guest"); smsc.Sign(f, word) }),
		"an id of 41 characters":     encode(func(f url.Values) { f.Set("id", strings.Repeat("1", 41)); smsc.Sign(f, word) }),
		"empty":                      "",
		"JSON":                       `{"id":"1234","phone":"79990000001","status":1}`,
		"broken escapes":             report(ours, "1").Encode() + "&x=%zz",
		"huge":                       report(ours, "1").Encode() + "&x=" + strings.Repeat("x", 65<<10),
		"10,000 fields":              report(ours, "1").Encode() + strings.Repeat("&a=", 10000) + strings.Repeat("&status=1", 10000),
	} {
		t.Run(name, func(t *testing.T) {
			receipts, reply, err := parseCallback(t, c, post(body))
			if sdk.AsFailure(err, "").Reason != sdk.Unauthorized || len(receipts) > 0 || reply.Status != 403 {
				t.Errorf("%.300s: got %v, %d, %v, want UNAUTHORIZED and 403", body, receipts, reply.Status, err)
			}
		})
	}
	get := post("")
	get.Method, get.Query, get.Body = http.MethodGet, "", []byte(report(ours, "1").Encode())
	if _, _, err := parseCallback(t, c, get); err == nil {
		t.Error("the body of a GET is believed")
	}
	query := post("")
	query.Query = report(ours, "1").Encode()
	if _, _, err := parseCallback(t, c, query); err == nil {
		t.Error("the query of a POST is believed")
	}
}

func TestWithoutASecretWordNothingIsBelieved(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, simulator(t), "callback_secret", "")
	form := with(report(id(1), "1"), func(f url.Values) { smsc.Sign(f, "") })
	if receipts, reply, err := parseCallback(t, c, post(form.Encode())); err == nil || len(receipts) > 0 || reply.Status != 403 {
		t.Errorf("got %v, %d, %v", receipts, reply.Status, err)
	}
}

func TestAReportMayComeAsGETOrInParts(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, simulator(t))
	form := report(id(1), "1")
	var body strings.Builder
	w := multipart.NewWriter(&body)
	for name := range form {
		_ = w.WriteField(name, form.Get(name))
	}
	_ = w.Close()
	parted := post(body.String())
	parted.Header.Set("Content-Type", w.FormDataContentType())
	cut := parted
	cut.Body = cut.Body[:len(cut.Body)/2]
	for name, test := range map[string]struct {
		cb sdk.Callback
		ok bool
	}{
		"GET":       {sdk.Callback{Method: http.MethodGet, Query: form.Encode()}, true},
		"multipart": {parted, true},
		"cut parts": {cut, false},
		"no type":   {sdk.Callback{Method: http.MethodPost, Body: []byte(form.Encode())}, true},
	} {
		if receipts, _, err := parseCallback(t, c, test.cb); (err == nil) != test.ok || (len(receipts) == 1) != test.ok {
			t.Errorf("%s: got %v, %v", name, receipts, err)
		}
	}
}

func TestOtherNotificationsAreVerifiedAndDropped(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, simulator(t))
	for signed, form := range map[string]url.Values{
		"79990000001:Спасибо: 5:79990000002": {"phone": {"79990000001"}, "mes": {"Спасибо: 5"}, "to": {"79990000002"}}, // an incoming message
		"79990000001:1795521600":             {"phone": {"79990000001"}, "ts": {"1795521600"}},                         // a call that was waited for
	} {
		if _, _, err := parseCallback(t, c, post(form.Encode())); err == nil {
			t.Errorf("%v: unsigned and believed", form)
		}
		sum := md5.Sum([]byte(signed + ":" + word))
		form.Set("md5", hex.EncodeToString(sum[:]))
		receipts, reply, err := parseCallback(t, c, post(form.Encode()))
		if err != nil || len(receipts) > 0 || reply.Status != 200 {
			t.Errorf("%v: got %v, %d, %v", form, receipts, reply.Status, err)
		}
		form.Set("phone", "79990000003")
		if _, _, err := parseCallback(t, c, post(form.Encode())); err == nil {
			t.Errorf("%v: forged and believed", form)
		}
	}
}

// TestTheSimulatorReports plays both ends: sending, and the reports that come on their own.
func TestTheSimulatorReports(t *testing.T) {
	t.Parallel()
	for end, want := range map[int][]string{
		1:    {"ACCEPTED 200", "DELIVERED 200"},
		1248: {"ACCEPTED 200", "UNDELIVERED 200"},
		401:  {"ACCEPTED 200", "DELIVERED 200"}, // the sending's answer was lost
		404:  {"403", "403"},
		405:  {"DELIVERED 200", "ACCEPTED 200", "DELIVERED 200", "ACCEPTED 200"},
		406:  {"403", "403"},
	} {
		t.Run(fmt.Sprint(end), func(t *testing.T) {
			t.Parallel()
			heard := make(chan sdk.Callback)
			gateway := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				heard <- sdk.Callback{Method: r.Method, Header: r.Header, Body: body}
			}))
			t.Cleanup(gateway.Close)
			var mu sync.Mutex
			var log strings.Builder
			c, _ := setup(t, smsc.New(operators.Options{Now: clock, CallbackURL: gateway.URL, Log: func(format string, args ...any) {
				mu.Lock()
				defer mu.Unlock()
				fmt.Fprintf(&log, format+"\n", args...)
			}}))
			send(t, c, message(end))
			var got []string
			for range want {
				receipts, reply, _ := parseCallback(t, c, <-heard)
				text := fmt.Sprint(reply.Status)
				for _, r := range receipts {
					text = string(r.Status) + " " + text
					if r.OurID != id(end) {
						t.Errorf("got a receipt for %q", r.OurID)
					}
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			mu.Lock()
			defer mu.Unlock()
			clean(t, "the simulator's log", log.String())
		})
	}
}

func FuzzCallback(f *testing.F) {
	f.Add("POST", "application/x-www-form-urlencoded", report("1234", "1").Encode())
	f.Add("GET", "", report("1234", "20").Encode())
	f.Add("POST", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n1\r\n--x--\r\n")
	f.Add("POST", "multipart/form-data", "id[]=1&status[a]=2&md5=")
	f.Add("POST", "", "phone=1&mes=%00&to=&md5=d41d8cd98f00b204e9800998ecf8427e")
	f.Fuzz(func(t *testing.T, method, kind, body string) {
		a := &account{config: config{CallbackSecret: word}}
		c := sdk.Callback{Method: method, Query: body, Body: []byte(body), Header: http.Header{"Content-Type": {kind}}}
		receipts, _, err := a.ParseCallback(t.Context(), c)
		if err != nil && len(receipts) > 0 || len(receipts) > 1 {
			t.Errorf("%s %q %q: got %v, %v", method, kind, body, receipts, err)
		}
		for _, r := range receipts {
			if r.ProviderID == "" || len(r.ProviderID) > 40 || r.Status == sdk.StatusAbsent {
				t.Errorf("%s %q %q: got %+v", method, kind, body, r)
			}
		}
	})
}

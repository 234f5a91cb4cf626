package sdktest

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
)

func TestARecordedRequestIsReadAsItCame(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"line ends of the wire":  "POST /callbacks/main/x?a=1 HTTP/1.1\r\nHost: orderbell.example\r\nX-Sign: abc\r\n\r\nid=1\r\n\r\nrest",
		"line ends of an editor": "POST /callbacks/main/x?a=1 HTTP/1.1\nHost: orderbell.example\nX-Sign: abc\n\nid=1\r\n\r\nrest",
	} {
		got, err := parseRequest([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Method != "POST" || got.URL != "https://orderbell.example/callbacks/main/x?a=1" || got.Query != "a=1" || got.Header.Get("X-Sign") != "abc" {
			t.Errorf("%s: got %+v", name, got)
		}
		if !strings.HasPrefix(string(got.Body), "id=1") || !strings.HasSuffix(string(got.Body), "rest") {
			t.Errorf("%s: got the body %q", name, got.Body)
		}
	}
	if _, err := parseRequest([]byte("hello")); err == nil {
		t.Error("a text that is no request is taken for one")
	}
}

func TestExpectedReceiptsAreStrict(t *testing.T) {
	t.Parallel()
	got, err := parseReceipts([]byte(`[{"provider_id": "77", "status": "DELIVERED"}]`))
	if diff := cmp.Diff([]sdk.Receipt{{ProviderID: "77", Status: sdk.StatusDelivered}}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if none, err := parseReceipts([]byte(`[]`)); err != nil || none == nil {
		t.Errorf("an empty list: got %v, %v; want an empty list, which wants no receipts", none, err)
	}
	if _, err := parseReceipts([]byte(`[{"providerId": "77"}]`)); err == nil {
		t.Error("a misspelt key passes")
	}
}

func TestASecretIsFoundInEverySpelling(t *testing.T) {
	t.Parallel()
	const secret = `canary/key+47"11`
	for name, text := range map[string]string{
		"as it is":                 "the key " + secret,
		"in a URL":                 "?key=" + url.QueryEscape(secret),
		"in a path":                "/x/" + url.PathEscape(secret) + "/y",
		"in JSON":                  `{"key":"canary/key+47\"11"}`,
		"in base64":                base64.StdEncoding.EncodeToString([]byte(secret)),
		"in base64 after one byte": base64.StdEncoding.EncodeToString([]byte(":" + secret)),
		"in base64 after a login":  base64.URLEncoding.EncodeToString([]byte("cafe1:" + secret + ":more")),
		"in base64 before more":    base64.RawStdEncoding.EncodeToString([]byte("ab" + secret + "tail")),
		"in hex":                   strings.ToUpper(hex.EncodeToString([]byte(secret))),
	} {
		if !leaks(text, []string{secret}) {
			t.Errorf("%s: %s is not found to hold the secret", name, text)
		}
	}
	for _, text := range []string{"", "canary", "the key is •••", base64.StdEncoding.EncodeToString([]byte("something else entirely"))} {
		if leaks(text, []string{secret}) {
			t.Errorf("%q is said to hold the secret", text)
		}
	}
}

func FuzzRecordedCallback(f *testing.F) {
	f.Add([]byte("POST /x?a=1 HTTP/1.1\nHost: a.example\n\nbody"), []byte(`[{"status":"DELIVERED"}]`))
	f.Add([]byte("GET http://a.example/ HTTP/1.0\r\n\r\n"), []byte(`[]`))
	f.Add([]byte("\n\n"), []byte(`{`))
	f.Fuzz(func(t *testing.T, request, receipts []byte) {
		c, err := parseRequest(request)
		if err == nil && (c.Method == "" || len(c.Body) > len(request)) {
			t.Errorf("%q: got %+v", request, c)
		}
		if list, err := parseReceipts(receipts); err == nil && list == nil {
			t.Errorf("%q: got nil without an error", receipts)
		}
	})
}

package main

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the obsolete signature must be refused
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/sdk"
)

func sign(apiID string, records ...string) string {
	sum := sha256.Sum256([]byte(apiID + strings.Join(records, "")))
	return hex.EncodeToString(sum[:])
}

func urlencoded(fields ...string) sdk.Callback {
	var pairs []string
	for i := 0; i < len(fields); i += 2 {
		pairs = append(pairs, url.QueryEscape(fields[i])+"="+url.QueryEscape(fields[i+1]))
	}
	return sdk.Callback{
		Method: http.MethodPost, Body: []byte(strings.Join(pairs, "&")),
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	}
}

func inParts(fields ...string) sdk.Callback {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		_ = form.WriteField(fields[i], fields[i+1])
	}
	_ = form.Close()
	return sdk.Callback{Method: http.MethodPost, Body: body.Bytes(), Header: http.Header{"Content-Type": {form.FormDataContentType()}}}
}

// signed is a genuine callback of the records, in order.
func signed(records ...string) []string {
	var fields []string
	for i, r := range records {
		fields = append(fields, fmt.Sprintf("data[%d]", i), r)
	}
	return append(fields, "hash", sign(key, records...))
}

const (
	delivered = "sms_status\n000000-10000000\n103\n1782469893"
	expired   = "sms_status\n000000-10000001\n104\n1782469894"
	alive     = "test\n1782404811"
	phoneCall = "callcheck_status\n202626-48053517\n401\n1782404881"
)

func TestGenuineCallbacksAreRead(t *testing.T) {
	t.Parallel()
	var hundred, hundredLines []string
	for i := range 100 {
		hundred = append(hundred, fmt.Sprintf("sms_status\n000000-%d\n102\n1782469893", i))
		hundredLines = append(hundredLines, fmt.Sprintf("000000-%d ACCEPTED 102", i))
	}
	shuffled := []string{"hash", sign(key, hundred...)}
	for i := len(hundred) - 1; i >= 0; i-- {
		shuffled = append(shuffled, fmt.Sprintf("data[%d]", i), hundred[i])
	}
	tests := []struct {
		name   string
		fields []string
		want   []string
	}{
		{"one record", signed(delivered), []string{"000000-10000000 DELIVERED 103"}},
		{"several kinds of records", signed(alive, delivered, phoneCall, expired, "novelty\nof\nsms.ru"),
			[]string{"000000-10000000 DELIVERED 103", "000000-10000001 EXPIRED EXPIRED 104"}},
		{"only a sign of life", signed(alive), []string{}},
		{"a hundred records, sent backwards", shuffled, hundredLines},
		{"a batch that begins at 1 and has a gap", []string{"data[1]", delivered, "data[7]", expired, "hash", sign(key, delivered, expired)},
			[]string{"000000-10000000 DELIVERED 103", "000000-10000001 EXPIRED EXPIRED 104"}},
		{"a field that we do not know", append(signed(delivered), "version", "9", "database", "9"), []string{"000000-10000000 DELIVERED 103"}},
		{"a hash in capitals", []string{"data[0]", delivered, "hash", strings.ToUpper(sign(key, delivered))}, []string{"000000-10000000 DELIVERED 103"}},
		{"a record without a time", signed("sms_status\n000000-1\n103"), []string{"000000-1 DELIVERED 103"}},
		{"a record with lines to come", signed("sms_status\n000000-1\n103\n1782469893\nnew"), []string{"000000-1 DELIVERED 103"}},
		{"ends of line of another kind", signed("sms_status\r\n000000-1\r\n103\r\n1782469893\r\n"), []string{"000000-1 DELIVERED 103"}},
		{"an unknown code", signed("sms_status\n000000-1\n777\n1782469893"), []string{"000000-1 UNKNOWN 777"}},
		{"the same record twice", signed(delivered, delivered), []string{"000000-10000000 DELIVERED 103", "000000-10000000 DELIVERED 103"}},
		{"records that cannot be used beside one that can", signed("", "sms_status", "sms_status\n\n103\n1", "sms_status\n000000-1\nmany\n1", delivered),
			[]string{"000000-10000000 DELIVERED 103"}},
		{"a text that is no UTF-8", signed("novelty\n\xcf\xf0\xe8", delivered), []string{"000000-10000000 DELIVERED 103"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, d, _ := setup(t, all)
			for form, callback := range map[string]sdk.Callback{"URL-encoded": urlencoded(test.fields...), "multipart": inParts(test.fields...)} {
				for range 2 { // a replay is read the same way
					receipts, reply, err := c.ParseCallback(t.Context(), "main", 1, callback)
					if diff := cmp.Diff(test.want, told(receipts)); err != nil || diff != "" || reply.Status != 200 || string(reply.Body) != "100" {
						t.Errorf("%s: got %d %q, %v (-want +got):\n%s", form, reply.Status, reply.Body, err, diff)
					}
				}
			}
			if len(d.calls) > 0 {
				t.Errorf("sms.ru was called: %v", d.paths)
			}
		})
	}
}

func TestTheTimeOfAReportIsKeptIfItCanBeOne(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"1782469893": time.Date(2026, 6, 26, 10, 31, 33, 0, time.UTC), "17824": {}, "-5": {}, "soon": {}, "99999999999": {}, "": {},
	} {
		c, _, _ := setup(t, all)
		receipts, _, err := c.ParseCallback(t.Context(), "main", 1, inParts(signed("sms_status\n000000-1\n103\n"+text)...))
		if err != nil || len(receipts) != 1 || !receipts[0].At.Equal(want) {
			t.Errorf("%q: got %v, %v, want %v", text, receipts, err, want)
		}
	}
}

func TestForgedCallbacksChangeNothing(t *testing.T) {
	t.Parallel()
	oldHash := md5.Sum([]byte(key + delivered)) //nolint:gosec // see above
	genuine := urlencoded(signed(delivered)...)
	with := func(change func(*sdk.Callback)) sdk.Callback {
		c := genuine
		c.Header = c.Header.Clone()
		change(&c)
		return c
	}
	hash := sign(key, delivered)
	tests := []struct {
		name     string
		callback sdk.Callback
		status   int
	}{
		{"no hash", urlencoded("data[0]", delivered), 403},
		{"an empty hash", urlencoded("data[0]", delivered, "hash", ""), 403},
		{"a wrong hash", urlencoded("data[0]", delivered, "hash", sign("another", delivered)), 403},
		{"half of the hash", urlencoded("data[0]", delivered, "hash", hash[:32]), 403},
		{"the hash with more behind it", urlencoded("data[0]", delivered, "hash", hash+"00"), 403},
		{"a hash that is not hexadecimal", urlencoded("data[0]", delivered, "hash", "zz"+hash[2:]), 403},
		{"the obsolete hash", urlencoded("data[0]", delivered, "hash", hex.EncodeToString(oldHash[:])), 403},
		{"the hash of another batch", urlencoded("data[0]", expired, "hash", hash), 403},
		{"another record added", urlencoded("data[0]", delivered, "data[1]", expired, "hash", hash), 403},
		{"a record taken away", urlencoded("data[0]", delivered, "hash", sign(key, delivered, expired)), 403},
		{"records in another order", urlencoded("data[0]", expired, "data[1]", delivered, "hash", sign(key, delivered, expired)), 403},
		{"numbers compared as texts", urlencoded("data[2]", delivered, "data[10]", expired, "hash", sign(key, expired, delivered)), 403},
		{"a hash of no records", urlencoded("hash", sign(key)), 403},
		{"nothing at all", sdk.Callback{Method: http.MethodPost}, 403},
		{"two hashes", urlencoded("data[0]", delivered, "hash", hash, "hash", hash), 403},
		{"hash as a list", urlencoded("data[0]", delivered, "hash[]", hash), 403},
		{"data as a plain field", urlencoded("data", delivered, "hash", hash), 403},
		{"data as a list without numbers", urlencoded("data[]", delivered, "hash", hash), 403},
		{"data deeper than a list", urlencoded("data[0][0]", delivered, "hash", hash), 403},
		{"data by name", urlencoded("data[a]", delivered, "hash", hash), 403},
		{"a negative number", urlencoded("data[-1]", delivered, "hash", hash), 403},
		{"a number with a nought in front", urlencoded("data[00]", delivered, "hash", hash), 403},
		{"a number beyond all bounds", urlencoded("data[99999999999999999999]", delivered, "hash", hash), 403},
		{"the same number twice", urlencoded("data[0]", delivered, "data[0]", delivered, "hash", hash), 403},
		{"by GET, in the address", sdk.Callback{Method: http.MethodGet, Query: string(genuine.Body), URL: "https://cafe.example/callbacks/main/x"}, 405},
		{"GET with a body", with(func(c *sdk.Callback) { c.Method = http.MethodGet }), 405},
		{"JSON", with(func(c *sdk.Callback) { c.Body = []byte(`{"data":["` + delivered + `"],"hash":"` + hash + `"}`) }), 403},
		{"a broken escape", with(func(c *sdk.Callback) { c.Body = append([]byte("x=%zz&"), c.Body...) }), 403},
		{"multipart without a boundary", with(func(c *sdk.Callback) { c.Header.Set("Content-Type", "multipart/form-data") }), 403},
		{"multipart that is none", with(func(c *sdk.Callback) { c.Header.Set("Content-Type", "multipart/form-data; boundary=x") }), 403},
		{"cut multipart", cutBody(inParts(signed(delivered)...)), 403},
		{"over half a megabyte", with(func(c *sdk.Callback) { c.Body = append(c.Body, "&x="+strings.Repeat("x", 512<<10)...) }), 413},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, _, _ := setup(t, all)
			receipts, reply, err := c.ParseCallback(t.Context(), "main", 1, test.callback)
			if f := sdk.AsFailure(err, "other"); len(receipts) > 0 || f == nil || f.Reason != sdk.Unauthorized ||
				reply.Status != test.status || string(reply.Body) == "100" {
				t.Errorf("got %v, %d %q, %v, want UNAUTHORIZED and %d", told(receipts), reply.Status, reply.Body, err, test.status)
			}
			if err != nil && (strings.Contains(err.Error(), key) || strings.Contains(err.Error(), hash)) {
				t.Errorf("the error helps the forger: %v", err)
			}
		})
	}
}

func cutBody(c sdk.Callback) sdk.Callback {
	c.Body = c.Body[:len(c.Body)/2]
	return c
}

func TestManyRecordsInOneCallAreReadOrRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{5_000: 5_000, 10_000: 0} {
		records := make([]string, n)
		for i := range records {
			records[i] = fmt.Sprintf("sms_status\n%d\n103\n1782469893", i)
		}
		c, _, _ := setup(t, all)
		receipts, reply, err := c.ParseCallback(t.Context(), "main", 1, urlencoded(signed(records...)...))
		if len(receipts) != want || (err == nil) != (want > 0) || (reply.Status == http.StatusOK) != (want > 0) {
			t.Errorf("%d: got %d receipts, %d, %v", n, len(receipts), reply.Status, err)
		}
	}
}

func TestAnotherAccountsCallbackIsRefused(t *testing.T) {
	t.Parallel()
	c, _, _ := setup(t, all, "api_id", "00000000-another-one")
	if receipts, _, err := c.ParseCallback(t.Context(), "main", 1, inParts(signed(delivered)...)); err == nil {
		t.Errorf("got %v", told(receipts))
	}
}

func FuzzParseCallback(f *testing.F) {
	const form = "application/x-www-form-urlencoded"
	for _, callback := range []sdk.Callback{urlencoded(signed(delivered, alive)...), inParts(signed(expired)...), urlencoded("data", "", "hash", "00")} {
		f.Add(callback.Header.Get("Content-Type"), callback.Body, delivered)
	}
	f.Add(form, []byte("data[0]=%00&data[0]=&hash=%"), "sms_status\n\n")
	a := &account{config: config{APIID: key}, Env: sdk.Env{Now: clock, Log: hclog.NewNullLogger()}}
	f.Fuzz(func(t *testing.T, contentType string, body []byte, record string) {
		header := http.Header{"Content-Type": {contentType}}
		receipts, reply, err := a.ParseCallback(t.Context(), sdk.Callback{Method: http.MethodPost, Header: header, Body: body})
		if (err == nil) != (string(reply.Body) == "100") || err != nil && len(receipts) > 0 {
			t.Errorf("%q: got %v, %q, %v", body, receipts, reply.Body, err)
		}
		genuine := urlencoded(signed(record)...)
		receipts, reply, err = a.ParseCallback(t.Context(), genuine)
		if tooBig := len(genuine.Body) > maxCallback; (err != nil) != tooBig || !tooBig && string(reply.Body) != "100" || len(receipts) > 1 {
			t.Errorf("genuine %q: got %v, %q, %v", record, receipts, reply.Body, err)
		}
	})
}

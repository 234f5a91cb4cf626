package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// maxCallback caps what is read of a callback; in bytes. A hundred records take a twentieth of it.
const maxCallback = 512 << 10

// ParseCallback reads delivery reports (page callback): records data[0], data[1], … and their hash,
// as a multipart or a URL-encoded form. sms.ru repeats a batch until it hears "100", therefore a
// genuine one is always answered so, whatever is in it: a record that we cannot use would come back
// for days.
func (a *account) ParseCallback(_ context.Context, c sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	switch {
	case c.Method != http.MethodPost:
		return nil, sdk.Reply{Status: http.StatusMethodNotAllowed}, sdk.Fail(sdk.Unauthorized, "sms.ru posts its reports; this came by another method")
	case len(c.Body) > maxCallback:
		return nil, sdk.Reply{Status: http.StatusRequestEntityTooLarge}, sdk.Fail(sdk.Unauthorized, "the report is over 512 KiB")
	}
	fields, err := formFields(c.Header.Get("Content-Type"), c.Body)
	if err != nil {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "the report is no form that can be read")
	}
	records, err := recordsOf(fields)
	if err != nil {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "the report is not as sms.ru writes it: %v", err)
	}
	if !a.genuine(records, fields["hash"]) {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "the report's hash is not made with this account's api_id")
	}
	var receipts []sdk.Receipt
	for _, record := range records {
		if r, ok := a.receipt(record); ok {
			receipts = append(receipts, r)
		}
	}
	return receipts, sdk.Reply{Status: http.StatusOK, Body: []byte("100")}, nil
}

// formFields reads the form's fields with every value that each has.
func formFields(contentType string, body []byte) (url.Values, error) {
	media, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || media != "multipart/form-data" {
		return url.ParseQuery(string(body))
	}
	fields := url.Values{}
	reader := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return fields, nil
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		fields.Add(part.FormName(), string(value))
	}
}

var (
	errScalar = errors.New("a data field without a plain number")
	errTwice  = errors.New("a data field comes twice")
)

// recordsOf returns the records in the order of their numbers: data[10] comes after data[9]. Fields
// with other names are sms.ru's own business.
func recordsOf(fields url.Values) ([]string, error) {
	numbered := map[int]string{}
	for name, values := range fields {
		rest, ok := strings.CutPrefix(name, "data")
		if !ok || rest != "" && rest[0] != '[' {
			continue
		}
		number, ok := strings.CutPrefix(strings.TrimSuffix(rest, "]"), "[")
		n, err := strconv.Atoi(number)
		if !ok || err != nil || n < 0 || rest != "["+strconv.Itoa(n)+"]" {
			return nil, errScalar
		}
		if len(values) > 1 {
			return nil, errTwice
		}
		numbered[n] = values[0]
	}
	records := make([]string, 0, len(numbered))
	for _, n := range slices.Sorted(maps.Keys(numbered)) {
		records = append(records, numbered[n])
	}
	return records, nil
}

// genuine checks the hash, the hexadecimal SHA-256 of api_id and all records, in constant time. A
// hash of no records at all would be the same for ever; it is not accepted.
func (a *account) genuine(records, hashes []string) bool {
	if len(hashes) != 1 || len(records) == 0 {
		return false
	}
	theirs, err := hex.DecodeString(strings.TrimSpace(hashes[0]))
	if err != nil {
		return false
	}
	sum := sha256.New()
	_, _ = io.WriteString(sum, string(a.APIID)) // a hash never fails
	for _, record := range records {
		_, _ = io.WriteString(sum, record)
	}
	return subtle.ConstantTimeCompare(sum.Sum(nil), theirs) == 1
}

// receipt reads one record: sms_status, the id, the code, the time. Other types are sms.ru's sign of
// life (test) and its other services (callcheck_status).
func (a *account) receipt(record string) (sdk.Receipt, bool) {
	lines := strings.Split(record, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	if lines[0] != "sms_status" {
		return sdk.Receipt{}, false
	}
	if len(lines) < 3 || lines[1] == "" {
		a.Log.Warn("a genuine report holds a record that is not understood", "lines", len(lines))
		return sdk.Receipt{}, false
	}
	code, ok := loose(lines[2]).number()
	if !ok {
		a.Log.Warn("a genuine report holds a code that is no number", "sms_id", lines[1])
		return sdk.Receipt{}, false
	}
	r := sdk.Receipt{ProviderID: lines[1], Code: strconv.Itoa(code)}
	r.Status, r.Reason = stateOf(code)
	if len(lines) > 3 {
		r.At = a.moment(lines[3])
	}
	return r, true
}

// moment reads Unix seconds; zero for what cannot be the time of a report.
func (a *account) moment(text string) time.Time {
	const tenDigits = 1_000_000_000 // September 2001
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds < tenDigits || seconds > a.Now().Add(24*time.Hour).Unix() {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Twilio's signature is HMAC-SHA1, which is sound
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// Limits of a callback; a status callback has some fifteen short fields.
const (
	maxCallback = 64 << 10 // bytes
	maxFields   = 200
)

// ParseCallback verifies a status callback and reads it. The signature holds no time, so a true
// report can be sent again by whoever has seen it; it says the same again, and the gateway's states
// only move forward.
func (a *account) ParseCallback(_ context.Context, c sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	if a.AuthToken == "" {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "without the Auth Token no report can be verified")
	}
	if c.Method != http.MethodPost || len(c.Body) > maxCallback {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "not a status callback of Twilio")
	}
	fields, isForm := form(c.Body)
	if !a.verified(c, fields, isForm) {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "the signature is missing or wrong; behind a proxy, StatusCallback must be the address that Twilio calls")
	}
	if !isForm {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Internal, "a signed call that is not a status callback").WithRaw(string(c.Body))
	}
	if one(fields, "AccountSid") != a.AccountSID {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "the report belongs to another account")
	}
	receipt, ok := receiptOf(fields)
	if !ok {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Internal, "a signed report without a message or a status").WithRaw(string(c.Body))
	}
	return []sdk.Receipt{receipt}, sdk.Reply{Status: http.StatusNoContent}, nil
}

// form decodes the fields of a form; JSON, which is signed in another way, is none.
func form(body []byte) (url.Values, bool) {
	if bytes.Count(body, []byte("&")) >= maxFields || bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return nil, false
	}
	fields, err := url.ParseQuery(string(body))
	return fields, err == nil
}

// one is a field that occurs exactly once, otherwise "".
func one(fields url.Values, name string) string {
	if len(fields[name]) != 1 {
		return ""
	}
	return fields[name][0]
}

func receiptOf(fields url.Values) (sdk.Receipt, bool) {
	id, status := one(fields, "MessageSid"), one(fields, "MessageStatus")
	if id == "" && fields["MessageSid"] == nil {
		id = one(fields, "SmsSid")
	}
	if status == "" && fields["MessageStatus"] == nil {
		status = one(fields, "SmsStatus")
	}
	if !sid(id) || status == "" {
		return sdk.Receipt{}, false
	}
	r := sdk.Receipt{ProviderID: id}
	if code := loose(one(fields, "ErrorCode")); code.number() != 0 {
		r.Code = string(code)
	}
	r.Status, r.Reason = meaning(status, loose(r.Code).number())
	return r, true
}

// verified checks X-Twilio-Signature. Twilio signs the address that it called; which spelling that
// was, only it knows: with or without the default port.
func (a *account) verified(c sdk.Callback, fields url.Values, isForm bool) bool {
	headers := c.Header.Values("X-Twilio-Signature")
	if len(headers) != 1 {
		return false
	}
	given, err := base64.StdEncoding.DecodeString(headers[0])
	if err != nil || len(given) != sha1.Size {
		return false
	}
	right := false
	for _, address := range a.addresses(c) {
		data := address
		switch {
		case isForm:
			data += joined(fields)
		case !bodyMatches(address, c.Body):
			continue
		}
		mac := hmac.New(sha1.New, []byte(a.AuthToken))
		_, _ = mac.Write([]byte(data)) // a hash takes everything
		right = hmac.Equal(mac.Sum(nil), given) || right
	}
	return right
}

// joined is name and value of each field in order of the names; of a repeated name each value once.
func joined(fields url.Values) string {
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		values := slices.Clone(fields[name])
		slices.Sort(values)
		for _, value := range slices.Compact(values) {
			b.WriteString(name)
			b.WriteString(value)
		}
	}
	return b.String()
}

// bodyMatches says whether the address carries the hash of a body that is no form.
func bodyMatches(address string, body []byte) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	given, err := hex.DecodeString(u.Query().Get("bodySHA256"))
	sum := sha256.Sum256(body)
	return err == nil && hmac.Equal(given, sum[:])
}

// addresses are the spellings of the callback address that Twilio may have signed: what the gateway
// says, and what the setting says.
func (a *account) addresses(c sdk.Callback) []string {
	var all []string
	for _, address := range []string{c.URL, a.StatusCallback} {
		if address == "" {
			continue
		}
		if c.Query != "" && !strings.Contains(address, "?") {
			address += "?" + c.Query
		}
		for _, spelling := range spellings(address) {
			if !slices.Contains(all, spelling) {
				all = append(all, spelling)
			}
		}
	}
	return all
}

// spellings is the address as it is, and without and with the default port of its scheme.
func spellings(address string) []string {
	u, err := url.Parse(address)
	scheme, rest, _ := strings.Cut(address, "://")
	if err != nil || u.Host == "" || !strings.HasPrefix(rest, u.Host) {
		return []string{address}
	}
	port := map[string]string{"https": "443", "http": "80"}[u.Scheme]
	tail := rest[len(u.Host):]
	switch u.Port() {
	case "":
		return []string{address, scheme + "://" + u.Host + ":" + port + tail}
	case port:
		return []string{address, scheme + "://" + strings.TrimSuffix(u.Host, ":"+port) + tail}
	}
	return []string{address}
}

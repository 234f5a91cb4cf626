package main

import (
	"bytes"
	"context"
	"crypto/md5"  //nolint:gosec // the operator's choice
	"crypto/sha1" //nolint:gosec // the operator's choice
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// maxCallback caps what is read of a callback; in bytes. A true one has a few hundred.
const maxCallback = 64 << 10

// ParseCallback reads a delivery report: a form with id, phone, status, ts, err, cost and more. SMSC
// signs id, phone and status with a secret word of the cabinet. There is no time in the signature, so
// an old report can be played again; it says then what it said before, and the gateway never moves
// a message backwards. The vendor's page leaves the formula out; it is read off two receivers in the open.
//
// The same address is told of incoming messages and calls. They are verified, answered and dropped.
func (a *account) ParseCallback(_ context.Context, c sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	if a.CallbackSecret == "" {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "the secret word of notifications is not set, so no report can be verified")
	}
	form, err := formOf(c)
	if err != nil {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "the callback is not a form: %v", err)
	}
	signed, report, err := signedText(form)
	if err != nil {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "%v", err)
	}
	if err := a.verify(form, signed); err != nil {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "%v", err)
	}
	thanks := sdk.Reply{Status: http.StatusOK, Body: []byte("OK")}
	if !report {
		return nil, thanks, nil
	}
	id := form.Get("id")
	r := receipt(loose(form.Get("status")), loose(form.Get("err")))
	if r.Status == sdk.StatusAbsent {
		r.Status = sdk.StatusUnknown // who reports on a message has it
	}
	r.ProviderID = id
	if ulid(id) {
		r.OurID = id
	}
	r.At = at(loose(form.Get("ts")))
	r.Cost = money(loose(form.Get("cost")), a.Currency)
	return []sdk.Receipt{r}, thanks, nil
}

// formOf reads the fields of a POST from its body, those of a GET from the query.
func formOf(c sdk.Callback) (url.Values, error) {
	if len(c.Body) > maxCallback || len(c.Query) > maxCallback {
		return nil, errors.New("it is over 64 KiB")
	}
	if c.Method == http.MethodGet {
		return parse(c.Query)
	}
	kind, parameters, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err == nil && kind == "multipart/form-data" {
		return parts(c.Body, parameters["boundary"])
	}
	return parse(string(c.Body))
}

// parse keeps the decoder's own words out of the error: they quote what was posted.
func parse(encoded string) (url.Values, error) {
	form, err := url.ParseQuery(encoded)
	if err != nil {
		return nil, errors.New("it is not properly encoded")
	}
	return form, nil
}

func parts(body []byte, boundary string) (url.Values, error) {
	form := url.Values{}
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err != nil {
			return nil, errors.New("its parts cannot be read")
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, errors.New("a part cannot be read")
		}
		form.Add(part.FormName(), string(value))
	}
}

// signedText is what the signature is made over, without the secret. Each kind of callback signs
// other fields. In a report they must have their proper form: a colon in one of them would make
// the signature of one report fit another.
func signedText(form url.Values) (text string, report bool, err error) {
	for _, name := range []string{"id", "phone", "status", "mes", "to", "ts", "md5", "sha1"} {
		if len(form[name]) > 1 {
			return "", false, errors.New("a field is there twice")
		}
	}
	id, phone, status := form.Get("id"), form.Get("phone"), form.Get("status")
	switch {
	case form.Has("status"):
		_, isNumber := loose(status).number()
		if !validID(id) || !isPhone(phone) || !isNumber {
			return "", false, errors.New("the report's id, number or status is not one")
		}
		return id + ":" + phone + ":" + status, true, nil
	case form.Has("mes"):
		return phone + ":" + form.Get("mes") + ":" + form.Get("to"), false, nil
	case form.Has("phone") && form.Has("ts"):
		return phone + ":" + form.Get("ts"), false, nil
	}
	return "", false, errors.New("the callback is of no known kind")
}

// verify wants at least one signature and all that are there to be right. The crc32 that comes along
// is no proof of anything.
func (a *account) verify(form url.Values, signed string) error {
	text := []byte(signed + ":" + string(a.CallbackSecret))
	sum5, sum1 := md5.Sum(text), sha1.Sum(text) //nolint:gosec // the operator's choice
	some := false
	for name, sum := range map[string][]byte{"md5": sum5[:], "sha1": sum1[:]} {
		given := strings.ToLower(form.Get(name))
		if given == "" {
			continue
		}
		some = true
		if subtle.ConstantTimeCompare([]byte(given), []byte(hex.EncodeToString(sum))) != 1 {
			return errors.New("the callback's signature is wrong")
		}
	}
	if !some {
		return errors.New("the callback is not signed")
	}
	return nil
}

func isPhone(phone string) bool {
	number := strings.TrimPrefix(phone, "+")
	return len(number) >= 5 && len(number) <= maxDigits && strings.Trim(number, decimals) == ""
}

// ulid says whether an id is one of ours: 26 characters of Crockford's alphabet.
func ulid(id string) bool {
	return len(id) == 26 && id[0] <= '7' && strings.Trim(id, decimals+"ABCDEFGHJKMNPQRSTVWXYZ") == ""
}

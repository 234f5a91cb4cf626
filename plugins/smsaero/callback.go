package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/orderbell/orderbell/sdk"
)

// Parameters that we add to the callback address.
const (
	sealParameter    = "key"
	messageParameter = "m"
)

// Bounds of a callback. One report is some 200 bytes.
const (
	maxCallback = 256 << 10 // bytes
	maxReports  = 100
	maxParts    = 64 // of a multipart form
)

// seal is what only the holder of the API key can write under our id of a message; "" stands for any
// message of this account, for calls that carry several. 128 bits, in hex.
func (a *account) seal(ourID string) string {
	mac := hmac.New(sha256.New, []byte(a.APIKey))
	_, _ = io.WriteString(mac, "orderbell smsaero callback\n"+a.Email+"\n"+ourID) // a hash takes everything
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// callbackAddress is what SMS Aero is told with a message. The message's own id in it lets a report
// be matched even if the answer to the sending was lost.
func (a *account) callbackAddress(ourID string) string {
	query := url.Values{sealParameter: {a.seal(ourID)}}
	if ourID != "" {
		query.Set(messageParameter, ourID)
	}
	return string(a.CallbackURL) + "?" + query.Encode()
}

// ParseCallback reads a report. SMS Aero's documentation of its fields could not be had: id and
// status are relied on, a form and JSON are both taken, alone or as a list. There is no signature of
// its own; the seal in the address stands for one.
func (a *account) ParseCallback(_ context.Context, c sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	ourID, ok := a.sealed(c.Query)
	if !ok {
		return nil, sdk.Reply{Status: http.StatusForbidden}, sdk.Fail(sdk.Unauthorized, "the callback does not carry the seal of this account")
	}
	if c.Method != http.MethodPost {
		return nil, sdk.Reply{Status: http.StatusMethodNotAllowed}, sdk.Fail(sdk.Internal, "a callback that is not a POST")
	}
	if len(c.Body) > maxCallback {
		return nil, sdk.Reply{Status: http.StatusRequestEntityTooLarge}, sdk.Fail(sdk.Internal, "the callback is over 256 KiB")
	}
	odd := func(what string) ([]sdk.Receipt, sdk.Reply, error) {
		return nil, sdk.Reply{Status: http.StatusBadRequest}, sdk.Fail(sdk.Internal, "%s", what).WithRaw(string(c.Body))
	}
	reports, err := readReports(c.Header.Get("Content-Type"), c.Body)
	switch {
	case err != nil:
		return odd(err.Error())
	case ourID != "" && len(reports) > 1:
		return odd("the callback of one message reports several")
	}
	var receipts []sdk.Receipt
	for _, e := range reports {
		if !usable(string(e.ID)) || e.Status == "" {
			return odd("a report without id or status")
		}
		receipts = append(receipts, e.receipt(ourID, string(e.ID)))
	}
	return receipts, sdk.Reply{Status: http.StatusOK, Body: []byte("OK")}, nil
}

// sealed checks the seal, in constant time, and returns our id of the message that it is for.
func (a *account) sealed(query string) (ourID string, ok bool) {
	values, err := url.ParseQuery(query)
	if err != nil || len(values[sealParameter]) != 1 || len(values[messageParameter]) > 1 {
		return "", false
	}
	ourID = values.Get(messageParameter)
	return ourID, hmac.Equal([]byte(values.Get(sealParameter)), []byte(a.seal(ourID)))
}

// readReports returns 1 … maxReports reports. What is in them is not checked yet.
func readReports(contentType string, body []byte) ([]entry, error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if len(body) == 0 {
		return nil, errors.New("the callback is empty")
	}
	if body[0] != '{' && body[0] != '[' {
		return readForm(contentType, body)
	}
	if !json.Valid(body) {
		return nil, errors.New("the callback is broken JSON")
	}
	reports := entries(body)
	var wrapped struct {
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(body, &wrapped) == nil && wrapped.Data != nil {
		reports = entries(wrapped.Data)
	}
	switch {
	case len(reports) == 0:
		return nil, errors.New("the callback holds no report")
	case len(reports) > maxReports:
		return nil, errors.New("the callback holds more than 100 reports")
	}
	return reports, nil
}

// readForm reads a form of either encoding. A field that comes twice is refused: nobody can say which
// of the two is meant.
func readForm(contentType string, body []byte) ([]entry, error) {
	form, err := url.ParseQuery(string(body))
	if kind, parameters, bad := mime.ParseMediaType(contentType); bad == nil && kind == "multipart/form-data" {
		form, err = readMultipart(parameters["boundary"], body)
	}
	if err != nil {
		return nil, errors.New("the callback is neither a form nor JSON")
	}
	for _, name := range []string{"id", "status", "number", "cost", "dateAnswer"} {
		if len(form[name]) > 1 {
			return nil, errors.New("the callback has a field twice")
		}
	}
	return []entry{{
		ID: loose(form.Get("id")), Number: loose(form.Get("number")), Status: loose(form.Get("status")),
		Cost: loose(form.Get("cost")), Answered: loose(form.Get("dateAnswer")),
	}}, nil
}

func readMultipart(boundary string, body []byte) (url.Values, error) {
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	form := url.Values{}
	for range maxParts {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(part) // bounded by the body
		if err != nil {
			return nil, err
		}
		form.Add(part.FormName(), string(value))
	}
	return nil, errors.New("too many parts")
}

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// Bounds of a callback. One report is a few hundred bytes.
const (
	maxCallback = 256 << 10 // bytes
	maxReports  = 100
)

// ParseCallback reads a webhook of the application. What a delivery report looks like could not be
// had: JSON with message_id and delivery_status (or status) is relied on, alone, as a list or under
// messages. The same webhook brings incoming messages, which are passed over.
func (a *account) ParseCallback(_ context.Context, c sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	if !a.knows(c.Query) {
		return nil, sdk.Reply{Status: http.StatusForbidden}, sdk.Fail(sdk.Unauthorized, "the webhook does not carry the webhook_key of this account")
	}
	if c.Method != http.MethodPost {
		return nil, sdk.Reply{Status: http.StatusMethodNotAllowed}, sdk.Fail(sdk.Internal, "a webhook that is not a POST")
	}
	if len(c.Body) > maxCallback {
		return nil, sdk.Reply{Status: http.StatusRequestEntityTooLarge}, sdk.Fail(sdk.Internal, "the webhook is over 256 KiB")
	}
	odd := func(what string) ([]sdk.Receipt, sdk.Reply, error) {
		return nil, sdk.Reply{Status: http.StatusBadRequest}, sdk.Fail(sdk.Internal, "%s", what).WithRaw(string(c.Body))
	}
	reports := readReports(c.Body)
	switch {
	case len(reports) == 0:
		return odd("the webhook holds no report")
	case len(reports) > maxReports:
		return odd("the webhook holds more than 100 reports")
	}
	var receipts []sdk.Receipt
	for _, one := range reports {
		if one.incoming() {
			continue
		}
		value := one.Delivery
		if value == "" {
			value = one.Status
		}
		if !usable(one.id()) || value == "" {
			return odd("a report without message_id or delivery_status")
		}
		receipts = append(receipts, sdk.Receipt{ProviderID: one.id(), Status: a.status(value), Code: string(value)})
	}
	return receipts, sdk.Reply{Status: http.StatusOK, Body: []byte("OK")}, nil
}

// knows checks the key in the address, in a time that tells nothing of how much of it is right.
func (a *account) knows(query string) bool {
	values, err := url.ParseQuery(query)
	if err != nil || len(values["key"]) != 1 || a.WebhookKey == "" {
		return false
	}
	got, want := sha256.Sum256([]byte(values.Get("key"))), sha256.Sum256([]byte(a.WebhookKey))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// incoming says whether the item is a guest's own message: by its direction (1 is what clients ask
// the list for), or because it has a sender and a text and no status at all.
func (i item) incoming() bool {
	direction := strings.ToLower(string(i.Direction))
	return direction == "1" || strings.Contains(direction, "incoming") ||
		i.Sender != "" && i.Text != "" && !i.stated
}

// readReports returns nothing for what is not understood.
func readReports(body []byte) []item {
	body = bytes.TrimSpace(clean(body))
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil {
		return each(list)
	}
	var wrapped struct {
		Messages json.RawMessage `json:"messages"`
	}
	if json.Unmarshal(body, &wrapped) == nil && wrapped.Messages != nil {
		reports, _ := items(body)
		return reports
	}
	return each([]json.RawMessage{body})
}

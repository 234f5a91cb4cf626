package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/orderbell/orderbell/sdk"
)

// ParseCallback reads a delivery report. Anybody can post one, so the signature comes first, over the
// body as it is, and it is compared in constant time. What is refused here changes nothing in the
// gateway.
func (a *account) ParseCallback(_ context.Context, c sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	given, err := hex.DecodeString(c.Header.Get("X-Beacon-Signature"))
	if err != nil || a.SigningKey == "" || !hmac.Equal(given, signature(a.SigningKey, c.Body)) {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "the report's signature is wrong")
	}
	var reports []result
	if err := json.Unmarshal(c.Body, &reports); err != nil {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Internal, "the report is not the JSON expected").WithRaw(string(c.Body))
	}
	var receipts []sdk.Receipt
	for _, r := range reports {
		receipts = append(receipts, r.receipt())
	}
	return receipts, sdk.Reply{ContentType: "application/json", Body: []byte(`{"ok":true}`)}, nil // what Beacon wants to hear
}

func signature(key sdk.Secret, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	_, _ = mac.Write(body) // never fails
	return mac.Sum(nil)
}

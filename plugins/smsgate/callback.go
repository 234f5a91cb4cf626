package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// Limits of a webhook: a report has some ten short fields.
const (
	maxCallback = 64 << 10 // bytes
	maxSkew     = 5 * time.Minute
)

// event is a webhook (documentation, Webhooks). Fields of other events are passed over.
type event struct {
	Event   loose `json:"event"`
	Payload struct {
		MessageID   loose `json:"messageId"`
		SentAt      loose `json:"sentAt"`
		DeliveredAt loose `json:"deliveredAt"`
		FailedAt    loose `json:"failedAt"`
		CancelledAt loose `json:"cancelledAt"`
		Reason      loose `json:"reason"`
	} `json:"payload"`
}

// ParseCallback verifies a webhook and reads it. The app repeats one that is not answered with 2xx for
// two days, so every genuine one is answered so, also those that are not about a message of ours. A
// text in several parts has sms:delivered once for each part; the first counts, as it does for the app.
func (a *account) ParseCallback(_ context.Context, c sdk.Callback) ([]sdk.Receipt, sdk.Reply, error) {
	if a.SigningKey == "" {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "without signing_key no webhook can be verified")
	}
	if c.Method != http.MethodPost || len(c.Body) > maxCallback {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "not a webhook of SMSGate")
	}
	stamp, right := a.verified(c)
	if !right {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "the signature is missing or wrong; compare signing_key with the app's Settings → Webhooks → Signing Key")
	}
	if skew := a.Now().Sub(stamp); skew.Abs() > maxSkew {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Unauthorized, "the webhook was signed %v ago by the phone's clock; set the clocks of phone and computer", skew.Round(time.Second))
	}
	var e event
	if json.Unmarshal(bytes.TrimPrefix(c.Body, []byte("\ufeff")), &e) != nil || e.Event == "" {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Internal, "a signed webhook that is not understood").WithRaw(string(c.Body))
	}
	v, at, ours := e.verdict()
	if !ours {
		return nil, sdk.Reply{Status: http.StatusOK}, nil
	}
	id := string(e.Payload.MessageID)
	if !messageID.MatchString(id) {
		return nil, sdk.Reply{}, sdk.Fail(sdk.Internal, "a signed report without a message").WithRaw(string(c.Body))
	}
	receipt := sdk.Receipt{OurID: id, ProviderID: id, Status: v.status, Reason: v.reason, Code: v.code, At: moment(at)}
	return []sdk.Receipt{receipt}, sdk.Reply{Status: http.StatusOK}, nil
}

// verdict is what an event means; false for one that is not about a text that was sent.
func (e event) verdict() (v verdict, at loose, ours bool) {
	switch e.Event {
	case "sms:sent":
		return meaning("Sent", ""), e.Payload.SentAt, true
	case "sms:delivered":
		return meaning("Delivered", ""), e.Payload.DeliveredAt, true
	case "sms:failed":
		return meaning("Failed", string(e.Payload.Reason)), e.Payload.FailedAt, true
	case "sms:cancelled":
		return meaning("Cancelled", ""), e.Payload.CancelledAt, true
	}
	return verdict{}, "", false
}

// verified checks X-Signature, the hexadecimal HMAC-SHA256 with the signing key over the body followed
// by X-Timestamp, and returns the time of the latter. Each repetition is signed anew.
func (a *account) verified(c sdk.Callback) (time.Time, bool) {
	signatures, stamps := c.Header.Values("X-Signature"), c.Header.Values("X-Timestamp")
	if len(signatures) != 1 || len(stamps) != 1 {
		return time.Time{}, false
	}
	given, err := hex.DecodeString(signatures[0])
	if err != nil {
		return time.Time{}, false
	}
	mac := hmac.New(sha256.New, []byte(a.SigningKey))
	_, _ = mac.Write(c.Body) // a hash takes everything
	_, _ = mac.Write([]byte(stamps[0]))
	if !hmac.Equal(mac.Sum(nil), given) {
		return time.Time{}, false
	}
	seconds, err := strconv.ParseInt(stamps[0], 10, 64)
	return time.Unix(seconds, 0), err == nil
}

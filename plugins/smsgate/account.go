package main

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

type account struct {
	config
	sdk.Env
	tokens *tokens
}

// shortestTTL is the least time to live that the server takes; in seconds.
const shortestTTL = 5

// outgoing is the body of a sending. The time to live is relative on purpose: the clock of a phone may
// be wrong.
type outgoing struct {
	ID           string      `json:"id"`
	DeviceID     string      `json:"deviceId,omitempty"`
	TextMessage  textMessage `json:"textMessage"`
	PhoneNumbers []string    `json:"phoneNumbers"`
	SIM          int         `json:"simNumber,omitempty"`
	TTL          int64       `json:"ttl,omitempty"` // seconds
	Reports      bool        `json:"withDeliveryReport"`
	Priority     int         `json:"priority,omitempty"`
}

type textMessage struct {
	Text string `json:"text"`
}

// Send puts the text into the phone's queue; 202 says no more than that.
//
// An id that is known already is refused with 409 (old versions of the app take it and do nothing):
// then an earlier attempt of ours went through. But a server keeps ids apart by phone, and where it may
// pick the phone, the second attempt could go to another one. Such an attempt looks first.
func (a *account) Send(ctx context.Context, m sdk.Message) (sdk.Accepted, error) {
	out := outgoing{
		ID: m.ID, DeviceID: a.DeviceID, TextMessage: textMessage{m.Text}, PhoneNumbers: []string{m.To},
		Reports: a.Reports, Priority: a.Priority,
	}
	out.SIM, _ = strconv.Atoi(a.SIM) // "default" is 0, which is left out
	if !m.NotAfter.IsZero() {
		left := m.NotAfter.Sub(a.Now())
		if left <= 0 {
			return sdk.Accepted{}, sdk.Fail(sdk.Expired, "the text is past its time already")
		}
		out.TTL = max(int64(left/time.Second), shortestTTL)
	}
	if m.Attempt > 1 && a.DeviceID == "" {
		known, err := a.known(ctx, m.ID)
		if err != nil {
			return sdk.Accepted{}, err
		}
		if known {
			return sdk.Accepted{ID: m.ID}, nil
		}
	}
	path := "/messages"
	if a.SkipPhone {
		path += "?skipPhoneValidation=true"
	}
	var body []byte
	err := a.call(ctx, func(login sdk.Option) error {
		return sdk.PostJSON(ctx, a.HTTP, a.BaseURL+path, out, &body, login)
	})
	switch {
	case duplicate(err):
		return sdk.Accepted{ID: m.ID}, nil
	case err != nil:
		return sdk.Accepted{}, err
	}
	return taken(body, m.ID, m.To)
}

// known says whether an earlier attempt went through. When that cannot be said, nothing is known of
// the message, and it must not go to another account: what the look-up met is no excuse.
func (a *account) known(ctx context.Context, id string) (bool, error) {
	_, found, err := a.state(ctx, id)
	if err == nil || sdk.AsFailure(err, sdk.UnknownOutcome).Reason == sdk.Unavailable {
		return found, err
	}
	f := *sdk.AsFailure(err, sdk.UnknownOutcome)
	f.Reason, f.Detail = sdk.UnknownOutcome, "whether the earlier attempt went through could not be seen: "+f.Detail
	return false, &f
}

// taken reads the answer to a sending.
func taken(body []byte, id, to string) (sdk.Accepted, error) {
	s, err := read(body)
	if err != nil {
		return sdk.Accepted{}, err
	}
	if string(s.ID) != id {
		return sdk.Accepted{}, sdk.Fail(sdk.Internal, "the answer is about another message").WithRaw(string(body))
	}
	if phone, named := s.phone(); named && digits(phone) != digits(to) {
		return sdk.Accepted{}, sdk.Fail(sdk.Internal, "the answer is about another number").WithRaw(string(body))
	}
	switch v := s.verdict(); v.status {
	case sdk.StatusAccepted, sdk.StatusDelivered:
		return sdk.Accepted{ID: id}, nil
	case sdk.StatusRejected, sdk.StatusUndelivered, sdk.StatusExpired:
		reason := v.reason
		if reason == "" {
			reason = sdk.Unavailable
		}
		return sdk.Accepted{}, sdk.Fail(reason, "the phone could not send it").WithCode(v.code).WithRaw(string(body))
	case sdk.StatusUnknown, sdk.StatusAbsent:
	}
	return sdk.Accepted{}, sdk.Fail(sdk.Internal, "the answer names no state that is known").WithRaw(string(body))
}

// call makes one request with the account's login. A token that the server no longer takes is fetched
// anew, once: what was refused with 401 was not carried out.
func (a *account) call(ctx context.Context, request func(login sdk.Option) error) error {
	if a.Auth != authJWT {
		return explain(request(sdk.BasicAuth(a.Username, a.Password)))
	}
	token, err := a.token(ctx, "")
	if err != nil {
		return err
	}
	err = request(sdk.Bearer(token))
	if statusOf(err) == http.StatusUnauthorized {
		if token, err = a.token(ctx, token); err != nil {
			return err
		}
		err = request(sdk.Bearer(token))
	}
	return without(token, explain(err))
}

// without takes the token out of what an answer repeats; the SDK knows only the settings' secrets.
func without(token sdk.Secret, err error) error {
	if err == nil {
		return nil
	}
	f := *sdk.AsFailure(err, sdk.UnknownOutcome)
	f.Raw = strings.ReplaceAll(f.Raw, string(token), "•••")
	f.Detail = strings.ReplaceAll(f.Detail, string(token), "•••")
	return &f
}

func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
}

package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

const callbackToken = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// fakeCallbacks takes what comes to the account main.
type fakeCallbacks struct {
	got []message.Callback
	err error
}

type strange struct{ error }

func (strange) Unknown() bool { return true }

func (f *fakeCallbacks) Receive(_ context.Context, c message.Callback, token string) (message.CallbackReply, error) {
	if c.Account != "main" || token != callbackToken {
		return message.CallbackReply{}, strange{errors.New("no")}
	}
	f.got = append(f.got, c)
	return message.CallbackReply{Status: 200, ContentType: "text/plain; charset=utf-8", Body: []byte("100")}, f.err
}

func TestCallbacks(t *testing.T) {
	t.Parallel()
	const address = "/callbacks/main/" + callbackToken
	tests := []struct {
		name           string
		method, target string
		body           string
		err            error
		want           int
		taken          bool
	}{
		{"a posting is handed on and answered in the provider's words", http.MethodPost, address, "data[0]=x", nil, 200, true},
		{"some providers ask with GET", http.MethodGet, address + "?id=1&status=2", "", nil, 200, true},
		{"a wrong token is no address", http.MethodPost, "/callbacks/main/ABCDEFGHIJKLMNOPQRSTUVWXYA", "x", nil, 404, false},
		{"no token is no address", http.MethodPost, "/callbacks/main/", "x", nil, 404, false},
		{"another account's token is no address", http.MethodPost, "/callbacks/spare/" + callbackToken, "x", nil, 404, false},
		{"other methods are not allowed", http.MethodPut, address, "x", nil, 405, false},
		{"a huge body is refused", http.MethodPost, address, strings.Repeat("x", maxCallbackBody+1), nil, 413, false},
		{"when nobody can read it the provider is to come again", http.MethodPost, address, "x", errors.New("later"), 503, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			callbacks := &fakeCallbacks{err: tt.err}
			s := setup(t, func(o *Options) { o.Callbacks, o.PublicURL = callbacks, "https://bell.example" })
			w := s.ask(t, tt.method, tt.target, "203.0.113.9:4444", tt.body, "X-Signature", "s", "Cookie", "session=1")
			if w.Code != tt.want || len(callbacks.got) > 0 != tt.taken {
				t.Fatalf("%s %.60s: got %d %s, %d taken; want %d", tt.method, tt.target, w.Code, w.Body, len(callbacks.got), tt.want)
			}
			if strings.Contains(s.log.String(), callbackToken) || strings.Contains(w.Body.String(), callbackToken) {
				t.Errorf("the token is in the log or the answer: %s", s.log)
			}
			if !tt.taken {
				return
			}
			c := callbacks.got[0]
			if c.Method != tt.method || string(c.Body) != tt.body || c.URL != "https://bell.example"+tt.target || c.RemoteIP != "203.0.113.9" ||
				c.Header["X-Signature"][0] != "s" || c.Header["Cookie"] != nil {
				t.Errorf("handed on: %+v", c)
			}
			if tt.want == 200 && w.Body.String() != "100" {
				t.Errorf("answered %q, want the provider's words", w.Body)
			}
		})
	}
}

func TestWhoGuessesCallbackAddressesIsNotListenedTo(t *testing.T) {
	t.Parallel()
	s := setup(t, func(o *Options) { o.Callbacks = &fakeCallbacks{} })
	for range failuresAtOnce {
		s.post(t, "/callbacks/main/wrong", "203.0.113.9:4444", "x")
	}
	if w := s.post(t, "/callbacks/main/"+callbackToken, "203.0.113.9:4444", "x"); w.Code != http.StatusTooManyRequests {
		t.Errorf("after %d wrong ones: got %d, want 429", failuresAtOnce, w.Code)
	}
	if w := s.post(t, "/callbacks/main/"+callbackToken, "203.0.114.9:4444", "x"); w.Code != http.StatusOK {
		t.Errorf("from elsewhere: got %d, want 200", w.Code)
	}
}

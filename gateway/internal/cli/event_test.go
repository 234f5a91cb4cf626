package cli

import (
	"errors"
	"net"
	"net/url"
	"os"
	"testing"
)

func TestAGatewayThatDoesNotAnswerIsToldByItsAddress(t *testing.T) {
	t.Parallel()
	post := func(err error) error {
		return &url.Error{Op: "Post", URL: "http://127.0.0.1:11010/k/secret/x", Err: err}
	}
	tests := []struct {
		name string
		err  error
		want word
	}{
		{"nobody listens", post(&net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connect: connection refused")}), word{
			"шлюз не отвечает по адресу 127.0.0.1:11010. Запущен ли «orderbell run»?",
			"the gateway does not answer at 127.0.0.1:11010. Is \"orderbell run\" up?",
		}},
		{"no such host", post(&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "kitchen", IsNotFound: true}}), word{
			"узла kitchen нет: проверьте адрес шлюза", "there is no host kitchen: check the gateway's address",
		}},
		{"too late", post(os.ErrDeadlineExceeded), word{
			"шлюз не ответил вовремя по адресу 127.0.0.1:11010", "the gateway did not answer in time at 127.0.0.1:11010",
		}},
		{"anything else keeps its reason", post(errors.New("odd")), word{
			"шлюз не отвечает по адресу 127.0.0.1:11010: odd. Запущен ли «orderbell run»?",
			"the gateway does not answer at 127.0.0.1:11010: odd. Is \"orderbell run\" up?",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := unanswered(tt.err, "127.0.0.1:11010"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

package sdk

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
)

// TestAContradictionIsNoRefusal: a message that was perhaps accepted must not go to another account.
func TestAContradictionIsNoRefusal(t *testing.T) {
	t.Parallel()
	refused := Fail(Unavailable, "closed")
	tests := []struct {
		name   string
		answer []Outcome
		want   string
	}{
		{"accepted and failed", []Outcome{{ID: "m00", Accepted: &Accepted{ID: "p", Raw: "raw"}, Failure: refused}}, "m00 INTERNAL"},
		{"accepted, then failed", []Outcome{{ID: "m00", Accepted: &Accepted{ID: "p"}}, {ID: "m00", Failure: refused}}, "m00 INTERNAL"},
		{"failed, then accepted", []Outcome{{ID: "m00", Failure: refused}, {ID: "m00", Accepted: &Accepted{ID: "p"}}}, "m00 INTERNAL"},
		{"failed three times", []Outcome{{ID: "m00", Failure: refused}, {ID: "m00", Failure: refused}, {ID: "m00", Failure: refused}}, "m00 INTERNAL"},
		{"neither", []Outcome{{ID: "m00"}}, "m00 INTERNAL"},
		{"none", nil, "m00 INTERNAL"},
		{"an honest refusal", []Outcome{{ID: "m00", Failure: refused}}, "m00 UNAVAILABLE"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			a := openedBatch(t, func([]Message) ([]Outcome, error) { return test.answer, nil }).find(anyKey)
			a.log = hclog.New(&hclog.LoggerOptions{Output: &log})
			if diff := cmp.Diff([]string{test.want}, shape(a.send(t.Context(), numbered(1)))); diff != "" {
				t.Errorf("in a batch (-want +got):\n%s", diff)
			}
			if told := strings.Contains(log.String(), "no usable outcome") && strings.Contains(log.String(), "m00"); told != strings.HasSuffix(test.want, "INTERNAL") {
				t.Errorf("the log says %q", log.String())
			}
			_, err := SendOne(t.Context(), numbered(1)[0], &batchTrial{batch: func([]Message) ([]Outcome, error) { return test.answer, nil }})
			if f := AsFailure(err, ""); f == nil || "m00 "+string(f.Reason) != test.want {
				t.Errorf("one by one through the batch: got %v, want %s", err, test.want)
			}
		})
	}
}

func TestAnAcceptanceBesideAnErrorIsNoRefusal(t *testing.T) {
	t.Parallel()
	var nothing *Failure
	tests := []struct {
		name     string
		accepted Accepted
		err      error
		want     string
	}{
		{"an id and a refusal", Accepted{ID: "p"}, Fail(Unavailable, "closed"), "m00 INTERNAL"},
		{"an id and any error", Accepted{ID: "p"}, errors.New("odd"), "m00 INTERNAL"},
		{"an error that is nil within", Accepted{}, nothing, "m00 INTERNAL"},
		{"neither", Accepted{}, nil, "m00 INTERNAL"},
		{"a refusal", Accepted{}, Fail(Unavailable, "closed"), "m00 UNAVAILABLE"},
		{"an acceptance", Accepted{ID: "p"}, nil, "m00 accepted p"},
	}
	for _, test := range tests {
		as, _ := opened(t, 1, func(context.Context, Message) (Accepted, error) { return test.accepted, test.err })
		if diff := cmp.Diff([]string{test.want}, shape(as.find(anyKey).send(t.Context(), numbered(1)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

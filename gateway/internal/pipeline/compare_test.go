package pipeline_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/pipeline"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// said makes what a play came to: "order/dedupe/text", an error where the text begins with "!".
func said(texts ...string) []pipeline.Tried {
	var all []pipeline.Tried
	for i, text := range texts {
		var id, dedupe, says string
		for k, part := range splitThree(text) {
			*[]*string{&id, &dedupe, &says}[k] = part
		}
		t := pipeline.Tried{
			Event: kds.Event{ID: fmt.Sprintf("e%s%d", id, i), ReceivedAt: time.Unix(int64(i), 0)}, Order: order.Order{ID: id}, Number: id,
			Decision: rule.Decision{Outcome: rule.Sends, Change: order.Change{Kind: order.OrderReached(order.Ready)}},
		}
		if says[0] == '!' {
			t.Decision.Outcome, t.Decision.Note = rule.Errored, says[1:]
		} else {
			t.Decision.Messages = []message.Message{{Dedupe: dedupe, Text: says, Segments: len(says) / 10}}
		}
		all = append(all, t)
	}
	return all
}

func splitThree(text string) [3]string {
	var parts [3]string
	n := 0
	for _, r := range text {
		if r == '/' && n < 2 {
			n++
			continue
		}
		parts[n] += string(r)
	}
	return parts
}

func TestComparisonsOfTwoPlays(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		before, after []string
		want          string // same added removed changed failed segments
	}{
		{"the same texts are the same", []string{"a/k/ready", "b/k/ready"}, []string{"a/k/ready", "b/k/ready"}, "2 0 0 0 0 0"},
		{"a second text with the same key would not have gone out", []string{"a/k/ready"}, []string{"a/k/ready", "a/k/ready again"}, "1 0 0 0 0 0"},
		{"an order that was not told before", nil, []string{"a/k/twelve chars"}, "0 1 0 0 0 1"},
		{"an order that is no longer told", []string{"a/k/twelve chars"}, nil, "0 0 1 0 0 -1"},
		{"another text under the same key", []string{"a/k/short"}, []string{"a/k/a text of twenty-two."}, "0 0 0 1 0 2"},
		{"another key, another text: still one text to the guest", []string{"a/k/one"}, []string{"a/x/two"}, "0 0 0 1 0 0"},
		{"another key, the same text: nothing changed for the guest", []string{"a/k/one"}, []string{"a/x/one"}, "1 0 0 0 0 0"},
		{"one more text beside the one that stays", []string{"a/k/one"}, []string{"a/k/one", "a/x/two"}, "1 1 0 0 0 0"},
		{"a rule that fails where none did", []string{"a/k/one"}, []string{"a/k/!it threw"}, "0 0 1 0 1 0"},
		{"a failure that was there before is no difference", []string{"a/k/!it threw"}, []string{"a/k/!it threw"}, "0 0 0 0 0 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := pipeline.Compare(said(test.before...), said(test.after...))
			got := fmt.Sprint(c.Same, c.Added, c.Removed, c.Changed, c.Failed, c.Segments)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("same added removed changed failed segments (-want +got):\n%s\n%+v", diff, c.Differences)
			}
			if len(c.Differences) != c.Added+c.Removed+c.Changed+c.Failed {
				t.Errorf("%d differences are told", len(c.Differences))
			}
		})
	}
}

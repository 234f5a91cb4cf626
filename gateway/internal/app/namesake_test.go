package app_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestOrderShowTellsOfOtherOrdersWithTheNumber(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	h.event(1, "sent", "")
	eventually(t, "the order", func() bool { return h.story("1.1") != "" })
	if alone := h.story("1.1"); strings.Contains(alone, "this number") {
		t.Errorf("the only order with its number:\n%s", alone)
	}
	first := regexp.MustCompile(`[0-9A-Z]{26}`).FindString(h.story("1.1"))
	for n := 2; n <= 5; n++ {
		h.post(http.StatusOK, fmt.Sprintf(`<a RestCode=%q seqnumber="%d"><Order guid="{%s}" orderName="1.1" kdsstate="sent"/></a>`, cafe, n, guid(n)))
	}
	eventually(t, "all orders", func() bool { return strings.Contains(h.story("1.1"), "Others with this number: 4") })
	last := h.story("1.1")
	if !regexp.MustCompile(`(?m)^Others with this number: 4 \(\d\d\.\d\d \d\d:\d\d:\d\d [0-9A-Z]{26}, .* and 1 more\); the latest is shown, another one by its ID$`).MatchString(last) {
		t.Errorf("got\n%s\nwant a line with the others", last)
	}
	if byID := h.command("order", "show", first); strings.Contains(byID, "this number") {
		t.Errorf("an order that was asked for by its ID:\n%s", byID)
	}
	if asked := h.command("order", "show", "1.1", "--json"); !strings.Contains(asked, `"same_number"`) || !strings.Contains(asked, first) {
		t.Errorf("got\n%s\nwant the others in same_number", asked)
	}
}

package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// bindPair binds the guest's phone to an order that is named by its visit and ident, and by nothing else.
func (h *house) bindPair(n, want int) (answer string) {
	h.t.Helper()
	body := fmt.Sprintf(`{"order":{"visit":"64041954%d","order_ident":"256"},"phone":"+7999000000%d","consent":{"given":true,"purpose":"order_status_sms"}}`, n, n)
	status, said := h.Post(h.t.Context(), http.DefaultClient, "/api/v1/contacts", []byte(body),
		"Content-Type", "application/json", "Accept-Language", "en", "Authorization", "Bearer "+qrKey)
	if status != want {
		h.t.Fatalf("contact: %d %s, want %d", status, said, want)
	}
	return string(said)
}

func TestAPhoneFindsItsOrderByVisitAndIdentWithoutTheRestaurant(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	pair := func(n int) string { return fmt.Sprintf(`visit="64041954%d" orderIdent="256"`, n) }
	h.bindPair(1, http.StatusCreated)
	h.event(1, "ready", pair(1))
	eventually(t, "the text of a phone that came before the order", func() bool { return len(h.sent()) == 1 })
	h.event(2, "ready", pair(2))
	eventually(t, "the decision to wait", func() bool { return strings.Contains(h.story("2.1"), "waits for the guest's phone") })
	h.bindPair(2, http.StatusCreated)
	eventually(t, "the text of a phone that came after the order", func() bool { return len(h.sent()) == 2 })

	h.post(http.StatusOK, fmt.Sprintf(`<a RestCode="8" DateTime=%q Situation="3" seqnumber="1"><Order guid="{%s}" orderName="3.1"><Session><Dish uni="1" name="Борщ" quantity="1000" kdsstate="sent"/></Session></Order></a>`,
		time.Now().UTC().Format("2006-01-02T15:04:05"), guid(3)))
	eventually(t, "another restaurant", func() bool { return h.story("3.1") != "" })
	if said := h.bindPair(3, http.StatusUnprocessableEntity); !strings.Contains(said, `"field":"restaurant_code","code":"restaurant_missing"`) {
		t.Errorf("with two restaurants: got %s, want that the restaurant be named", said)
	}
}

package sdk

import (
	"testing"

	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// same checks that each word has a number on the wire, and each number a word.
func same[S ~string](t *testing.T, prefix string, names map[int32]string, values map[string]int32, words ...S) {
	t.Helper()
	if len(words) != len(names)-1 {
		t.Errorf("%s: %d words for %d numbers (one of which is UNSPECIFIED)", prefix, len(words), len(names))
	}
	for _, word := range words {
		n := wire.Number(values, prefix, word)
		if back, known := wire.Name(names, prefix, wire.Reason(n)); n == 0 || !known || back != string(word) {
			t.Errorf("%s: %s is %d on the wire and comes back as %q", prefix, word, n, back)
		}
	}
}

func TestEveryWordHasItsNumberOnTheWire(t *testing.T) {
	t.Parallel()
	same(t, "REASON", wire.Reason_name, wire.Reason_value, Reasons()...)
	same(t, "STATUS", wire.Status_name, wire.Status_value,
		StatusUnknown, StatusAbsent, StatusAccepted, StatusDelivered, StatusUndelivered, StatusRejected, StatusExpired)
	same(t, "CHANNEL", wire.Channel_name, wire.Channel_value, SMS, Viber, Telegram, WhatsApp, FlashCall, Push)
	same(t, "CATEGORY", wire.Category_name, wire.Category_value, Transactional, Marketing)
	same(t, "RESEND", wire.Resend_name, wire.Resend_value, ResendNone, ResendIdempotent, ResendLookupByOurID, ResendDuplicateFilter)
	same(t, "SEVERITY", wire.Severity_name, wire.Severity_value, SeverityError, SeverityWarning, SeverityInfo)
	same(t, "KIND", wire.Kind_name, wire.Kind_value,
		KindString, KindSecret, KindInt, KindBool, KindEnum, KindDuration, KindURL, KindPhone, KindList)
}

package store

import (
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// A ref is one name of an order as a single text, so that one index and one IN list serve all sorts
// of names: "g" and the GUID, "p" with restaurant, visit and ident, "n" with restaurant and number.
// The parts are set apart by a character that no posting can hold.
const refMark = "\x1f"

func guidRef(guid string) string {
	guid = strings.ToUpper(strings.Trim(strings.TrimSpace(guid), "{}"))
	if guid == "" {
		return ""
	}
	return "g" + refMark + guid
}

func pairRef(restaurant, visit, ident string) string {
	if visit == "" || ident == "" {
		return ""
	}
	return strings.Join([]string{"p", restaurant, visit, ident}, refMark)
}

// numberKey ignores letter case and spacing: people type numbers.
func numberKey(number string) string {
	return strings.ToUpper(strings.Join(strings.Fields(number), " "))
}

func numberRef(restaurant, number string) string {
	if number = numberKey(number); number == "" {
		return ""
	}
	return strings.Join([]string{"n", restaurant, number}, refMark)
}

// refs are the lasting names of an order, the GUID first.
func refs(o *order.Order) []string {
	var names []string
	for _, r := range []string{guidRef(o.Ref.GUID), pairRef(o.Restaurant, o.Ref.Visit, o.Ref.Ident)} {
		if r != "" {
			names = append(names, r)
		}
	}
	return names
}

// bindingRefs are the names by which a binding looks for its order, the best first. Only the first
// is kept while it waits.
func bindingRefs(b contact.Binding) []string {
	var names []string
	for _, r := range []string{
		guidRef(b.GUID), pairRef(b.Restaurant, b.Visit, b.Ident), numberRef(b.Restaurant, b.Number),
	} {
		if r != "" {
			names = append(names, r)
		}
	}
	return names
}

func isGUID(ref string) bool { return strings.HasPrefix(ref, "g"+refMark) }

func isNumber(ref string) bool { return strings.HasPrefix(ref, "n"+refMark) }

func splitNumber(ref string) (restaurant, number string) {
	parts := strings.SplitN(ref, refMark, 3)
	return parts[1], parts[2]
}

package sdk

import (
	"fmt"
	"strconv"
	"strings"
)

// Money is an exact amount: Units whole ones and Nanos billionths, of the same sign.
type Money struct {
	Units    int64
	Nanos    int32  // -999999999 … 999999999
	Currency string // ISO 4217: RUB
}

// ParseMoney reads a decimal as operators write it: "4122.56", "-0.5", "1000". More than nine
// decimals are cut. An exponent, a comma or a space is an error.
func ParseMoney(amount, currency string) (Money, error) {
	digits, negative := strings.CutPrefix(strings.TrimSpace(amount), "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if whole == "" {
		whole = "0"
	}
	if len(fraction) > 9 {
		fraction = fraction[:9]
	}
	fraction += strings.Repeat("0", 9-len(fraction))
	units, err := strconv.ParseUint(whole, 10, 62)
	if err != nil || digits == "" || digits == "." {
		return Money{}, fmt.Errorf("amount %q is not a decimal number", amount)
	}
	nanos, err := strconv.ParseUint(fraction, 10, 31)
	if err != nil {
		return Money{}, fmt.Errorf("amount %q is not a decimal number", amount)
	}
	m := Money{Units: int64(units), Nanos: int32(nanos), Currency: currency} //nolint:gosec // bounded by the bit sizes above
	if negative {
		m.Units, m.Nanos = -m.Units, -m.Nanos
	}
	return m, nil
}

// Negative says whether the amount is below zero.
func (m Money) Negative() bool { return m.Units < 0 || m.Nanos < 0 }

// String writes the amount with at least two decimals and its currency: "4122.56 RUB".
func (m Money) String() string {
	units, nanos, sign := m.Units, m.Nanos, ""
	if m.Negative() {
		units, nanos, sign = -units, -nanos, "-"
	}
	fraction := strings.TrimRight(fmt.Sprintf("%09d", nanos), "0")
	for len(fraction) < 2 {
		fraction += "0"
	}
	return strings.TrimSpace(fmt.Sprintf("%s%d.%s %s", sign, units, fraction, m.Currency))
}

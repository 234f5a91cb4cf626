package operators

import "testing"

func TestDecimalWritesHundredths(t *testing.T) {
	t.Parallel()
	for hundredths, want := range map[int]string{0: "0.00", 5: "0.05", -2: "-0.02", 138926: "1389.26", -100: "-1.00"} {
		if got := Decimal(hundredths); got != want {
			t.Errorf("%d: got %s, want %s", hundredths, got, want)
		}
	}
}

func TestABalanceThatWasAskedForTakesThePlaceOfTheSimulatorsOwn(t *testing.T) {
	t.Parallel()
	zero, some := 0, 1250
	for _, test := range []struct {
		asked *int
		funds int
		broke bool
	}{{nil, 7, false}, {&zero, 0, true}, {&some, 1250, false}} {
		o := Options{Balance: test.asked}
		if o.Funds(7) != test.funds || o.Broke() != test.broke {
			t.Errorf("%v: got %d, %t", test.asked, o.Funds(7), o.Broke())
		}
	}
	Options{}.Took("1", "2", "3") // nobody wants to know
}

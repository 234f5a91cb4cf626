package cli

import "testing"

func TestTheAddressThatIsPrintedCanBeUsed(t *testing.T) {
	t.Parallel()
	const key = " (KEY is the restaurant's intake_key, on the page Restaurants or in orderbell.yaml)"
	for listen, want := range map[string]string{
		"127.0.0.1:11010": "http://127.0.0.1:11010/api/v4/kds/events",
		"[::1]:11010":     "http://[::1]:11010/api/v4/kds/events",
		"192.168.0.2:80":  "http://192.168.0.2:80/k/KEY/api/v4/kds/events" + key,
		"[::]:11010": "http://127.0.0.1:11010/api/v4/kds/events (this machine), http://MACHINE:11010/k/KEY/api/v4/kds/events " +
			"(others; KEY is the restaurant's intake_key, on the page Restaurants or in orderbell.yaml)",
	} {
		if got := intakeAddress(listen).en; got != "Orderbell takes events at "+want {
			t.Errorf("%s: %q, want %q", listen, got, want)
		}
	}
}

package config

import (
	"errors"
	"testing"
)

func TestAProgramThatOnlyLooksNeedsNoSecrets(t *testing.T) {
	t.Parallel()
	const body = `restaurants: [{code: "1", name: "${NAME}", intake_key: "${INTAKE_KEY}"}]
accounts: [{name: main, provider: smsru, settings: {api_id: "${SMSRU_API_ID}", from: CAFE}}]
notifications: {route: [main]}
api_keys: [{name: qr-menu, key: "${QR_MENU_KEY}", scopes: ["contacts:write"]}]
`
	file := write(t, "orderbell.yaml", body)
	if _, err := Read(Sources{File: file}); err == nil {
		t.Error("unset names are no fault to a program that serves")
	}
	cfg, err := Read(Sources{File: file, Lenient: true})
	if err != nil {
		t.Fatal(err)
	}
	if r := cfg.Restaurants[0]; r.Code != "1" || r.Name != "" || !r.IntakeKey.IsZero() || cfg.HasIntakeKey() {
		t.Errorf("restaurant %+v, want it without name and key", r)
	}
	if a := cfg.Accounts[0]; a.Name != "main" || len(a.Settings) != 1 || !cfg.APIKeys[0].Key.IsZero() {
		t.Errorf("account %+v, keys %+v, want them without secrets", a, cfg.APIKeys)
	}
	for name, body := range map[string]string{
		"where the data lies": `data: "${NAME}"`, "where the rules lie": `rules: "${NAME}"`, "where the gateway is": `listen: "${NAME}"`,
		"another mistake beside": body + "lisen: x\n",
	} {
		_, err := Read(Sources{File: write(t, "orderbell.yaml", body), Lenient: true})
		var faults Faults
		if !errors.As(err, &faults) || len(faults) != 1 {
			t.Errorf("%s: %v, want one fault", name, err)
		}
	}
}

func TestTheDefaultTextIsInTheLanguage(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"language: ru": defaultTemplateRU, "language: en": defaultTemplateEN,
		"language: en\nnotifications: {template: \"№ {order_number}\"}": "№ {order_number}",
	} {
		if got := load(t, Sources{File: write(t, "orderbell.yaml", body)}).Notifications.Template; got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestExposed(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]bool{
		"127.0.0.1:1": false, "localhost:1": false, "[::1]:1": false, "0.0.0.0:1": true, ":1": true, "192.168.0.2:1": true,
	} {
		if got := load(t, Sources{Flags: Flags{Listen: listen}}).Exposed(); got != want {
			t.Errorf("%s exposed: %v, want %v", listen, got, want)
		}
	}
}

package simulator_test

import (
	"maps"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/simulator"
)

// settingsAt are an account's settings that lead to a simulator, changed as a person would.
func settingsAt(o simulator.Operator, address string, changed map[string]string) map[string]string {
	settings := map[string]string{}
	for _, s := range o.SettingsAt(address, "") {
		settings[s.Key] = s.Value
	}
	maps.Copy(settings, changed)
	return settings
}

func TestAnAccountAtASimulatorIsToldFromOneAtItsOperator(t *testing.T) {
	t.Parallel()
	const here, elsewhere = "127.0.0.1:40000", "192.168.1.7:5000"
	tests := []struct {
		name, provider, address string
		changed                 map[string]string
		running                 string
		want                    bool
	}{
		{"one that the gateway runs", "smsru", here, nil, here, true},
		{"the same with a real key", "smsru", here, map[string]string{"api_id": "A1B2C3D4"}, here, true},
		{"the same with an address that ends with a stroke", "smsru", here, map[string]string{"base_url": "http://" + here + "/", "api_id": "A1B2C3D4"}, here, true},
		{"one started by hand, with a real key", "smsc", simulator.Address, map[string]string{"psw": "real"}, "", true},
		{"one started by hand at another machine", "smsaero", elsewhere, nil, "", true},
		{"one started by hand at another place, with a real key", "smsaero", elsewhere, map[string]string{"api_key": "real"}, here, false},
		{"SMPP by hand", "smpp", elsewhere, nil, "", true},
		{"SMPP that the gateway runs, with a real password", "smpp", here, map[string]string{"password": "real"}, here, true},
		{"a real SMSC beside the gateway", "smpp", "127.0.0.1:2775", map[string]string{"password": "real"}, here, false},
		{"the operator's own address with the simulator's key", "smsru", here, map[string]string{"base_url": ""}, here, false},
		{"the operator's address typed", "smsru", here, map[string]string{"base_url": "https://sms.ru"}, here, false},
		{"another path at the simulator's address", "smsc", here, map[string]string{"base_url": "http://" + here + "/other"}, here, false},
		{"an address without a port", "smsru", here, map[string]string{"base_url": "http://example.org"}, here, false},
		{"an aggregator by HTTP", "http", here, nil, "", true},
		{"a real aggregator by HTTP", "http", here, map[string]string{"base_url": "", "password": "real"}, here, false},
	}
	for _, tt := range tests {
		o, _ := simulator.Find(tt.provider)
		if got := o.LeadsTo(settingsAt(o, tt.address, tt.changed), tt.running); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
	}
}

func TestEverySimulatorIsRecognizedByWhatItPrints(t *testing.T) {
	t.Parallel()
	for _, o := range simulator.Operators() {
		if !o.LeadsTo(settingsAt(o, "10.0.0.5:7000", nil), "") {
			t.Errorf("%s: its own settings do not lead to it", o.Provider)
		}
		if o.LeadsTo(map[string]string{}, "") {
			t.Errorf("%s: no settings at all lead to it", o.Provider)
		}
	}
}

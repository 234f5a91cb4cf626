package main

import (
	"strings"
	"testing"

	"github.com/linxGnu/gosmpp/data"

	"github.com/orderbell/orderbell/sdk"
)

func TestEachStatusOfTheSpecificationHasAMeaning(t *testing.T) {
	t.Parallel()
	// Section 5.1.3 of version 3.4: what is not reserved.
	var standard []data.CommandStatusType
	for _, span := range [][2]data.CommandStatusType{
		{0x01, 0x08}, {0x0A, 0x0F}, {0x11, 0x11}, {0x13, 0x15}, {0x33, 0x34}, {0x40, 0x40}, {0x42, 0x45}, {0x48, 0x49},
		{0x50, 0x51}, {0x53, 0x55}, {0x58, 0x58}, {0x61, 0x67}, {0xC0, 0xC4}, {0xFE, 0xFF},
		{0x100, 0x112}, // version 5.0
	} {
		for s := span[0]; s <= span[1]; s++ {
			standard = append(standard, s)
		}
	}
	for _, s := range standard {
		m, known := statuses[status(s)]
		if !known || !m.reason.Known() || m.reason == sdk.Internal || m.name == "" || m.words == "" {
			t.Errorf("%#x: got %+v", s, m)
			continue
		}
		// The library has the specification's names of most.
		if name := s.String(); strings.HasPrefix(name, "ESME_") && name != "ESME_"+m.name {
			switch s {
			case 0x69, 0x100: // nothing of ours
			default:
				t.Errorf("%#x: got the name %s, want %s", s, m.name, name)
			}
		}
	}
}

func TestAWrongSettingIsNotHeldAgainstTheGuest(t *testing.T) {
	t.Parallel()
	for s, m := range statuses {
		if (m.reason == sdk.BadRecipient || m.reason == sdk.BlockedRecipient) && s != 0x0B {
			t.Errorf("%#x marks the guest's number: %+v", s, m)
		}
	}
}

func TestARefusedBindIsAboutTheLoginOrPasses(t *testing.T) {
	t.Parallel()
	for s, want := range map[status]sdk.Reason{
		0x05: sdk.Unavailable, 0x0D: sdk.Unauthorized, 0x0E: sdk.Unauthorized, 0x0F: sdk.Unauthorized, 0x53: sdk.Unauthorized,
		0x08: sdk.Unavailable, 0x14: sdk.RateLimited, 0x58: sdk.RateLimited, 0x03: sdk.Unauthorized, 0xFF: sdk.Unauthorized, 0x401: sdk.Unauthorized,
	} {
		if f := (table{}).bind(s); f.Reason != want || f.Code != s.code() {
			t.Errorf("%#x: got %v, want %s", s, f, want)
		}
	}
	for s := range statuses {
		switch f := (table{}).bind(s); f.Reason {
		case sdk.Unavailable, sdk.RateLimited, sdk.Unauthorized:
		default:
			t.Errorf("%#x: got %v", s, f)
		}
	}
}

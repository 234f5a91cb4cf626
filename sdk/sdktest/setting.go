package sdktest

import (
	"maps"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// badValue is a value of one setting that must be refused there.
type badValue struct {
	name, key, value string
	absent           bool // take the setting away instead
}

// marker is part of most bad values; a diagnostic must not quote it.
const marker = host.BadMarker

// settings opens accounts with good and bad settings.
func (s *suite) settings(t *testing.T) {
	t.Run("every default said aloud", func(t *testing.T) {
		t.Parallel()
		r := s.unopened(t)
		for _, f := range s.manifest.Settings {
			if r.settings[f.Key] == "" && f.Default != "" {
				r.settings[f.Key] = f.Default
			}
		}
		r.wantOpens(t, r.settings)
	})
	t.Run("space around a pasted value", func(t *testing.T) {
		t.Parallel()
		r := s.unopened(t)
		for key, value := range r.settings {
			if f := s.field(key); f != nil && f.Kind != sdk.KindList {
				r.settings[key] = " \t" + value + " \n"
			}
		}
		r.wantOpens(t, r.settings)
		m := r.message()
		r.wantAccepted(t, m, r.send(t, m)[0])
	})
	t.Run("a revision beside another", func(t *testing.T) {
		t.Parallel()
		r := s.rig(t)
		again, err := r.Open(t.Context(), r.request(r.settings))
		if err != nil || len(again) > 0 {
			t.Errorf("opening the same revision again: got %v, %v", again, err)
		}
		next := r.request(r.settings)
		next.Revision = 2
		if d, err := r.Open(t.Context(), next); err != nil || refusal(d) != nil {
			t.Errorf("opening the next revision beside it: got %v, %v", d, err)
		}
		if err := r.Close(t.Context(), account, 1); err != nil {
			t.Errorf("closing the first: %v", err)
		}
		outcomes, err := r.Send(t.Context(), account, 2, r.messages(1))
		if err != nil || outcomes[0].Accepted == nil {
			t.Errorf("sending through the second after the first was closed: got %+v, %v", outcomes, err)
		}
	})
	for _, bad := range s.badValues() {
		t.Run(bad.key+" "+bad.name, func(t *testing.T) {
			t.Parallel()
			s.unopened(t).wantRefused(t, bad)
		})
		s.card.did("bad settings", 1)
	}
}

func (r *rig) request(settings map[string]string) host.OpenRequest {
	return host.OpenRequest{Account: account, Revision: 1, Settings: settings, EgressAllow: r.allow}
}

func (r *rig) wantOpens(t *testing.T, settings map[string]string) {
	t.Helper()
	diagnostics, err := r.Open(t.Context(), r.request(settings))
	if d := refusal(diagnostics); err != nil || d != nil {
		t.Fatalf("Open: got %+v, %v, want an open account", diagnostics, err)
	}
}

// refusal returns the first diagnostic that keeps the account from opening.
func refusal(diagnostics []sdk.Diagnostic) *sdk.Diagnostic {
	for i := range diagnostics {
		if diagnostics[i].Severity == sdk.SeverityError {
			return &diagnostics[i]
		}
	}
	return nil
}

// wantRefused wants the bad value named on its own setting, in both languages and without quoting it.
func (r *rig) wantRefused(t *testing.T, bad badValue) {
	settings := maps.Clone(r.settings)
	settings[bad.key] = bad.value
	if bad.absent {
		delete(settings, bad.key)
	}
	request := r.request(settings)
	request.Revision = 9 // another one may be open
	diagnostics, err := r.Open(t.Context(), request)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	d := refusal(diagnostics)
	if d == nil {
		t.Fatalf("the account opens with %s = %.40q, want a diagnostic on that setting", bad.key, settings[bad.key])
	}
	if d.Field != bad.key {
		t.Errorf("the diagnostic is on the setting %q, want %q: %s", d.Field, bad.key, d.Summary.EN)
	}
	wantBoth(t, "the diagnostic's summary", d.Summary, true)
	wantBoth(t, "the diagnostic's cure", d.Cure, false)
	said := d.Summary.EN + d.Summary.RU + d.Cure.EN + d.Cure.RU + r.journal.log()
	if strings.Contains(said, marker) || leaks(said, r.suite.secrets) {
		t.Errorf("the diagnostic or the log quotes a value: %s", said)
	}
}

// badValues returns what must be refused, from what the manifest says of each setting.
func (s *suite) badValues() []badValue {
	list := []badValue{{name: "is unknown", key: "no_such_setting", value: marker}}
	for _, f := range s.manifest.Settings {
		if f.Required && f.ShownWhen == nil {
			list = append(list, badValue{name: "is missing", key: f.Key, absent: true}, badValue{name: "is blank", key: f.Key, value: "  "})
		}
		for name, value := range host.BadValues(f) {
			list = append(list, badValue{name: name, key: f.Key, value: value})
		}
	}
	return list
}

package sdktest

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk"
)

// describe reads the manifest and looks whether an admin of either language can work with it.
func (s *suite) describe(t *testing.T) {
	m, err := s.serve(t, &journal{}).Describe(t.Context())
	if err != nil {
		t.Fatalf("Describe: %v", err)
	}
	s.manifest = m
	wantBoth(t, "the title", m.Title, true)
	if u, err := url.Parse(m.Homepage); m.Homepage != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
		t.Errorf("the homepage %q is not a web address", m.Homepage)
	}
	for _, f := range m.Settings {
		s.describeField(t, f)
	}
	c := m.Capabilities
	if c.Resend == sdk.ResendLookupByOurID && !c.Lookup {
		t.Error("Resend says LOOKUP_BY_OUR_ID, but the account has no Lookup")
	}
	if c.Resend == sdk.ResendDuplicateFilter && c.ResendWindow <= 0 {
		t.Error("Resend says DUPLICATE_FILTER: ResendWindow must say for how long the operator filters")
	}
	wantBoth(t, "Callback.Setup", m.Callback.Setup, c.Callbacks)
	wantBoth(t, "Callback.Verification", m.Callback.Verification, c.Callbacks)
	encoded, err := json.Marshal(m)
	if err != nil {
		t.Fatalf("the manifest as JSON: %v", err)
	}
	var again sdk.Manifest
	if err := json.Unmarshal(encoded, &again); err != nil {
		t.Fatalf("the manifest back from JSON: %v", err)
	}
	if diff := cmp.Diff(m, again); diff != "" {
		t.Errorf("the manifest changes on its way through JSON (-before +after):\n%s", diff)
	}
	for key, value := range s.operator.Settings { // before anything is opened: a secret there is built in
		if f := s.field(key); f != nil && f.Kind == sdk.KindSecret && value != "" && leaks(string(encoded), []string{value}) {
			t.Errorf("the manifest holds the secret %s", key)
		}
	}
	s.card.did("manifest texts", 1+len(m.Settings))
}

func (s *suite) describeField(t *testing.T, f sdk.Field) {
	name := "the setting " + f.Key + ": "
	wantBoth(t, name+"its label", f.Label, true)
	wantBoth(t, name+"its help", f.Help, false)
	wantBoth(t, name+"its group", f.Group, false)
	wantBoth(t, name+"its placeholder", f.Placeholder, false)
	english, russian := 0, 0 // choices whose label is more than the value
	for _, c := range f.Choices {
		wantBoth(t, name+"the choice "+c.Value, c.Label, true)
		if c.Label.EN != c.Value {
			english++
		}
		if c.Label.RU != c.Value {
			russian++
		}
	}
	if (english > 0) != (russian > 0) {
		t.Errorf("%sits choices have labels in one language only; give both en_choices and ru_choices", name)
	}
	if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		t.Errorf("%smin %v is above max %v", name, *f.Min, *f.Max)
	}
}

// wantBoth wants a text in both languages; one that is not required may also be missing in both.
func wantBoth(t *testing.T, what string, text sdk.Text, required bool) {
	t.Helper()
	switch {
	case text.EN == "" && text.RU == "" && !required:
	case text.EN == "":
		t.Errorf("%s has no English text", what)
	case text.RU == "":
		t.Errorf("%s has no Russian text", what)
	}
}

func (s *suite) field(key string) *sdk.Field {
	for i := range s.manifest.Settings {
		if s.manifest.Settings[i].Key == key {
			return &s.manifest.Settings[i]
		}
	}
	return nil
}

package host

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// Bounds of a manifest; a plugin outside them is not ours or went wrong.
const (
	maxFields      = 100
	maxDiagnostics = 100
	maxText        = 4 << 10
	maxBatch       = 1000
	maxInFlight    = 1000
)

// readManifest holds a manifest to the rules: the form, the log and the file system rely on them.
func readManifest(w *wire.Manifest) (sdk.Manifest, error) {
	if !wire.ValidName(w.GetName()) {
		return sdk.Manifest{}, fmt.Errorf("the manifest's name %q is not of the form [a-z][a-z0-9-]{0,31}", wire.Cut(w.GetName(), 64))
	}
	for _, version := range []string{w.GetVersion(), w.GetSdkVersion()} {
		if version == "" || len(version) > 64 || !wire.Printable(version) {
			return sdk.Manifest{}, errors.New("the manifest lacks a version or has one over 64 bytes")
		}
	}
	if len(w.GetSettings()) > maxFields {
		return sdk.Manifest{}, fmt.Errorf("the manifest has %d settings (at most %d)", len(w.GetSettings()), maxFields)
	}
	capabilities, err := readCapabilities(w.GetCapabilities())
	if err != nil {
		return sdk.Manifest{}, err
	}
	manifest := sdk.Manifest{
		Name: w.GetName(), Version: w.GetVersion(), SDKVersion: w.GetSdkVersion(), Title: readText(w.GetTitle()),
		Homepage: wire.Cut(w.GetHomepage(), maxText), Capabilities: capabilities,
		Callback: sdk.CallbackInfo{
			Setup: readText(w.GetCallback().GetSetup()), Verification: readText(w.GetCallback().GetVerification()),
		},
	}
	seen := map[string]bool{}
	for _, f := range w.GetSettings() {
		field, err := readField(f)
		if err != nil {
			return sdk.Manifest{}, err
		}
		if seen[field.Key] {
			return sdk.Manifest{}, fmt.Errorf("the manifest has the setting %q twice", field.Key)
		}
		seen[field.Key] = true
		manifest.Settings = append(manifest.Settings, field)
	}
	return manifest, nil
}

func readCapabilities(w *wire.Capabilities) (sdk.Capabilities, error) {
	resend, known := wire.Name(wire.Resend_name, "RESEND", w.GetResend())
	if !known || resend == "" {
		resend = string(sdk.ResendNone) // the cautious class
	}
	rate := w.GetMaxPerSecond()
	if !(rate >= 0 && rate <= 1e6) { // also catches NaN
		return sdk.Capabilities{}, fmt.Errorf("the manifest's rate %v is not between 0 and a million a second", rate)
	}
	c := sdk.Capabilities{
		MaxBatch: int(min(w.GetMaxBatch(), maxBatch)), MaxInFlight: int(min(w.GetMaxInFlight(), maxInFlight)),
		MaxPerSecond: rate, Resend: sdk.Resend(resend),
		ResendWindow: time.Duration(w.GetResendWindowS()) * time.Second,
		Check:        w.GetCheck(), Lookup: w.GetLookup(), Callbacks: w.GetCallbacks(), Balance: w.GetBalance(),
		Estimate: w.GetEstimate(), SenderNames: w.GetSenderNames(), Validity: w.GetValidity(), Scheduled: w.GetScheduled(),
	}
	for _, ch := range w.GetChannels() {
		if name, known := wire.Name(wire.Channel_name, "CHANNEL", ch); known && name != "" {
			c.Channels = append(c.Channels, sdk.Channel(name))
		}
	}
	return c, nil
}

func readField(w *wire.Field) (sdk.Field, error) {
	kind, known := wire.Name(wire.Kind_name, "KIND", w.GetKind())
	if !known {
		return sdk.Field{}, fmt.Errorf("the setting %q has a kind that this gateway does not know", wire.Cut(w.GetKey(), 64))
	}
	if kind == "" {
		kind = string(sdk.KindString)
	}
	if !wire.ValidKey(w.GetKey()) {
		return sdk.Field{}, fmt.Errorf("the setting's key %q is not of the form [a-z][a-z0-9_]{0,63}", wire.Cut(w.GetKey(), 64))
	}
	if _, err := regexp.Compile(w.GetPattern()); err != nil {
		return sdk.Field{}, fmt.Errorf("the setting %q has a bad pattern: %w", w.GetKey(), err)
	}
	f := sdk.Field{
		Key: w.GetKey(), Kind: sdk.Kind(kind), Label: readText(w.GetLabel()), Help: readText(w.GetHelp()),
		Placeholder: readText(w.GetPlaceholder()), Group: readText(w.GetGroup()), Required: w.GetRequired(),
		Advanced: w.GetAdvanced(), Default: wire.Cut(w.GetDefault(), maxText), Pattern: w.GetPattern(), Min: w.Min, Max: w.Max,
	}
	for _, c := range w.GetChoices() {
		f.Choices = append(f.Choices, sdk.Choice{Value: c.GetValue(), Label: readText(c.GetLabel())})
	}
	if c := w.GetShownWhen(); c != nil {
		f.ShownWhen = &sdk.Condition{Key: c.GetKey(), Value: c.GetValue()}
	}
	return f, nil
}

func readText(t *wire.Text) sdk.Text {
	languages := t.GetByLanguage()
	return sdk.Text{EN: wire.Cut(languages["en"], maxText), RU: wire.Cut(languages["ru"], maxText)}
}

// OpenPanicked tells whether a diagnostic of Open stands for a panic of the provider's code: a fault of the
// program, not of the settings.
func OpenPanicked(d sdk.Diagnostic) bool { return strings.HasPrefix(d.Summary.EN, wire.OpenPanicked) }

// readDiagnostics takes what is not clearly harmless for an error.
func readDiagnostics(answer []*wire.Diagnostic) []sdk.Diagnostic {
	answer = answer[:min(len(answer), maxDiagnostics)]
	var out []sdk.Diagnostic
	for _, d := range answer {
		severity, known := wire.Name(wire.Severity_name, "SEVERITY", d.GetSeverity())
		if !known || severity == "" {
			severity = string(sdk.SeverityError)
		}
		out = append(out, sdk.Diagnostic{
			Severity: sdk.Severity(severity), Field: wire.Cut(d.GetField(), 64),
			Summary: readText(d.GetSummary()), Cure: readText(d.GetCure()),
		})
	}
	return out
}

package sdk

import (
	"net/http"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// writer turns what the author's code said into the wire's messages, scrubbed and cut to size. The
// reverse direction, which must distrust, is in package host.
type writer struct {
	scrub *scrubber
}

func (w writer) text(text string, limit int) string {
	return wire.Cut(w.scrub.beginning(text, limit), limit)
}

func (w writer) outcomes(outcomes []Outcome) []*wire.Outcome {
	out := make([]*wire.Outcome, len(outcomes))
	for i, o := range outcomes {
		out[i] = &wire.Outcome{Id: o.ID}
		if o.Accepted != nil {
			out[i].Result = &wire.Outcome_Accepted{Accepted: &wire.Accepted{
				ProviderId: wire.Cut(o.Accepted.ID, 4*wire.MaxProviderID), Segments: count(o.Accepted.Segments),
				Cost: writeMoney(o.Accepted.Cost), Raw: w.text(o.Accepted.Raw, wire.MaxRaw),
			}}
			continue
		}
		out[i].Result = &wire.Outcome_Failure{Failure: w.failure(o.Failure)}
	}
	return out
}

// failure returns nil for nil. A reason of the author's own invention is Internal.
func (w writer) failure(f *Failure) *wire.Failure {
	if f == nil {
		return nil
	}
	reason := wire.Reason(wire.Number(wire.Reason_value, "REASON", f.Reason))
	switch {
	case f.Reason == "":
		reason = wire.Reason_REASON_UNKNOWN_OUTCOME
	case reason == wire.Reason_REASON_UNSPECIFIED:
		reason = wire.Reason_REASON_INTERNAL
	}
	out := &wire.Failure{
		Reason: reason, Detail: w.text(f.Detail, wire.MaxDetail),
		ProviderCode: w.text(f.Code, wire.MaxCode), Raw: w.text(f.Raw, wire.MaxRaw),
	}
	if f.RetryAfter > 0 {
		out.RetryAfter = durationpb.New(f.RetryAfter)
	}
	return out
}

func (w writer) prices(prices []Price) []*wire.Price {
	out := make([]*wire.Price, len(prices))
	for i, p := range prices {
		out[i] = &wire.Price{Id: p.ID, Segments: count(p.Segments), Cost: writeMoney(p.Cost), Failure: w.failure(p.Failure)}
	}
	return out
}

func (w writer) receipts(receipts []Receipt) []*wire.Receipt {
	out := make([]*wire.Receipt, len(receipts))
	for i, r := range receipts {
		out[i] = &wire.Receipt{
			OurId: wire.Cut(r.OurID, 4*wire.MaxProviderID), ProviderId: wire.Cut(r.ProviderID, 4*wire.MaxProviderID),
			Status: wire.Status(wire.Number(wire.Status_value, "STATUS", r.Status)),
			Reason: wire.Reason(wire.Number(wire.Reason_value, "REASON", r.Reason)),
			Cost:   writeMoney(r.Cost), ProviderCode: w.text(r.Code, wire.MaxCode),
		}
		if !r.At.IsZero() {
			out[i].At = timestamppb.New(r.At)
		}
	}
	return out
}

func (w writer) diagnostics(diagnostics []Diagnostic) []*wire.Diagnostic {
	out := make([]*wire.Diagnostic, len(diagnostics))
	for i, d := range diagnostics {
		out[i] = &wire.Diagnostic{
			Severity: wire.Severity(wire.Number(wire.Severity_value, "SEVERITY", d.Severity)), Field: wire.Cut(d.Field, wire.MaxCode),
			Summary: w.clean(d.Summary), Cure: w.clean(d.Cure),
		}
	}
	return out
}

func (w writer) clean(t Text) *wire.Text {
	return writeText(Text{EN: w.text(t.EN, wire.MaxRaw), RU: w.text(t.RU, wire.MaxRaw)})
}

func writeManifest(m Manifest) *wire.Manifest {
	c := m.Capabilities
	out := &wire.Manifest{
		Name: m.Name, Version: m.Version, SdkVersion: m.SDKVersion, Title: writeText(m.Title), Homepage: m.Homepage,
		Callback: &wire.CallbackInfo{Setup: writeText(m.Callback.Setup), Verification: writeText(m.Callback.Verification)},
		Capabilities: &wire.Capabilities{
			MaxBatch: count(c.MaxBatch), Resend: wire.Resend(wire.Number(wire.Resend_value, "RESEND", c.Resend)),
			ResendWindowS: count(int(c.ResendWindow / time.Second)), Check: c.Check, Lookup: c.Lookup, Callbacks: c.Callbacks,
			Balance: c.Balance, Estimate: c.Estimate, SenderNames: c.SenderNames, Validity: c.Validity, Scheduled: c.Scheduled,
			MaxInFlight: count(c.MaxInFlight), MaxPerSecond: c.MaxPerSecond,
		},
	}
	for _, ch := range c.Channels {
		out.Capabilities.Channels = append(out.Capabilities.Channels, wire.Channel(wire.Number(wire.Channel_value, "CHANNEL", ch)))
	}
	for _, f := range m.Settings {
		field := &wire.Field{
			Key: f.Key, Kind: wire.Kind(wire.Number(wire.Kind_value, "KIND", f.Kind)), Label: writeText(f.Label),
			Help: writeText(f.Help), Placeholder: writeText(f.Placeholder), Group: writeText(f.Group),
			Required: f.Required, Advanced: f.Advanced, Default: f.Default, Pattern: f.Pattern, Min: f.Min, Max: f.Max,
		}
		for _, choice := range f.Choices {
			field.Choices = append(field.Choices, &wire.Choice{Value: choice.Value, Label: writeText(choice.Label)})
		}
		if f.ShownWhen != nil {
			field.ShownWhen = &wire.Condition{Key: f.ShownWhen.Key, Value: f.ShownWhen.Value}
		}
		out.Settings = append(out.Settings, field)
	}
	return out
}

func writeText(t Text) *wire.Text {
	if t == (Text{}) {
		return nil
	}
	languages := map[string]string{}
	for language, text := range map[string]string{"en": t.EN, "ru": t.RU} {
		if text != "" {
			languages[language] = text
		}
	}
	return &wire.Text{ByLanguage: languages}
}

func writeMoney(m *Money) *wire.Money {
	if m == nil {
		return nil
	}
	return &wire.Money{Units: m.Units, Nanos: m.Nanos, Currency: m.Currency}
}

func count(n int) uint32 { return uint32(max(0, min(n, 1<<31-1))) } //nolint:gosec // bounded

func readMessages(in []*wire.Outgoing) []Message {
	batch := make([]Message, len(in))
	for i, w := range in {
		channel, _ := wire.Name(wire.Channel_name, "CHANNEL", w.GetChannel())
		category, _ := wire.Name(wire.Category_name, "CATEGORY", w.GetCategory())
		m := Message{
			ID: w.GetId(), Attempt: int(w.GetAttempt()), To: w.GetTo(), Text: w.GetText(), Sender: w.GetSender(),
			Channel: Channel(channel), Category: Category(category), Segments: int(w.GetSegments()), Test: w.GetTest(),
		}
		if m.Channel == "" {
			m.Channel = SMS
		}
		if m.Category == "" {
			m.Category = Transactional
		}
		if w.GetNotAfter().IsValid() {
			m.NotAfter = w.GetNotAfter().AsTime()
		}
		batch[i] = m
	}
	return batch
}

func readCallback(r *wire.ParseCallbackRequest) Callback {
	header := http.Header{}
	for name, values := range r.GetHeaders() {
		header[http.CanonicalHeaderKey(name)] = values.GetValues()
	}
	return Callback{
		Method: r.GetMethod(), URL: r.GetUrl(), Query: r.GetQuery(), Header: header, Body: r.GetBody(), RemoteIP: r.GetRemoteIp(),
	}
}

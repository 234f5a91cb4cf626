package sdktest

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// leaks says whether the text holds one of the secrets, in a spelling in which it can be read back.
func leaks(text string, secrets []string) bool {
	folded := strings.ToLower(text)
	for _, secret := range secrets {
		for _, spelling := range spellings(secret) {
			if strings.Contains(text, spelling) {
				return true
			}
		}
		if strings.Contains(folded, hex.EncodeToString([]byte(secret))) {
			return true
		}
	}
	return false
}

// spellings returns the secret as it is, escaped for URLs and JSON, and as the part of a base64 text
// that it makes at each of the three offsets it can have there (basic authorisation puts a login
// before it).
func spellings(secret string) []string {
	quoted, _ := json.Marshal(secret) // a string always marshals
	list := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(quoted), `"`)}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for offset := range 3 {
			encoded := encoding.EncodeToString([]byte(strings.Repeat("\x00", offset) + secret))
			first := (offset*8 + 5) / 6                     // characters that hold bits of what stands before
			last := (offset + len(secret)) * 8 / 6          // the rest shares bits with what follows
			if part := encoded[first:last]; len(part) > 4 { // shorter ones turn up by chance
				list = append(list, part)
			}
		}
	}
	return list
}

// call is one of the account's abilities, called past the wire: what it says has not been scrubbed.
type call struct {
	name string
	do   func(context.Context) error
}

// calls returns all abilities that ask the operator.
func (r *rig) calls() []call {
	a := r.journal.account()
	var list []call
	add := func(name string, do func(context.Context) error) { list = append(list, call{name, do}) }
	if c, ok := a.(sdk.Sender); ok {
		add("Send", func(ctx context.Context) error { _, err := c.Send(ctx, r.message()); return err })
	}
	if c, ok := a.(sdk.BatchSender); ok {
		add("SendBatch", func(ctx context.Context) error {
			outcomes, err := c.SendBatch(ctx, r.messages(2))
			for _, o := range outcomes {
				if err == nil && o.Failure != nil {
					err = o.Failure
				}
			}
			return err
		})
	}
	if c, ok := a.(sdk.Checker); ok {
		add("Check", func(ctx context.Context) error { _, err := c.Check(ctx); return err })
	}
	if c, ok := a.(sdk.Balancer); ok {
		add("Balance", func(ctx context.Context) error { _, err := c.Balance(ctx); return err })
	}
	if c, ok := a.(sdk.Lookuper); ok {
		add("Lookup", func(ctx context.Context) error {
			m := r.message()
			_, err := c.Lookup(ctx, []sdk.Query{{OurID: m.ID, ProviderID: "77", To: m.To}})
			return err
		})
	}
	if c, ok := a.(sdk.Estimator); ok {
		add("Estimate", func(ctx context.Context) error { _, err := c.Estimate(ctx, r.messages(2)); return err })
	}
	return list
}

// secrecy forces failures and searches what comes out for the secrets.
func (s *suite) secrecy(t *testing.T) {
	if len(s.secrets) == 0 || !s.operator.played() {
		s.card.skip("secrets", "no operator, or no secret in Operator.Settings")
		t.Skip("there is nothing to leak")
	}
	rigs := map[fault]*rig{}
	said := map[string]string{} // by what said it
	for name, f := range map[string]fault{
		"on a good day": noFault, "without an operator": closed, "after a reset": resetAfter, "after half an answer": half,
		"for a web page": webPage, "for an echo": echo, "for an echo with 500": echoFailure,
	} {
		r := s.rig(t)
		rigs[f] = r
		r.stage.plays(f, "")
		for _, c := range r.calls() {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			err := c.do(ctx)
			cancel()
			// What an operator sends back is scrubbed by the SDK; what the author wrote must be clean.
			if err != nil && f != echo && f != echoFailure {
				said[c.name+" "+name] = err.Error()
			}
		}
		for _, o := range r.sendWithin(t, 5*time.Second, r.messages(2)...) {
			if o.Failure != nil {
				said["the outcome "+name] = o.Failure.Error() + o.Failure.Raw
			}
			if o.Accepted != nil {
				said["the outcome "+name] = o.Accepted.Raw
			}
		}
	}
	t.Run("errors", func(t *testing.T) {
		for where, text := range said {
			if leaks(text, s.secrets) {
				t.Errorf("%s: a secret is in the error: %s", where, text)
			}
		}
	})
	t.Run("phones", func(t *testing.T) {
		number := regexp.MustCompile(`99\d{3}00001`) // as message makes them, without the country's code
		for where, text := range said {
			if number.MatchString(text) {
				t.Errorf("%s: a guest's number is in it: %s", where, text)
			}
		}
		for _, r := range rigs {
			if found := number.FindString(r.journal.letOut()); found != "" {
				t.Errorf("the guest's number %s is in the log that leaves the provider", found)
			}
		}
	})
	t.Run("log", func(t *testing.T) {
		for _, r := range rigs {
			for line := range strings.Lines(r.journal.log()) {
				if leaks(line, s.secrets) {
					t.Errorf("a secret is in the log: %s", line)
				}
			}
		}
	})
	t.Run("addresses", func(t *testing.T) {
		if s.operator.Listen != nil {
			s.card.skip("secrets in addresses", "the protocol has none")
			t.Skip("there are no addresses in what is no HTTP")
		}
		if s.operator.KeyInAddress {
			s.card.skip("secrets in addresses", "KeyInAddress")
			t.Skip("Operator.KeyInAddress says that there is no other way")
		}
		for _, r := range rigs {
			for _, line := range r.stage.addresses() {
				if leaks(line, s.secrets) {
					t.Errorf("a secret is in a request's address, where everybody logs it: %s", line)
				}
			}
		}
	})
	s.card.did("places searched for secrets", len(said))
}

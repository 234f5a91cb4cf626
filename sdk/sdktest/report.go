package sdktest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// callbacks posts delivery reports: true ones in every order, forged and broken ones.
func (s *suite) callbacks(t *testing.T) {
	if !s.manifest.Capabilities.Callbacks {
		t.Skip("the provider takes no callbacks")
	}
	list := s.operator.Callbacks.load(t)
	if len(list) == 0 {
		t.Fatal("the provider has ParseCallback; record callbacks in Operator.Callbacks")
	}
	desk := &desk{rig: s.rig(t), signed: !s.operator.UnsignedCallbacks}
	t.Run("recorded", func(t *testing.T) { desk.recorded(t, list) })
	t.Run("repeated and reordered", func(t *testing.T) {
		slices.Reverse(list)
		for range 3 {
			desk.recorded(t, list)
		}
		slices.Reverse(list)
	})
	t.Run("forged", func(t *testing.T) {
		if !desk.signed {
			s.card.skip("forged callbacks", "UnsignedCallbacks")
			t.Skip("the operator signs nothing")
		}
		for _, c := range list {
			desk.forge(t, c)
		}
	})
	t.Run("cut", func(t *testing.T) {
		for _, c := range list {
			desk.cut(t, c)
		}
	})
	t.Run("odd", func(t *testing.T) { desk.odd(t, list) })
	t.Run("a thousand at once", func(t *testing.T) { desk.flood(t, list[0]) })
	t.Run("another account's", func(t *testing.T) { desk.another(t, list) })
	t.Run("fuzzed", func(t *testing.T) { desk.fuzz(t, list) })
	t.Run("ask nobody", func(t *testing.T) {
		if st := desk.rig.stage; st != nil && st.seen("") > 0 {
			t.Errorf("the operator was called %d times while callbacks were read; ParseCallback must not call it", st.seen(""))
		}
	})
	s.card.did("callbacks", desk.posted)
}

// desk takes the posts.
type desk struct {
	rig    *rig
	signed bool
	posted int
}

// post returns what the provider makes of a request, and fails the test if it panics or hangs.
func (d *desk) post(t *testing.T, c sdk.Callback) ([]sdk.Receipt, error) {
	t.Helper()
	d.posted++
	receipts, reply, err := d.rig.ParseCallback(t.Context(), account, 1, c)
	var broken *host.Error
	if errors.As(err, &broken) {
		t.Fatalf("%v\nrequest: %s %s\n%.2000q\nlog: %.2000s", err, c.Method, c.Query, c.Body, d.rig.journal.log())
	}
	if leaks(string(reply.Body), d.rig.suite.secrets) || err != nil && leaks(err.Error(), d.rig.suite.secrets) {
		t.Errorf("a secret is in the reply or the error: %s, %v", reply.Body, err)
	}
	return receipts, err
}

func (d *desk) recorded(t *testing.T, list []Callback) {
	t.Helper()
	for _, c := range list {
		receipts, err := d.post(t, c.Request)
		if err != nil {
			t.Errorf("%s: got %v, want its receipts", c.Name, err)
			continue
		}
		if c.Want != nil && !slices.EqualFunc(c.Want, receipts, says) {
			t.Errorf("%s: got %+v, want %+v", c.Name, receipts, c.Want)
		}
	}
}

// says compares by ids and status, and by reason and code where they are wanted.
func says(want, got sdk.Receipt) bool {
	return same(want, got) && (want.Reason == "" || want.Reason == got.Reason) && (want.Code == "" || want.Code == got.Code)
}

// same says whether both receipts say the same of the same message: what a forger would change.
func same(a, b sdk.Receipt) bool {
	return a.OurID == b.OurID && a.ProviderID == b.ProviderID && a.Status == b.Status
}

// forge changes the callback at every place. What is changed outside of the signed part may be let
// through, as long as it says the same; and something must be refused as forged.
func (d *desk) forge(t *testing.T, c Callback) {
	t.Helper()
	honest, err := d.post(t, c.Request)
	if err != nil {
		return // said by "recorded" already
	}
	refused, believed := 0, 0
	check := func(what string, forged sdk.Callback) {
		receipts, err := d.post(t, forged)
		if f := sdk.AsFailure(err, ""); f != nil && f.Reason == sdk.Unauthorized {
			refused++
		}
		if r := news(honest, receipts); r != nil {
			if believed++; believed <= 3 { // one fault has many faces
				t.Errorf("%s: %s: a forged report is believed: %+v", c.Name, what, *r)
			}
		}
	}
	for _, f := range flips(c.Request) {
		check(f.what, f.callback)
	}
	for _, without := range drops(c.Request) {
		check(without.what, without.callback)
		for _, f := range flips(without.callback) {
			check(without.what+", "+f.what, f.callback)
		}
	}
	if believed > 3 {
		t.Errorf("%s: and %d more of its forgeries are believed", c.Name, believed-3)
	}
	if refused == 0 {
		t.Errorf("%s: none of its forgeries is refused as UNAUTHORIZED; verify the signature, or set UnsignedCallbacks if there is none", c.Name)
	}
}

// withoutParts posts the callback without each of its headers and fields in turn; the signature is among
// them.
func (d *desk) withoutParts(t *testing.T, c Callback) {
	t.Helper()
	honest, _ := d.post(t, c.Request)
	for _, without := range drops(c.Request) {
		d.wantNothingNew(t, c.Name+" "+without.what, honest, without.callback)
	}
}

// news returns the first receipt that says something else than the honest ones; nil for none.
func news(honest, receipts []sdk.Receipt) *sdk.Receipt {
	for i, r := range receipts {
		if !slices.ContainsFunc(honest, func(h sdk.Receipt) bool { return same(h, r) }) {
			return &receipts[i]
		}
	}
	return nil
}

// variant is a changed callback.
type variant struct {
	what     string
	callback sdk.Callback
}

// flips changes single bytes of body, query and headers: all of them in short ones, a part of them in
// long ones.
func flips(c sdk.Callback) []variant {
	var list []variant
	for _, i := range places(len(c.Body)) {
		changed := c
		changed.Body = flipped(c.Body, i)
		list = append(list, variant{fmt.Sprintf("byte %d of the body flipped", i), changed})
	}
	for _, i := range places(len(c.Query)) {
		list = append(list, variant{fmt.Sprintf("byte %d of the query flipped", i), withQuery(c, string(flipped([]byte(c.Query), i)))})
	}
	for name, values := range c.Header {
		for _, i := range places(len(values[0])) {
			changed := c
			changed.Header = c.Header.Clone()
			changed.Header[name] = []string{string(flipped([]byte(values[0]), i))}
			list = append(list, variant{fmt.Sprintf("byte %d of %s flipped", i, name), changed})
		}
	}
	return list
}

// places returns at most 64 positions, spread evenly.
func places(n int) []int {
	var list []int
	for i := 0; i < n; i += max(n/64, 1) {
		list = append(list, i)
	}
	return list
}

func flipped(b []byte, i int) []byte {
	changed := bytes.Clone(b)
	changed[i] ^= 1 // a digit stays a digit, a letter mostly a letter
	return changed
}

func withQuery(c sdk.Callback, query string) sdk.Callback {
	if u, err := url.Parse(c.URL); err == nil {
		u.RawQuery = query
		c.URL = u.String()
	}
	c.Query = query
	return c
}

// drops leaves out a header or a parameter: the one with the signature is among them.
func drops(c sdk.Callback) []variant {
	var list []variant
	for name := range c.Header {
		changed := c
		changed.Header = c.Header.Clone()
		changed.Header.Del(name)
		list = append(list, variant{"without the header " + name, changed})
	}
	query, _ := url.ParseQuery(c.Query)
	for name := range query {
		left := rest(query, name)
		list = append(list, variant{"without the parameter " + name, withQuery(c, left)})
	}
	form, err := url.ParseQuery(string(c.Body))
	if err != nil || len(form) < 2 {
		return list
	}
	for name := range form {
		changed := c
		changed.Body = []byte(rest(form, name))
		list = append(list, variant{"without the field " + name, changed})
	}
	return list
}

// rest encodes the values without one of them.
func rest(values url.Values, without string) string {
	left := url.Values{}
	for name, v := range values {
		if name != without {
			left[name] = v
		}
	}
	return left.Encode()
}

// cut posts every beginning of the callback.
func (d *desk) cut(t *testing.T, c Callback) {
	t.Helper()
	honest, _ := d.post(t, c.Request)
	for _, i := range places(len(c.Request.Body)) {
		changed := c.Request
		changed.Body = c.Request.Body[:i]
		d.wantNothingNew(t, fmt.Sprintf("%s cut after %d bytes of its body", c.Name, i), honest, changed)
	}
	for _, i := range places(len(c.Request.Query)) {
		d.wantNothingNew(t, fmt.Sprintf("%s cut after %d bytes of its query", c.Name, i), honest, withQuery(c.Request, c.Request.Query[:i]))
	}
	bare := c.Request
	bare.Header = http.Header{}
	d.wantNothingNew(t, c.Name+" without headers", honest, bare)
}

// wantNothingNew wants of a signed callback no receipt that the whole one does not have.
func (d *desk) wantNothingNew(t *testing.T, what string, honest []sdk.Receipt, c sdk.Callback) {
	t.Helper()
	receipts, _ := d.post(t, c)
	if r := news(honest, receipts); d.signed && r != nil {
		t.Errorf("%s: got the receipt %+v", what, *r)
	}
}

// fuzzRounds is how many broken callbacks are posted; a few hundred milliseconds. With -short a tenth.
const fuzzRounds = 1000

// fuzz posts the recorded callbacks after some damage; always the same, so that a failure comes back.
func (d *desk) fuzz(t *testing.T, list []Callback) {
	t.Helper()
	random := rand.New(rand.NewPCG(4711, 11010))
	rounds := fuzzRounds
	if testing.Short() {
		rounds /= 10
	}
	for range rounds {
		c := list[random.IntN(len(list))].Request
		other := list[random.IntN(len(list))].Request
		switch random.IntN(4) {
		case 0:
			c = withQuery(c, string(damaged(random, []byte(c.Query), []byte(other.Query))))
		case 1:
			c.Header = c.Header.Clone()
			for name, values := range c.Header {
				if random.IntN(3) == 0 {
					c.Header[name] = []string{string(damaged(random, []byte(values[0]), []byte(name)))}
				}
			}
		default:
			c.Body = damaged(random, c.Body, other.Body)
		}
		c.Query = toText(c.Query)
		c.URL = toText(c.URL)
		c.Header = toTexts(c.Header)
		_, _ = d.post(t, c)
	}
}

// damaged changes, leaves out, repeats and mixes parts.
func damaged(random *rand.Rand, b, other []byte) []byte {
	b = bytes.Clone(b)
	for range 1 + random.IntN(4) {
		if len(b) == 0 {
			return append(b, other...)
		}
		i := random.IntN(len(b))
		j := i + random.IntN(len(b)-i)
		switch random.IntN(6) {
		case 0:
			b[i] = byte(random.IntN(256))
		case 1:
			b = slices.Delete(b, i, j)
		case 2:
			b = slices.Insert(b, i, bytes.Clone(b[i:j])...)
		case 3:
			b = append(b[:i:i], other[min(i, len(other)):]...)
		case 4:
			b = slices.Insert(b, i, interesting[random.IntN(len(interesting))]...)
		default:
			b[i] ^= 1 << random.IntN(8)
		}
	}
	return b[:min(len(b), 64<<10)]
}

// interesting is what parsers stumble over.
var interesting = [][]byte{
	[]byte("\x00"), []byte("\xff\xfe"), []byte("-1"), []byte("99999999999999999999"), []byte("1e999"), []byte("null"), []byte("[]"),
	[]byte("{}"), []byte(`"`), []byte("%"), []byte("%zz"), []byte("&"), []byte("=="), []byte("[][]="), []byte("\r\n"), []byte("<!DOCTYPE x>"),
	bytes.Repeat([]byte("["), 2000), bytes.Repeat([]byte("9"), 400),
}

// toText makes valid UTF-8 of what the wire carries as text; the gateway's HTTP server does the same.
func toText(s string) string { return string(bytes.ToValidUTF8([]byte(s), []byte("?"))) }

func toTexts(h http.Header) http.Header {
	valid := http.Header{}
	for name, values := range h {
		for _, v := range values {
			valid[name] = append(valid[name], toText(v))
		}
	}
	return valid
}

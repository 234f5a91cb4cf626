package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
	"github.com/orderbell/orderbell/sdk/sdktest/operators"
	"github.com/orderbell/orderbell/sdk/sdktest/operators/smpp"
)

func TestAnAdminIsToldWhyTheLoginFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		password, setting, code string
		reason                  sdk.Reason
	}{
		"a wrong password":       {"wrong-pass", "password", "0x0000000E", sdk.Unauthorized},
		"a wrong system_id":      {"no-such-id", "system_id", "0x0000000F", sdk.Unauthorized},
		"a refused bind":         {"bind-fails", "", "0x0000000D", sdk.Unauthorized},
		"somebody is bound":      {"in-use", "system_id", "0x00000005", sdk.Unavailable},
		"the operator's code":    {"own-code", "", "0x00000401", sdk.Unauthorized},
		"the connection ends":    {"hang-up", "port", "", sdk.Unavailable},
		"a web server's port":    {"web-page", "port", "", sdk.Unavailable},
		"a silent SMSC":          {"no-answer", "-", "", sdk.Unavailable},
		"an SMSC that is well":   {"canary-4712", "tls", "", ""},
		"nobody listens (ports)": {"", "-", "", sdk.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := map[string]string{"password": test.password}
			if test.password == "" {
				settings = map[string]string{"port": "1"}
			}
			r := opened(t, settings)
			diagnostics, err := r.Check(within(t, 4*time.Second), "main", 1)
			f := sdk.AsFailure(err, "")
			if test.reason == "" {
				if err != nil || len(diagnostics) != 1 || diagnostics[0].Severity != sdk.SeverityWarning || diagnostics[0].Field != "tls" {
					t.Errorf("got %+v, %v, want a warning about the plain connection", diagnostics, err)
				}
				return
			}
			if f == nil || f.Reason != test.reason || f.Code != test.code {
				t.Fatalf("got %v, want %s with the code %q", err, test.reason, test.code)
			}
			if test.setting != "-" && (len(diagnostics) != 1 || diagnostics[0].Field != test.setting || diagnostics[0].Severity != sdk.SeverityError) {
				t.Errorf("got %+v, want an error on %q", diagnostics, test.setting)
			}
			o := r.send(t, r.message("00001", "x"), 3*time.Second)
			if o.Failure == nil || o.Failure.Reason != test.reason && o.Failure.Reason != sdk.Unavailable {
				t.Errorf("a message: got %+v, want %s", o, test.reason)
			}
			if strings.Contains(f.Error()+f.Raw, test.password) && test.password == "canary-4712" {
				t.Errorf("the password is in %v", f)
			}
		})
	}
}

func TestTheSettingThatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	a := &account{}
	for s, want := range map[status]string{statusInvalidPassword: "password", statusInvalidSystemID: "system_id", statusAlreadyBound: "system_id", statusInvalidSystemType: "system_type", 0x0D: ""} {
		var p *problem
		if !errors.As(a.refusedBind(s), &p) || p.field != want || p.summary.EN == "" || p.summary.RU == "" || p.cure.EN == "" || p.cure.RU == "" {
			t.Errorf("%#x: got %+v, want one on %q", s, p, want)
		}
	}
}

// authority is a CA with a certificate for localhost, and one that has ended.
type authority struct {
	pem         string
	good, ended tls.Certificate
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key := newKey(t)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "trial CA"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der := signed(t, root, root, key, key)
	issue := func(until time.Time) tls.Certificate {
		own := newKey(t)
		leaf := &x509.Certificate{
			SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "smsc"}, DNSNames: []string{"smsc.example"},
			IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until,
		}
		return tls.Certificate{Certificate: [][]byte{signed(t, leaf, root, own, key)}, PrivateKey: own}
	}
	return authority{
		pem:  string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		good: issue(time.Now().Add(time.Hour)), ended: issue(time.Now().Add(-time.Hour)),
	}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signed(t *testing.T, certificate, parent *x509.Certificate, own, signer *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, certificate, parent, own.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestTheConnectionIsSecured(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	for name, test := range map[string]struct {
		certificate *tls.Certificate // nil: the SMSC speaks no TLS
		settings    map[string]string
		field       string // of the diagnostic; empty: it works
	}{
		"with the operator's authority":  {&ca.good, map[string]string{"tls_ca": ca.pem}, ""},
		"with a name of the certificate": {&ca.good, map[string]string{"tls_ca": ca.pem, "tls_server_name": "smsc.example"}, ""},
		"an authority that is not known": {&ca.good, nil, "tls_ca"},
		"a certificate for another name": {&ca.good, map[string]string{"tls_ca": ca.pem, "tls_server_name": "other.example"}, "tls_server_name"},
		"a certificate that has ended":   {&ca.ended, map[string]string{"tls_ca": ca.pem}, "host"},
		"a port of another protocol":     {nil, map[string]string{"tls_server_name": "greeting"}, "tls"},
		"a port without TLS":             {nil, nil, "tls"},
		"a port with TLS, and no TLS":    {&ca.good, map[string]string{"tls": "false"}, "port"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			address := listener.Addr().String()
			if test.certificate != nil {
				listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{*test.certificate}, MinVersion: tls.VersionTLS12})
			} else if test.settings != nil {
				listener = &greeting{listener}
			}
			smsc := smpp.New(operators.Options{})
			go smsc.Serve(listener) //nolint:errcheck // ends with Close
			t.Cleanup(func() { _ = smsc.Close() })
			r := &rig{smsc: smsc, log: &strings.Builder{}}
			r.Client = sdktest.Serve(t, provider(), &locked{to: r.log}, time.Now)
			settings := reaching(t, address, map[string]string{"tls": "true"})
			for key, value := range test.settings {
				settings[key] = value
			}
			sdktest.Open(t, r.Client, "main", settings, address)
			t.Cleanup(func() { _ = r.Close(t.Context(), "main", 1) })
			diagnostics, err := r.Check(within(t, 5*time.Second), "main", 1)
			if test.field == "" {
				if err != nil || len(diagnostics) > 0 {
					t.Fatalf("got %+v, %v, want nothing to complain of", diagnostics, err)
				}
				if o := r.send(t, r.message("00001", long), 5*time.Second); o.Accepted == nil {
					t.Errorf("a message: %v", o.Failure)
				}
				return
			}
			if f := sdk.AsFailure(err, ""); f == nil || f.Reason != sdk.Unavailable {
				t.Errorf("got %v, want UNAVAILABLE", err)
			}
			if len(diagnostics) != 1 || diagnostics[0].Field != test.field || diagnostics[0].Severity != sdk.SeverityError {
				t.Errorf("got %+v, want an error on %s", diagnostics, test.field)
			}
			if len(smsc.Taken()) > 0 {
				t.Error("a message was sent over a connection that is not trusted")
			}
		})
	}
}

// greeting says something before it is asked, as no TLS server does.
type greeting struct{ net.Listener }

// Accept greets.
func (g *greeting) Accept() (net.Conn, error) {
	conn, err := g.Listener.Accept()
	if err == nil {
		_, _ = conn.Write([]byte("220 ready\r\n"))
	}
	return conn, err
}

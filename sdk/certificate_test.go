package sdk

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// authority issues certificates that a client of the test may trust.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{certificate, key}
}

// issue makes a certificate of a server on 127.0.0.1 after the test has changed it.
func (a *authority) issue(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}
}

func TestOnlyTheOperatorsOwnCertificateIsTrusted(t *testing.T) {
	t.Parallel()
	known, stranger := newAuthority(t), newAuthority(t)
	for _, test := range []struct {
		name   string
		issuer *authority
		change func(*x509.Certificate)
		want   Reason // empty: accepted
	}{
		{"good", known, func(*x509.Certificate) {}, ""},
		{"expired", known, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, Unavailable},
		{"not valid yet", known, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }, Unavailable},
		{"for another name", known, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.example"} }, Unavailable},
		{"of another authority", stranger, func(*x509.Certificate) {}, Unavailable},
		{"not for servers", known, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, Unavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"id":"77"}`) }))
			server.TLS = &tls.Config{Certificates: []tls.Certificate{test.issuer.issue(t, test.change)}, MinVersion: tls.VersionTLS12}
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			t.Cleanup(server.Close)
			client := allowing(t, server)
			roots := x509.NewCertPool()
			roots.AddCert(known.certificate)
			client.Transport.(*guardedTransport).TLSClientConfig.RootCAs = roots
			reply, failure := post(t.Context(), client, server.URL)
			if test.want == "" {
				if failure != nil || reply.ID != "77" {
					t.Errorf("got %+v, %v, want id 77", reply, failure)
				}
				return
			}
			wantFailure(t, failure, test.want)
		})
	}
}

// A port that speaks the other of http and https leaves no doubt: no request can have been read as one.
func TestAPortThatSpeaksAnotherProtocol(t *testing.T) {
	t.Parallel()
	plain := operator(t, func(http.ResponseWriter, *http.Request) { t.Error("the operator was called") })
	plain.Config.ErrorLog = log.New(io.Discard, "", 0)
	_, failure := post(t.Context(), allowing(t, plain), "https://"+plain.Listener.Addr().String())
	wantFailure(t, failure, Unavailable)
	greeting := hijack(t, func(c *net.TCPConn) { _, _ = io.WriteString(c, "220 mail.example ESMTP\r\n") })
	_, failure = post(t.Context(), allowing(t, greeting), greeting.URL)
	wantFailure(t, failure, UnknownOutcome)
}

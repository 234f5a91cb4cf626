package main

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/sdktest"
)

// peerVariable names a folder with the npm package smpp, which `make smpp-peer` fetches into
// testdata/independent. "required" makes it a fault that it is not there.
const peerVariable = "ORDERBELL_SMPP_PEER"

// node returns a command that runs a script of testdata/independent, and skips the test where Node or
// the package are missing.
func node(t *testing.T, script string, arguments ...string) *exec.Cmd {
	t.Helper()
	missing := t.Skipf
	folder := os.Getenv(peerVariable)
	if folder == "required" {
		missing, folder = t.Fatalf, ""
	}
	if folder == "" {
		folder = filepath.Join("testdata", "independent")
	}
	packages, err := filepath.Abs(filepath.Join(folder, "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(packages, "smpp")); err != nil {
		missing("the npm package smpp is not in %s: run `make smpp-peer`, or name its folder in %s", folder, peerVariable)
	}
	program, err := exec.LookPath("node")
	if err != nil {
		missing("Node is not installed")
	}
	c := exec.CommandContext(t.Context(), program, append([]string{filepath.Join("testdata", "independent", script)}, arguments...)...)
	c.Env = append(os.Environ(), "NODE_PATH="+packages)
	c.Stderr = t.Output()
	return c
}

// foreign is an SMSC that is not ours.
type foreign struct {
	address string
	said    *bufio.Scanner
}

// line is what it prints of a message.
type line struct {
	Port, Acknowledged          int
	Bound, Error                string
	Unbound                     bool
	ID, To, From, Text          string
	SourceTON, DestTON          int
	ESM, Coding, Valid, Version int
	Registered                  int
	UDH                         []string
	SAR                         []int
	Payload                     bool
}

func startForeign(t *testing.T, arguments ...string) *foreign {
	t.Helper()
	c := node(t, "server.js", arguments...)
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = c.Wait()
	})
	f := &foreign{said: bufio.NewScanner(stdout)}
	first := f.next(t)
	port, err := json.Marshal(first.Port)
	if err != nil || first.Port == 0 {
		t.Fatalf("got %+v, want its port", first)
	}
	f.address = "127.0.0.1:" + string(port)
	return f
}

// next is the next line; an error that the SMSC noticed fails the test.
func (f *foreign) next(t *testing.T) line {
	t.Helper()
	if !f.said.Scan() {
		t.Fatalf("the SMSC says no more: %v", f.said.Err())
	}
	var l line
	if err := json.Unmarshal(f.said.Bytes(), &l); err != nil {
		t.Fatalf("%s: %v", f.said.Text(), err)
	}
	if l.Error != "" {
		t.Fatalf("the SMSC does not understand: %s", l.Error)
	}
	return l
}

// message is the next line about one; lines about receipts are passed over.
func (f *foreign) message(t *testing.T) line {
	t.Helper()
	for {
		if l := f.next(t); l.ID != "" {
			return l
		}
	}
}

func reachingForeign(t *testing.T, f *foreign, settings map[string]string) *rig {
	t.Helper()
	r := &rig{log: &strings.Builder{}}
	r.Client = sdktest.Serve(t, provider(), &locked{to: r.log}, time.Now)
	sdktest.Open(t, r.Client, "main", reaching(t, f.address, settings), f.address)
	t.Cleanup(func() { _ = r.Close(t.Context(), "main", 1) })
	return r
}

func TestIndependentSMSC(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]map[string]string{
		"UDH": {}, "SAR": {"long_message": "sar"}, "message_payload": {"long_message": "payload"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startForeign(t)
			r := reachingForeign(t, f, settings)
			if _, err := r.Check(within(t, 10*time.Second), "main", 1); err != nil {
				t.Fatalf("Check: %v", err)
			}
			if l := f.next(t); l.Bound != "cafe" || l.Version != 0x34 {
				t.Errorf("got %+v, want cafe bound with version 3.4", l)
			}
			m := r.message("00001", "Заказ 17 готов 🍕")
			m.NotAfter = time.Now().Add(20*time.Minute + 10*time.Second)
			o := r.send(t, m, 10*time.Second)
			if o.Accepted == nil {
				t.Fatal(o.Failure)
			}
			l := f.message(t)
			if l.Text != m.Text || l.Coding != 8 || l.To != digits(m.To) || l.From != "Cafe" || l.SourceTON != 5 || l.DestTON != 1 || l.Registered != 1 || l.Valid != 20 || l.ID != o.Accepted.ID {
				t.Errorf("got %+v, want the text %q as %s, valid for 20 minutes", l, m.Text, o.Accepted.ID)
			}
			r.becomes(t, sdk.Query{OurID: m.ID, ProviderID: o.Accepted.ID, To: m.To}, sdk.StatusDelivered)

			m = r.message("00001", strings.Repeat("Order {17} is ready, 5 € back. ", 8))
			o = r.send(t, m, 10*time.Second)
			if o.Accepted == nil {
				t.Fatal(o.Failure)
			}
			f.wantWhole(t, m.Text, name)
			r.becomes(t, sdk.Query{OurID: m.ID, ProviderID: o.Accepted.ID, To: m.To}, sdk.StatusDelivered)

			if o = r.send(t, r.message("01011", "x"), 10*time.Second); o.Failure == nil || o.Failure.Reason != sdk.BadRecipient {
				t.Errorf("got %+v, want BAD_RECIPIENT", o)
			}
			if err := r.Close(t.Context(), "main", 1); err != nil {
				t.Errorf("Close: %v", err)
			}
			for l = f.next(t); !l.Unbound; l = f.next(t) {
				if l.Acknowledged != 0 {
					t.Errorf("a receipt was acknowledged with %#x", l.Acknowledged)
				}
			}
		})
	}
}

// wantWhole wants the text, which needs two parts, in the parts of its way.
func (f *foreign) wantWhole(t *testing.T, text, way string) {
	t.Helper()
	first := f.message(t)
	if way == "message_payload" {
		if !first.Payload || first.Text != text || len(first.UDH) > 0 {
			t.Errorf("got %+v, want the whole text as payload", first)
		}
		return
	}
	second := f.message(t)
	if first.Text+second.Text != text {
		t.Errorf("got %q and %q, want %q", first.Text, second.Text, text)
	}
	for i, l := range []line{first, second} {
		part := i + 1
		byUDH := l.ESM&0x40 != 0 && len(l.UDH) == 1 && len(l.UDH[0]) == 10 && l.UDH[0][:4] == "0003" && strings.HasSuffix(l.UDH[0], "020"+string(rune('0'+part)))
		bySAR := l.ESM&0x40 == 0 && len(l.UDH) == 0 && len(l.SAR) == 2 && l.SAR[0] == 2 && l.SAR[1] == part
		if byUDH != (way == "UDH") || bySAR != (way == "SAR") {
			t.Errorf("part %d: got %+v, want it by %s", part, l, way)
		}
	}
}

func TestIndependentSMSCRefusesAWrongPassword(t *testing.T) {
	t.Parallel()
	r := reachingForeign(t, startForeign(t), map[string]string{"password": "wrong"})
	_, err := r.Check(within(t, 10*time.Second), "main", 1)
	wantReason(t, err, sdk.Unauthorized)
}

func TestIndependentSMSCWithTLS(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	folder := t.TempDir()
	key, ok := ca.good.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		t.Fatal("not the key that was made")
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"key.pem": {Type: "PRIVATE KEY", Bytes: der}, "cert.pem": {Type: "CERTIFICATE", Bytes: ca.good.Certificate[0]},
	} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := startForeign(t, folder)
	r := reachingForeign(t, f, map[string]string{"tls": "true", "tls_ca": ca.pem})
	m := r.message("00001", "Заказ 17 готов")
	o := r.send(t, m, 10*time.Second)
	if o.Accepted == nil {
		t.Fatal(o.Failure)
	}
	r.becomes(t, sdk.Query{OurID: m.ID, ProviderID: o.Accepted.ID, To: m.To}, sdk.StatusDelivered)
}

// The simulated SMSC is tried with a client that is not ours, either.
func TestIndependentClientOfTheSimulator(t *testing.T) {
	t.Parallel()
	smsc, address := served(t)
	c := node(t, "client.js", address[strings.LastIndex(address, ":")+1:])
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var seen struct {
		Bound, Refused, State, Life, Unbound int
		ID                                   string
		Receipts                             []struct {
			ID, Text   string
			State, ESM int
		}
	}
	decoder := json.NewDecoder(io.LimitReader(bytes.NewReader(out), 1<<16))
	if err := decoder.Decode(&seen); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if seen.Bound != 0 || seen.Refused != 11 || seen.State != 2 || seen.Life != 0 || seen.Unbound != 0 || seen.ID == "" {
		t.Errorf("got %s", out)
	}
	if len(seen.Receipts) != 1 || seen.Receipts[0].ID != seen.ID || seen.Receipts[0].State != 2 || seen.Receipts[0].ESM != 4 || !strings.Contains(seen.Receipts[0].Text, "stat:DELIVRD") {
		t.Errorf("got the receipts %+v, want one for %s", seen.Receipts, seen.ID)
	}
	if taken := smsc.Taken(); len(taken) != 1 || taken[0].Text != "Заказ 17 готов" {
		t.Errorf("the simulator took %+v", taken)
	}
}

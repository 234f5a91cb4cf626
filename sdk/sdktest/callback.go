package sdktest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/sdk"
)

// Callback is a recorded delivery report and what it says.
type Callback struct {
	Name    string
	Request sdk.Callback
	// Want is compared by ids and status, and by reason and code where they are not empty. Nil: any
	// receipts, but no refusal.
	Want []sdk.Receipt
}

// Callbacks are recorded delivery reports.
type Callbacks struct {
	dir  string
	list []Callback
}

// Recorded makes callbacks from values.
func Recorded(list ...Callback) Callbacks { return Callbacks{list: list} }

// Dir reads callbacks from a folder under testdata: NAME.http is the request as it came over the wire
// (request line, headers, empty line, body; lines may end without a carriage return, and a
// Content-Length is not needed), NAME.json its receipts:
//
//	[{"our_id": "", "provider_id": "77", "status": "DELIVERED", "reason": "", "code": ""}]
//
// A NAME.http without its NAME.json must be read without a refusal.
func Dir(folder string) Callbacks { return Callbacks{dir: folder} }

// load returns all callbacks.
func (c Callbacks) load(t testing.TB) []Callback {
	t.Helper()
	list := slices.Clone(c.list)
	if c.dir == "" {
		return list
	}
	paths, err := filepath.Glob(filepath.Join("testdata", filepath.FromSlash(c.dir), "*.http"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no recorded callbacks (*.http) in testdata/%s: %v", c.dir, err)
	}
	for _, path := range paths {
		callback, err := readCallback(path)
		if err != nil {
			t.Fatalf("the recorded callback %s: %v", path, err)
		}
		list = append(list, callback)
	}
	return list
}

func readCallback(path string) (Callback, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Callback{}, err
	}
	request, err := parseRequest(data)
	if err != nil {
		return Callback{}, err
	}
	base := strings.TrimSuffix(path, ".http")
	callback := Callback{Name: filepath.Base(base), Request: request}
	expected, err := os.ReadFile(base + ".json")
	if os.IsNotExist(err) {
		return callback, nil
	}
	if err != nil {
		return Callback{}, err
	}
	callback.Want, err = parseReceipts(expected)
	return callback, err
}

// parseRequest reads a request as it came over the wire.
func parseRequest(data []byte) (sdk.Callback, error) {
	head, body, _ := bytes.Cut(data, []byte("\n\n"))
	if wire, after, found := bytes.Cut(data, []byte("\r\n\r\n")); found && len(wire) < len(head) {
		head, body = wire, after
	}
	head = bytes.ReplaceAll(bytes.TrimRight(head, "\r\n"), []byte("\r\n"), []byte("\n"))
	head = bytes.ReplaceAll(head, []byte("\n"), []byte("\r\n"))
	request, err := http.ReadRequest(bufio.NewReader(io.MultiReader(bytes.NewReader(head), strings.NewReader("\r\n\r\n"))))
	if err != nil {
		return sdk.Callback{}, fmt.Errorf("not an HTTP request: %w", err)
	}
	address := *request.URL
	if address.Host == "" {
		address.Scheme, address.Host = "https", request.Host
	}
	return sdk.Callback{
		Method: request.Method, URL: address.String(), Query: request.URL.RawQuery, Header: request.Header,
		Body: body, RemoteIP: "192.0.2.1",
	}, nil
}

// recorded is a receipt in a NAME.json.
type recorded struct {
	OurID      string     `json:"our_id"`
	ProviderID string     `json:"provider_id"`
	Status     sdk.Status `json:"status"`
	Reason     sdk.Reason `json:"reason"`
	Code       string     `json:"code"`
}

func parseReceipts(data []byte) ([]sdk.Receipt, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var list []recorded
	if err := decoder.Decode(&list); err != nil {
		return nil, fmt.Errorf("its receipts: %w", err)
	}
	receipts := make([]sdk.Receipt, len(list)) // not nil: an empty list wants no receipts
	for i, r := range list {
		receipts[i] = sdk.Receipt{OurID: r.OurID, ProviderID: r.ProviderID, Status: r.Status, Reason: r.Reason, Code: r.Code}
	}
	return receipts, nil
}

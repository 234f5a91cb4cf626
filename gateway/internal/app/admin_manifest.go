package app

import (
	"context"
	"encoding/hex"
	"strings"
	"sync"

	"github.com/orderbell/orderbell/gateway/internal/provider"
	"github.com/orderbell/orderbell/sdk"
)

// manifests remembers what provider programs say of themselves, by the bytes of the program: a page that
// lists providers must not start each of them again.
type manifests struct {
	host *provider.Host

	mu    sync.Mutex
	known map[string]sdk.Manifest // by sum
}

// of gives a provider's manifest. An error says why its program does not tell.
func (m *manifests) of(ctx context.Context, name string) (sdk.Manifest, error) {
	program, err := m.host.Program(name)
	if err != nil {
		return sdk.Manifest{}, err
	}
	sum := hex.EncodeToString(program.Sum)
	m.mu.Lock()
	manifest, there := m.known[sum]
	m.mu.Unlock()
	if there {
		return manifest, nil
	}
	if manifest, err = m.host.Describe(ctx, name); err != nil {
		return sdk.Manifest{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known[sum] = manifest
	return manifest, nil
}

// field finds a setting of a manifest.
func field(manifest sdk.Manifest, key string) (sdk.Field, bool) {
	for _, f := range manifest.Settings {
		if f.Key == key {
			return f, true
		}
	}
	return sdk.Field{}, false
}

// destination tells whether a setting says where secrets are sent. The addresses that the operator calls
// back are ours and get none.
func destination(f sdk.Field) bool {
	switch f.Key {
	case "base_url", "host", "port", "tls":
		return true
	}
	return f.Kind == sdk.KindURL && !strings.Contains(f.Key, "callback") && !strings.Contains(f.Key, "webhook")
}

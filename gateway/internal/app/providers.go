package app

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/provider"
)

// NewProviders makes the host of the configured accounts, of all or of those named. Its processes start
// with Run. Programs that cannot be read are logged; the rest works.
func NewProviders(opts Options, only ...string) *provider.Host {
	catalogue, problems := readCatalogue(opts)
	for _, err := range problems {
		opts.Log.Error("a provider program cannot be used", "error", err)
	}
	for _, h := range catalogue.Hidden() {
		opts.Log.Warn("a provider has several programs", "provider", h.Provider, "used", h.Used, "not_used", strings.Join(h.Files, ", "))
	}
	accounts := slices.DeleteFunc(providerAccounts(opts.Config, opts.closed), func(a provider.Account) bool {
		return len(only) > 0 && !slices.Contains(only, a.Name)
	})
	return provider.New(provider.Options{
		Catalogue: catalogue, Accounts: accounts, EgressAllow: opts.Config.EgressAllow,
		Environ: pluginEnviron(opts.Environ), Log: opts.Log.Named("provider"),
	})
}

// readCatalogue reads what provider programs there are, bundled and added. Problems are what cannot be
// used; the rest works.
func readCatalogue(opts Options) (provider.Catalogue, []error) {
	bundled, problems := provider.ReadCatalogue(PluginFolders(opts.Config, opts.Program)...)
	catalogue, more := bundled.With(addedFolder(opts.Config))
	return catalogue, append(problems, more...)
}

// addedFolder is where the programs lie that were added to the catalogue, one folder for each version.
func addedFolder(cfg *config.Config) string { return filepath.Join(cfg.Data, "providers") }

// HasAdded tells whether a program was ever added to the catalogue.
func HasAdded(cfg *config.Config) bool {
	_, err := os.Stat(addedFolder(cfg))
	return err == nil
}

// pluginEnviron is what plugins may see of the environment: how to reach the outside and where the
// system keeps its certificates. Never a key.
func pluginEnviron(environ []string) []string {
	allowed := []string{"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "TZ", "LANG"}
	if runtime.GOOS == "windows" {
		allowed = append(allowed, "SystemRoot", "SYSTEMROOT", "windir")
	}
	var kept []string
	for _, pair := range environ {
		for _, name := range allowed {
			if strings.HasPrefix(pair, name+"=") {
				kept = append(kept, pair)
			}
		}
	}
	return kept
}

package provider

import (
	"fmt"

	"github.com/orderbell/orderbell/sdk"
)

// Account is a configured use of a provider.
type Account struct {
	Name     string
	Provider string            // name of the program: "smsru"
	Settings map[string]string // in clear; they go to the plugin by RPC and nowhere else
	Err      error             // why it cannot be used, whatever its provider says; nil: it can
}

// Report is what is known of an account: for check, for the log, for pages.
type Report struct {
	Account     string
	Provider    string
	Manifest    *sdk.Manifest    // nil: the program did not answer
	Diagnostics []sdk.Diagnostic // about settings, from Open and Check
	Err         error            // why the program does not serve; often speaks Sentence(lang)
}

// OK tells whether the account can be used.
func (r Report) OK() bool {
	if r.Err != nil {
		return false
	}
	return !refused(r.Diagnostics)
}

func refused(diagnostics []sdk.Diagnostic) bool {
	for _, d := range diagnostics {
		if d.Severity == sdk.SeverityError {
			return true
		}
	}
	return false
}

// NoAccountError says that no such account is configured.
type NoAccountError struct{ Account string }

// Error says it in English.
func (e *NoAccountError) Error() string { return e.Sentence("en") }

// Sentence says it in a language.
func (e *NoAccountError) Sentence(lang string) string {
	if lang == "en" {
		return fmt.Sprintf("no account %q is configured", e.Account)
	}
	return fmt.Sprintf("учётной записи %q нет в настройках", e.Account)
}

// NotReadyError says that the provider's program has been started and nothing is wrong yet, but it does not
// serve: it may be slow, or hang while accounts are opened in it.
type NotReadyError struct{ Provider string }

// Error says it in English.
func (e *NotReadyError) Error() string { return e.Sentence("en") }

// Sentence says it in a language, and what to do.
func (e *NotReadyError) Sentence(lang string) string {
	if lang == "en" {
		return fmt.Sprintf("the program of the provider %q has not come to work yet: it is starting, or hangs while its accounts are opened; try again in a minute, then look into the log", e.Provider)
	}
	return fmt.Sprintf("программа провайдера %q ещё не начала работать: запускается или зависла при открытии учётных записей; повторите через минуту, затем посмотрите журнал", e.Provider)
}

// SettingsError says that the provider refuses the account's settings.
type SettingsError struct {
	Account     string
	Diagnostics []sdk.Diagnostic
}

// Error names the first field that is refused, in English.
func (e *SettingsError) Error() string { return e.Sentence("en") }

// Sentence names the first field that is refused, and the cure.
func (e *SettingsError) Sentence(lang string) string {
	for _, d := range e.Diagnostics {
		if d.Severity != sdk.SeverityError {
			continue
		}
		field := d.Field
		if field != "" {
			field += ": "
		}
		return fmt.Sprintf("%s: %s%s %s", e.Account, field, d.Summary.In(lang), d.Cure.In(lang))
	}
	return e.Account
}

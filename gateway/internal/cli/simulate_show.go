package cli

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/simulator"
)

// simulated is the first line for scripts.
type simulated struct {
	Provider    string            `json:"provider"`
	Address     string            `json:"address"` // host:port
	EgressAllow []string          `json:"egress_allow"`
	Settings    map[string]string `json:"settings"`
}

// receivedText is a line for scripts: one text that was taken.
type receivedText struct {
	At     time.Time `json:"at"`
	To     string    `json:"to"` // masked, unless --show-phones
	Sender string    `json:"sender,omitempty"`
	Text   string    `json:"text"`
}

// welcome says where the operator answers and how an account gets there.
func (b *board) welcome() error {
	settings := b.operator.SettingsAt(b.address, b.command.Callback)
	if b.command.JSON {
		first := simulated{Provider: b.operator.Provider, Address: b.address, EgressAllow: []string{b.address}, Settings: map[string]string{}}
		for _, s := range settings {
			first.Settings[s.Key] = s.Value
		}
		return b.line(first)
	}
	var out strings.Builder
	fmt.Fprintf(&out, word{"# %s отвечает по адресу %s. Остановить: Ctrl+C.\n# Вставьте в orderbell.yaml:\n", "# %s answers at %s. Ctrl+C ends it.\n# Paste into orderbell.yaml:\n"}.pick(b.lang), b.operator.Provider, b.address)
	fmt.Fprintf(&out, "egress_allow: [%q]\naccounts:\n  - name: main\n    provider: %s\n    settings:\n", b.address, b.operator.Provider)
	for _, s := range settings {
		fmt.Fprintf(&out, "      %s: %s\n", s.Key, yamlValue(s.Value, "        "))
	}
	if len(b.operator.Hints) > 0 {
		out.WriteString(word{"# Последние цифры номера меняют ответ:\n", "# The last digits of the number change the answer:\n"}.pick(b.lang))
	}
	for _, h := range b.operator.Hints {
		fmt.Fprintf(&out, "#   …%s  %s\n", h.Ending, word{h.RU, h.EN}.pick(b.lang))
	}
	_, err := fmt.Fprintln(b.out, out.String())
	return err
}

// yamlValue writes a value as YAML: quoted, or as a block where it has several lines.
func yamlValue(value, indent string) string {
	if !strings.Contains(value, "\n") {
		return strconv.Quote(value)
	}
	return "|\n" + indent + strings.ReplaceAll(value, "\n", "\n"+indent)
}

// line writes one value on one line.
func (b *board) line(v any) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	enc := json.NewEncoder(b.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// text shows one that was taken. Whether anybody reads it is no matter to the operator.
func (b *board) text(t simulator.Text) {
	number := "+" + strings.TrimPrefix(t.To, "+")
	to := contact.StoredPhone(number).String()
	if b.command.Phones {
		to = number
	}
	now := b.Now()
	b.mu.Lock()
	b.texts++
	b.mu.Unlock()
	if b.command.JSON {
		_ = b.line(receivedText{At: now.UTC(), To: to, Sender: t.Sender, Text: t.Body})
		return
	}
	sender := ""
	if t.Sender != "" {
		sender = oneLine(t.Sender, 30) + ": "
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	_, _ = fmt.Fprintf(b.out, "%s  %s  %s%s\n", clock(now.Local()), oneLine(to, 20), sender, oneLine(t.Body, 300))
}

// call shows one call of the provider, or one report to it, beside the answers.
func (b *board) call(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, _ = fmt.Fprintf(b.Stderr, "%s  %s\n", clock(b.Now().Local()), oneLine(fmt.Sprintf(format, args...), 200))
}

// farewell sums up.
func (b *board) farewell() error {
	if b.command.JSON {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	_, err := fmt.Fprintf(b.out, word{"Текстов получено: %d.\n", "Texts received: %d.\n"}.pick(b.lang), b.texts)
	return err
}

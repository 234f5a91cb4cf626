package config

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// Pasted is what the pasted settings of the vendor's module say; what they do not say is empty.
type Pasted struct {
	Enabled    *bool
	Aggregator string // as it is written there
	Token      Secret
	Sender     string
	Stage      order.Stage // None: not said, or not understood
	Template   string
	Restaurant string   // its name
	Odd        []string // names that mean nothing here, or whose values were not understood; never values
}

// maxPasted bounds what is read, in bytes.
const maxPasted = 64 << 10

// pastedField is a setting of the vendor's page.
type pastedField uint8

const (
	noField pastedField = iota
	enabledField
	aggregatorField
	tokenField
	senderField
	stageField
	templateField
	restaurantField
)

// fieldOf knows a name of a setting: the page's label in Russian or English, or what a file calls it.
func fieldOf(name string) pastedField {
	switch bareName(name) {
	case "включитьsmsуведомления", "smsуведомления", "включитьуведомления", "enablesmsnotifications", "smsnotifications", "enabled", "smsenabled", "enable":
		return enabledField
	case "smsагрегатор", "агрегатор", "smsaggregator", "aggregator", "smsprovider", "provider":
		return aggregatorField
	case "токенapi", "apiтокен", "токен", "apitoken", "token", "smstoken", "apiid", "apikey":
		return tokenField
	case "имяотправителя", "отправитель", "sendername", "sender", "smssender", "from":
		return senderField
	case "статусkds", "статус", "statuskds", "kdsstatus", "statuscode", "kdsstatuscode", "status", "kdsstate":
		return stageField
	case "шаблонсообщения", "шаблон", "messagetemplate", "template", "smstemplate", "текстсообщения":
		return templateField
	case "названиересторана", "ресторан", "restaurantname", "restaurant":
		return restaurantField
	}
	return noField
}

// bareName leaves the letters and digits of a name, in lower case.
func bareName(name string) string {
	return strings.Map(func(letter rune) rune {
		if unicode.IsLetter(letter) || unicode.IsDigit(letter) {
			return unicode.ToLower(letter)
		}
		return -1
	}, name)
}

// ParsePasted reads the vendor's settings as people copy them: JSON, lines of key=value or key: value,
// or the page's own labels with the values behind or below them. It never fails: what is not understood
// is in Odd, and the worst text gives an empty Pasted.
func ParsePasted(text string) Pasted {
	text = strings.TrimSpace(strings.TrimPrefix(strings.ToValidUTF8(text[:min(len(text), maxPasted)], "�"), "\ufeff"))
	var p Pasted
	var doc any
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if decoder.Decode(&doc) == nil {
			p.readJSON("", doc, 0)
			return p
		}
	}
	p.readLines(text)
	return p
}

// maxPastedDepth bounds how deep settings are looked for.
const maxPastedDepth = 8

// readJSON takes every single value by the name that stands right before it.
func (p *Pasted) readJSON(name string, value any, depth int) {
	switch v := value.(type) {
	case map[string]any:
		if depth == maxPastedDepth {
			return
		}
		for _, key := range sortedNames(v) {
			p.readJSON(key, v[key], depth+1)
		}
	case []any:
		if depth == maxPastedDepth {
			return
		}
		for _, item := range v {
			p.readJSON(name, item, depth+1)
		}
	case nil:
	default:
		p.set(name, fmt.Sprint(v))
	}
}

func sortedNames(doc map[string]any) []string {
	names := make([]string, 0, len(doc))
	for name := range doc {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// readLines takes "key=value" and "key: value", and a label whose value stands on the lines below it.
func (p *Pasted) readLines(text string) {
	var name string
	var below []string
	flush := func() {
		if name != "" {
			p.set(name, strings.Join(below, "\n"))
		}
		name, below = "", nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		key, value, found := cutPair(line)
		switch {
		case fieldOf(line) != noField:
			flush()
			name = line
		case found && fieldOf(key) != noField:
			flush()
			name = key
			if value = unquoted(value); value != "" {
				below = []string{value}
				flush()
			}
		case name != "" && (line != "" || fieldOf(name) == templateField):
			below = append(below, line)
		case found:
			p.odd(key)
		case line != "":
			p.odd(line)
		}
	}
	flush()
}

// cutPair cuts a line at its first = or :, whichever comes first.
func cutPair(line string) (key, value string, found bool) {
	at := strings.IndexAny(line, "=:")
	if at < 0 {
		return "", "", false
	}
	return strings.Trim(line[:at], " \t\"'"), strings.TrimSpace(line[at+1:]), true
}

// unquoted drops quotes around a value and a comma behind it, as a line of JSON has them.
func unquoted(value string) string {
	value = strings.TrimSpace(strings.TrimSuffix(value, ","))
	for _, quote := range []string{`"`, "'"} {
		if len(value) >= 2 && strings.HasPrefix(value, quote) && strings.HasSuffix(value, quote) {
			return value[1 : len(value)-1]
		}
	}
	return value
}

// set takes one value.
func (p *Pasted) set(name, value string) {
	value = strings.TrimSpace(value)
	field := fieldOf(name)
	if field != templateField && field != stageField {
		value, _, _ = strings.Cut(value, "\n") // what stands below the value is another part of the page
	}
	if value == "" {
		return
	}
	switch field {
	case enabledField:
		on, known := pastedTruth(value)
		if !known {
			p.odd(name)
			return
		}
		p.Enabled = &on
	case aggregatorField:
		p.Aggregator = value
	case tokenField:
		p.Token = NewSecret(value)
	case senderField:
		p.Sender = value
	case stageField:
		if p.Stage = pastedStage(value); p.Stage == order.None {
			p.odd(name)
		}
	case templateField:
		p.Template = value
	case restaurantField:
		p.Restaurant = value
	case noField:
		p.odd(name)
	}
}

func (p *Pasted) odd(name string) {
	const most = 20
	name = shownKey(strings.TrimSpace(name))
	if name != "" && len(p.Odd) < most && !slices.Contains(p.Odd, name) {
		p.Odd = append(p.Odd, name)
	}
}

func pastedTruth(value string) (on, known bool) {
	switch bareName(value) {
	case "true", "1", "yes", "on", "да", "вкл", "включено", "включены":
		return true, true
	case "false", "0", "no", "off", "нет", "выкл", "выключено", "выключены":
		return false, true
	}
	return false, false
}

// stageNumber is how the page numbers its statuses: "(3) Приготовлено".
var stageNumber = regexp.MustCompile(`\(([0-9])\)`)

// stageWord is the vendor's name of a status.
var stageWord = regexp.MustCompile(`(?i)kds[a-z]+`)

// pastedStage reads "3", "(3) Приготовлено / kdsReady", "kdsReady" or "Приготовлено". Of a page's whole
// list the first counts. The statuses that can be chosen are 2 to 6.
func pastedStage(value string) order.Stage {
	for line := range strings.Lines(value) {
		line = strings.TrimSpace(line)
		names := []string{line}
		if number := stageNumber.FindStringSubmatch(line); number != nil {
			names = append(names, number[1])
		}
		names = append(names, stageWord.FindString(line))
		for _, name := range names {
			if stage, ok := order.ParseStage(name); ok && stage >= order.Started {
				return stage
			}
		}
		if stage := russianStage(line); stage != order.None {
			return stage
		}
	}
	return order.None
}

func russianStage(line string) order.Stage {
	switch bareName(line) {
	case "начатаготовка":
		return order.Started
	case "приготовлено":
		return order.Ready
	case "забрано":
		return order.Out
	case "идетсборказаказа", "идётсборказаказа":
		return order.Collect
	case "заказсобран":
		return order.Collected
	}
	return order.None
}

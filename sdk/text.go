package sdk

// Text is a short text for people in both languages of Orderbell. A missing language falls back to
// the other one.
type Text struct {
	EN string `json:"en"`
	RU string `json:"ru"`
}

// In returns the text in the language ("ru…" for Russian, anything else for English).
func (t Text) In(language string) string {
	first, second := t.EN, t.RU
	if len(language) >= 2 && (language[:2] == "ru" || language[:2] == "RU") {
		first, second = t.RU, t.EN
	}
	if first == "" {
		return second
	}
	return first
}

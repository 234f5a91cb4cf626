package contact

// Category is why a person is texted. Consent and quiet hours are judged by it.
type Category string

// Categories.
const (
	Transactional Category = "transactional" // facts about the guest's own order
	Marketing     Category = "marketing"     // everything else; needs its own consent
)

// Categories lists every category.
func Categories() []Category { return []Category{Transactional, Marketing} }

// ParseCategory reads a category exactly as it is written above; the empty text is none.
func ParseCategory(text string) (Category, bool) {
	for _, c := range Categories() {
		if text == string(c) {
			return c, true
		}
	}
	return "", false
}

package adminapi

import "time"

// Page is one page of a list. Next is given as after to get the one that follows; empty: this was the last.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next" doc:"Give it as after for the next page; empty: this was the last."`
}

// Paging is how a list is walked. It is exported, as everything that a question embeds must be: huma does
// not look into embedded types that are not.
type Paging struct {
	After string `query:"after" maxLength:"200" doc:"next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

// Span is a time range; zero ends are open.
type Span struct {
	From time.Time `query:"from" doc:"At or after, RFC 3339."`
	To   time.Time `query:"to" doc:"Before, RFC 3339."`
}

// body is an answer or a question with a JSON body.
type body[T any] struct {
	Body T
}

// page answers with one page.
func page[T any](items []T, next string) *body[Page[T]] {
	if items == nil {
		items = []T{}
	}
	return &body[Page[T]]{Body: Page[T]{Items: items, Next: next}}
}

// answered wraps what is answered.
func answered[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{Body: v}, nil
}

// nothing is an empty answer, 204.
type nothing struct{}

// Money is an exact amount: Units whole ones and Nanos billionths, of the same sign.
type Money struct {
	Units    int64  `json:"units"`
	Nanos    int32  `json:"nanos"`
	Currency string `json:"currency" doc:"ISO 4217"`
}

// Words is a text in both languages.
type Words struct {
	RU string `json:"ru"`
	EN string `json:"en"`
}

// Finding is something to know or to do, in the language of the answer.
type Finding struct {
	Severity string `json:"severity" enum:"ok,info,warning,error"`
	Code     string `json:"code" doc:"What it is about, for programs: silent_restaurant, no_money, unknown_texts …"`
	Summary  string `json:"summary"`
	Cure     string `json:"cure,omitempty" doc:"What to do."`
	Link     string `json:"link,omitempty" doc:"The page of the screen where it is done: /accounts/main"`
	Field    string `json:"field,omitempty" doc:"The settings key it is about."`
}

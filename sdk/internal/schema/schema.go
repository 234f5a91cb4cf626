// Package schema turns a tagged configuration struct into the fields of a form, and the values of a
// filled-in form into that struct. It is the only place of the SDK that uses reflection.
//
//	type config struct {
//		APIKey sdk.Secret    `sdk:"api_key,required" en:"API key" ru:"Ключ API"`
//		Base   string        `sdk:"base_url,url,advanced" default:"https://…" en:"Address" ru:"Адрес"`
//		Mode   string        `sdk:"mode" choices:"fast|cheap" en_choices:"Fast|Cheap" ru_choices:"Быстро|Дёшево" en:… ru:…`
//		Wait   time.Duration `sdk:"wait" min:"1s" max:"10m" default:"5s" en:… ru:…`
//	}
//
// The first item of the sdk tag is the key; the others are required, advanced, url and phone. Further
// tags: en, ru (labels, both needed), default, min, max, pattern, choices, en_choices, ru_choices,
// placeholder, en_help, ru_help, en_group, ru_group, when ("other_key=value").
package schema

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// Kind is what a setting holds; the words are those of the wire.
type Kind string

// Kinds.
const (
	String   Kind = "STRING"
	Secret   Kind = "SECRET"
	Int      Kind = "INT"
	Bool     Kind = "BOOL"
	Enum     Kind = "ENUM"
	Duration Kind = "DURATION"
	URL      Kind = "URL"
	Phone    Kind = "PHONE"
	List     Kind = "LIST"
)

// Text is a text in both languages.
type Text struct {
	EN, RU string
}

// Field is one setting. Min and Max bound an INT's value, a DURATION in seconds, the number of a
// LIST's entries and the runes of anything else.
type Field struct {
	Key         string
	Kind        Kind
	Label       Text
	Help        Text
	Placeholder Text
	Group       Text
	Required    bool
	Advanced    bool
	Default     string
	Choices     []Choice
	Pattern     string
	Min, Max    *float64
	WhenKey     string // shown only when this setting …
	WhenValue   string // … has this value

	index  []int
	match  *regexp.Regexp
	target reflect.Type
}

// Choice is one value of an ENUM.
type Choice struct {
	Value string
	Label Text
}

// Schema is the settings of one configuration struct. It does not change after For and is safe for
// use by several goroutines.
type Schema struct {
	fields []Field
	keys   map[string]int
}

// Fields returns the settings in the order of the struct.
func (s *Schema) Fields() []Field { return slices.Clone(s.fields) }

// For reads the tags of the struct type C. S is the string type whose settings are write-only. The
// error lists every mistake; it is the author's, found by the first run of the plugin.
func For[C any, S ~string]() (*Schema, error) {
	config, secret := reflect.TypeFor[C](), reflect.TypeFor[S]()
	if config.Kind() != reflect.Struct {
		return nil, fmt.Errorf("the configuration must be a struct, not %v", config)
	}
	s := &Schema{keys: map[string]int{}}
	var faults []error
	for _, f := range reflect.VisibleFields(config) {
		field, err := readField(f, secret)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("field %s: %w", f.Name, err))
			continue
		case field.Key == "":
			continue
		}
		if _, taken := s.keys[field.Key]; taken {
			faults = append(faults, fmt.Errorf("field %s: the key %q is taken", f.Name, field.Key))
			continue
		}
		s.keys[field.Key] = len(s.fields)
		s.fields = append(s.fields, field)
	}
	for _, f := range s.fields {
		if _, known := s.keys[f.WhenKey]; f.WhenKey != "" && !known {
			faults = append(faults, fmt.Errorf("field with the key %q: when names the unknown key %q", f.Key, f.WhenKey))
		}
	}
	return s, errors.Join(faults...)
}

// readField returns a field without a key for what is no setting.
func readField(f reflect.StructField, secret reflect.Type) (Field, error) {
	tag, tagged := f.Tag.Lookup("sdk")
	switch {
	case f.Anonymous && f.Type.Kind() == reflect.Pointer:
		return Field{}, errors.New("settings cannot be embedded by pointer; embed the struct")
	case tag == "-" || f.Anonymous && !tagged:
		return Field{}, nil
	case !f.IsExported() && tagged:
		return Field{}, errors.New("a setting must be exported")
	case !f.IsExported():
		return Field{}, nil
	case !tagged:
		return Field{}, errors.New(`an exported field needs a tag sdk:"key", or sdk:"-" if it is no setting`)
	}
	field := Field{index: f.Index, target: f.Type}
	options := strings.Split(tag, ",")
	field.Key = options[0]
	if !wire.ValidKey(field.Key) {
		return Field{}, fmt.Errorf("the key %q is not of the form [a-z][a-z0-9_]{0,63}", field.Key)
	}
	kind, err := kindOf(f.Type, secret)
	if err != nil {
		return Field{}, err
	}
	field.Kind = kind
	for _, option := range options[1:] {
		if err := field.option(option); err != nil {
			return Field{}, err
		}
	}
	return field, field.tags(f.Tag)
}

func kindOf(t, secret reflect.Type) (Kind, error) {
	switch {
	case t == secret:
		return Secret, nil
	case t == reflect.TypeFor[time.Duration]():
		return Duration, nil
	case t.Kind() == reflect.String:
		return String, nil
	case t.Kind() == reflect.Bool:
		return Bool, nil
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64:
		return Int, nil
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String:
		return List, nil
	}
	return "", fmt.Errorf("a setting cannot be of type %v (string, Secret, bool, int…, time.Duration, []string can)", t)
}

func (f *Field) option(option string) error {
	switch {
	case option == "required" && f.Kind == Bool:
		return errors.New("a BOOL is never empty, so it cannot be required")
	case option == "required":
		f.Required = true
	case option == "advanced":
		f.Advanced = true
	case option == "url" && f.Kind == String:
		f.Kind = URL
	case option == "phone" && f.Kind == String:
		f.Kind = Phone
	default:
		return fmt.Errorf("the option %q does not suit a %s", option, f.Kind)
	}
	return nil
}

func (f *Field) tags(tag reflect.StructTag) error {
	f.Label = Text{tag.Get("en"), tag.Get("ru")}
	if f.Label.EN == "" || f.Label.RU == "" {
		return errors.New(`a setting needs a label in both languages: en:"…" ru:"…"`)
	}
	f.Help = Text{tag.Get("en_help"), tag.Get("ru_help")}
	f.Group = Text{tag.Get("en_group"), tag.Get("ru_group")}
	f.Placeholder = Text{tag.Get("placeholder"), tag.Get("placeholder")}
	f.Default, f.Pattern = tag.Get("default"), tag.Get("pattern")
	f.WhenKey, f.WhenValue, _ = strings.Cut(tag.Get("when"), "=")
	if f.Kind == Secret && f.Default != "" {
		return errors.New("a secret must not have a default")
	}
	var err error
	if f.match, err = regexp.Compile(`^(?:` + f.Pattern + `)$`); err != nil {
		return fmt.Errorf("pattern: %w", err)
	}
	if err := f.choices(tag); err != nil {
		return err
	}
	if f.Min, err = f.bound(tag.Get("min")); err != nil {
		return fmt.Errorf("min: %w", err)
	}
	if f.Max, err = f.bound(tag.Get("max")); err != nil {
		return fmt.Errorf("max: %w", err)
	}
	if f.Default == "" {
		return nil
	}
	if _, problem := f.parse(f.Default); problem != nil {
		return fmt.Errorf("default: %s", problem.Summary.EN)
	}
	return nil
}

func (f *Field) choices(tag reflect.StructTag) error {
	list := tag.Get("choices")
	if list == "" {
		return nil
	}
	if f.Kind != String {
		return fmt.Errorf("choices do not suit a %s", f.Kind)
	}
	f.Kind = Enum
	values := strings.Split(list, "|")
	en, ru := values, values
	if labels := tag.Get("en_choices"); labels != "" {
		en = strings.Split(labels, "|")
	}
	if labels := tag.Get("ru_choices"); labels != "" {
		ru = strings.Split(labels, "|")
	}
	if len(en) != len(values) || len(ru) != len(values) {
		return fmt.Errorf("%d choices have %d English and %d Russian labels", len(values), len(en), len(ru))
	}
	for i, value := range values {
		f.Choices = append(f.Choices, Choice{Value: value, Label: Text{en[i], ru[i]}})
	}
	return nil
}

func (f *Field) bound(text string) (*float64, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no bound
	}
	if f.Kind == Duration {
		d, err := time.ParseDuration(text)
		seconds := d.Seconds()
		return &seconds, err
	}
	if f.Kind == Bool || f.Kind == Enum {
		return nil, fmt.Errorf("a bound does not suit a %s", f.Kind)
	}
	n, err := strconv.ParseFloat(text, 64)
	return &n, err
}

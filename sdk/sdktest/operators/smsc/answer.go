package smsc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// field is one key of an answer; the order of keys is the operator's.
type field struct {
	name  string
	value any // string, int, int64, []any of []field
}

// result is what a call comes to.
type result struct {
	fields []field
	list   []any // of []field, instead of fields
	code   int   // of the error, if it is one
	abort  bool  // end the connection instead of answering
	after  func()
}

// refuse is the answer with an error.
func refuse(code int) result {
	words := map[int]string{
		1: "ошибка в параметрах", 2: "неверный логин или пароль", 3: "недостаточно средств", 4: "IP временно заблокирован",
		5: "неверный формат даты", 6: "сообщение запрещено", 7: "неверный формат номера", 8: "доставка на номер невозможна",
		9: "слишком частые одинаковые запросы",
	}[code]
	if words == "" {
		words = "ошибка"
	}
	return result{code: code, fields: []field{{"error", words}, {"error_code", code}}}
}

// summary is for the log: it holds neither numbers of phones nor texts.
func (a result) summary() string {
	switch {
	case a.abort:
		return "connection ended"
	case a.code != 0:
		return "error " + strconv.Itoa(a.code)
	}
	return "ok"
}

// write answers in the format and the charset that were asked for, bent by the magic passwords.
func (a result) write(w http.ResponseWriter, r *http.Request, password string) {
	if a.abort {
		panic(http.ErrAbortHandler) // net/http's way to end a connection without an answer
	}
	var body []byte
	switch password {
	case "maintenance":
		http.Error(w, "maintenance", http.StatusServiceUnavailable)
		return
	case "page":
		body = []byte("<html><body>Вход для клиентов</body></html>")
	case "empty":
	default:
		body = a.body(r.Form.Get("fmt"), password)
	}
	kind := "application/json; charset=utf-8"
	if r.Form.Get("fmt") != "3" {
		kind = "text/plain; charset=utf-8"
	}
	if r.Form.Get("charset") != "utf-8" {
		body, kind = windows1251(body), strings.Replace(kind, "utf-8", "windows-1251", 1)
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(body)
}

func (a result) body(format, password string) []byte {
	if format != "3" {
		return []byte(a.plain(format))
	}
	var text bytes.Buffer
	switch password {
	case "marked":
		text.WriteString("\ufeff")
	case "swapped":
		a.fields = swapped(a.fields)
	case "bare":
		a.fields = without(a.fields, "phones", "cost", "balance")
	}
	if a.list != nil {
		encode(&text, a.list)
	} else {
		encode(&text, a.fields)
	}
	if password == "cut" {
		return text.Bytes()[:text.Len()/2]
	}
	return text.Bytes()
}

// plain is fmt=1, numbers with commas, and fmt=0, words.
func (a result) plain(format string) string {
	get := func(name string) string {
		for _, f := range a.fields {
			if f.name == name {
				return fmt.Sprint(f.value)
			}
		}
		return ""
	}
	switch {
	case format == "1" && a.code != 0:
		id := get("id")
		if id == "" {
			id = "0"
		}
		return id + ",-" + strconv.Itoa(a.code)
	case format == "1":
		var values []string
		for _, f := range without(a.fields, "phones") {
			values = append(values, fmt.Sprint(f.value))
		}
		return strings.Join(values, ",")
	case a.code != 0 && get("id") != "":
		return fmt.Sprintf("ERROR = %d (%s), ID - %s", a.code, get("error"), get("id"))
	case a.code != 0:
		return fmt.Sprintf("ERROR = %d (%s)", a.code, get("error"))
	case get("id") != "":
		return fmt.Sprintf("OK - %s SMS, ID - %s", get("cnt"), get("id"))
	}
	return get("balance") + get("cost")
}

func without(fields []field, names ...string) []field {
	var kept []field
	for _, f := range fields {
		drop := false
		for _, name := range names {
			drop = drop || f.name == name
		}
		if !drop {
			kept = append(kept, f)
		}
	}
	return kept
}

// swapped makes strings of numbers and numbers of strings that hold one.
func swapped(fields []field) []field {
	var out []field
	for _, f := range fields {
		switch value := f.value.(type) {
		case int:
			f.value = strconv.Itoa(value)
		case string:
			if _, err := strconv.ParseFloat(value, 64); err == nil {
				f.value = json.Number(value)
			}
		}
		out = append(out, f)
	}
	return out
}

// encode writes JSON with the keys in order.
func encode(w io.Writer, value any) {
	switch v := value.(type) {
	case []field:
		separator := "{"
		for _, f := range v {
			_, _ = fmt.Fprintf(w, "%s%q:", separator, f.name)
			encode(w, f.value)
			separator = ","
		}
		_, _ = io.WriteString(w, "}")
	case []any:
		separator := ""
		_, _ = io.WriteString(w, "[")
		for _, one := range v {
			_, _ = io.WriteString(w, separator)
			encode(w, one)
			separator = ","
		}
		_, _ = io.WriteString(w, "]")
	default:
		data, _ := json.Marshal(v) // strings and numbers always marshal
		_, _ = w.Write(data)
	}
}

// windows1251 knows ASCII and the Russian letters; anything else becomes a question mark.
func windows1251(text []byte) []byte {
	var out []byte
	for _, r := range string(text) {
		switch {
		case r < 0x80:
			out = append(out, byte(r))
		case r >= 'А' && r <= 'я':
			out = append(out, byte(r-'А'+0xC0))
		default:
			out = append(out, '?')
		}
	}
	return out
}

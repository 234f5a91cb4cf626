package smsc

import (
	"net/http"
	"strings"
	"time"
)

// status answers status.php. With a comma in the phone or the id the answer is a list.
func (o *operator) status(r *http.Request) result {
	o.mu.Lock()
	defer o.mu.Unlock()
	phones, ids := list(r.Form.Get("phone")), list(r.Form.Get("id"))
	if len(phones) == 0 || len(phones) != len(ids) {
		return refuse(1)
	}
	if o.tooOften("status\n" + r.Form.Get("phone") + "\n" + r.Form.Get("id")) {
		return refuse(9)
	}
	asList := strings.Contains(r.Form.Get("phone"), ",") || strings.Contains(r.Form.Get("id"), ",")
	entries := []any{}
	for i, phone := range phones {
		fields := o.state(key{digits(phone), ids[i]})
		if asList {
			fields = append(fields, field{"id", identifier(ids[i])}, field{"phone", digits(phone)})
		}
		entries = append(entries, fields)
	}
	if asList {
		return result{list: entries}
	}
	return result{fields: entries[0].([]field)}
}

// state is where a message is by now.
func (o *operator) state(k key) []field {
	m, known := o.messages[k]
	if !known {
		return []field{{"status", statusNotFound}, {"last_date", ""}, {"last_timestamp", 0}}
	}
	changed, status := m.at, statusQueued
	switch age := o.options.Now().Sub(m.at); {
	case age >= 5*time.Second:
		changed, status = m.at.Add(5*time.Second), m.end
	case age >= 2*time.Second:
		changed, status = m.at.Add(2*time.Second), statusHanded
	}
	fields := []field{
		{"status", status},
		{"last_date", changed.UTC().Add(3 * time.Hour).Format("02.01.2006 15:04:05")}, // Moscow
		{"last_timestamp", changed.Unix()},
	}
	if status == m.end && status >= 20 {
		fields = append(fields, field{"err", m.cause})
	}
	return fields
}

// list takes a list apart; a comma at its end only says that it is one.
func list(text string) []string {
	text = strings.TrimSuffix(text, ",")
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

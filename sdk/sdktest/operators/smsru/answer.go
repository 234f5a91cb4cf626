package smsru

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// answer is what one call gets.
type answer struct {
	code    int
	fields  object
	lines   []string // in text mode, after the code
	fault   int      // the last three digits of a number that begins with 3, see the package comment
	reports bool     // there are delivery reports to post
}

func done(fields ...pair) answer { return answer{code: codeOK, fields: fields} }

func refused(code int) answer { return answer{code: code} }

// object is a JSON object that keeps its order, as sms.ru's does.
type object []pair

type pair struct {
	name  string
	value any
}

// MarshalJSON writes the pairs in order.
func (o object) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, p := range o {
		if i > 0 {
			out = append(out, ',')
		}
		name, _ := json.Marshal(p.name) // a string always marshals
		value, err := json.Marshal(p.value)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}

// roubles writes an amount as sms.ru does: 1000.0, 995.8, 4122.56.
func roubles(kopecks int) json.Number {
	text := fmt.Sprintf("%d.%02d", kopecks/100, kopecks%100)
	return json.Number(strings.TrimSuffix(text, "0"))
}

// words explains a code; in one case with an address, for the sake of its slashes.
func words(code int) string {
	if code == codeNoSender {
		return "Симулятор: нужно имя отправителя, https://sms.ru/?panel=senders"
	}
	return fmt.Sprintf("Симулятор: код %d", code)
}

func (a answer) json() []byte {
	all := object{{"status", "OK"}, {"status_code", a.code}}
	if a.code != codeOK {
		all = object{{"status", "ERROR"}, {"status_code", a.code}, {"status_text", words(a.code)}}
	}
	text, err := json.MarshalIndent(append(all, a.fields...), "", "    ")
	if err != nil { // only numbers and strings are in it
		return nil
	}
	return bytes.ReplaceAll(text, []byte("/"), []byte(`\/`))
}

func (a answer) text() []byte {
	return []byte(strings.Join(append([]string{strconv.Itoa(a.code)}, a.lines...), "\n"))
}

// write answers in sms.ru's manner, or as the fault wants it.
func (a answer) write(w http.ResponseWriter, r *http.Request, asJSON bool) {
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	body := a.text()
	if asJSON {
		header.Set("Content-Type", "application/json; charset=utf-8")
		body = a.json()
	}
	header.Set("Server", "CERN/3.0")
	header.Set("Sms-Api", "1")
	header.Set("Cache-Control", "no-store")
	if a.fault != 0 {
		a.spoil(w, r, body)
		return
	}
	_, _ = w.Write(body) // the client may have left
}

// spoil answers with the fault. The numbers are explained in the package comment.
func (a answer) spoil(w http.ResponseWriter, r *http.Request, body []byte) {
	header := w.Header()
	switch a.fault {
	case 1:
		header.Set("Content-Type", "text/html; charset=utf-8")
		body = []byte("<!DOCTYPE html><html><body>Технические работы</body></html>")
	case 2:
		body = nil
	case 3:
		w.WriteHeader(http.StatusNoContent)
		return
	case 4:
		body = body[:len(body)*2/3]
	case 5:
		body = append([]byte("\ufeff"), body...)
	case 6:
		reset(w)
		return
	case 7:
		header.Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		reset(w)
		return
	case 8:
		<-r.Context().Done()
		return
	case 9:
		_, _ = w.Write(body)
		_, _ = io.Copy(w, io.LimitReader(blanks{}, 12<<20))
		return
	case 10:
		http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
		return
	case 11:
		header.Set("Content-Type", "text/plain; charset=utf-8")
		body = a.text()
	default:
		header.Set("Content-Type", "text/html; charset=utf-8")
		if a.fault == http.StatusTooManyRequests || a.fault == http.StatusServiceUnavailable {
			header.Set("Retry-After", "30")
		}
		w.WriteHeader(a.fault)
		body = []byte(fmt.Sprintf("<html><body>%d</body></html>", a.fault))
	}
	_, _ = w.Write(body)
}

// blanks is endless white space, which is legal after JSON.
type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// reset breaks the connection, without a farewell where the network allows it.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // what net/http offers where the connection cannot be had
	}
	if tcp, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

package script

import (
	"time"

	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// Answers to an evaluation begin with one of these.
const (
	answerResults = 1
	answerNoSet   = 2 // the worker does not have the set that was asked for
)

// encodeResults writes the results of the first len(results) calls of a batch.
func encodeResults(results []rule.Result) []byte {
	w := &writer{buf: make([]byte, 0, 16+256*len(results))}
	w.buf = append(w.buf, answerResults)
	w.number(len(results))
	for i := range results {
		writeResult(w, &results[i])
	}
	return w.buf
}

func writeResult(w *writer, res *rule.Result) {
	w.flag(res.Err != nil)
	if res.Err != nil {
		w.text(string(res.Err.Kind))
		w.text(res.Err.Where)
		w.text(res.Err.Text)
		w.text(res.Err.RU)
	}
	w.text(res.Skip)
	w.number(len(res.Messages))
	for i := range res.Messages {
		m := &res.Messages[i]
		w.text(m.To)
		w.text(m.Text)
		w.text(m.Category)
		w.long(int64(m.ExpiresIn))
		w.text(m.Dedupe)
	}
	w.number(len(res.Log))
	for _, line := range res.Log {
		w.text(line)
	}
}

// decodeResults reads what encodeResults wrote; hasSet is false when the worker lacks the set.
func decodeResults(data []byte, calls int) (results []rule.Result, hasSet bool, err error) {
	if len(data) == 1 && data[0] == answerNoSet {
		return nil, false, nil
	}
	if len(data) == 0 || data[0] != answerResults {
		return nil, false, errWire
	}
	r := &reader{buf: data[1:]}
	n := r.count()
	if n > calls {
		return nil, false, errWire
	}
	results = make([]rule.Result, n)
	for i := range results {
		readResult(r, &results[i])
	}
	return results, true, r.end()
}

func readResult(r *reader, res *rule.Result) {
	if r.flag() {
		res.Err = &rule.Error{Kind: rule.ErrorKind(r.text()), Where: r.text(), Text: r.text(), RU: r.text()}
	}
	res.Skip = r.text()
	n := r.count()
	if n > maxMessages {
		r.fail()
		return
	}
	for range n {
		res.Messages = append(res.Messages, rule.Draft{
			To: r.text(), Text: r.text(), Category: r.text(), ExpiresIn: time.Duration(r.long()), Dedupe: r.text(),
		})
	}
	lines := r.count()
	if lines > maxLogLines+1 {
		r.fail()
		return
	}
	for range lines {
		res.Log = append(res.Log, r.text())
	}
}

func encodeLoad(version string, files []rule.File) []byte {
	w := &writer{}
	w.buf = append(w.buf, opLoad)
	w.text(version)
	w.number(len(files))
	for _, f := range files {
		w.text(f.Name)
		w.text(f.Version)
		w.text(f.Source)
	}
	return w.buf
}

func decodeLoad(data []byte) (version string, files []rule.File, err error) {
	r := &reader{buf: data}
	version = r.text()
	for range r.count() {
		files = append(files, rule.File{Name: r.text(), Version: r.text(), Source: r.text()})
	}
	return version, files, r.end()
}

func encodeLoaded(rules []rule.Rule, problems []Problem) []byte {
	w := &writer{}
	w.number(len(rules))
	for _, ru := range rules {
		w.text(ru.Name)
		w.text(ru.File)
		w.text(ru.Version)
		w.number(len(ru.On))
		for _, kind := range ru.On {
			w.text(string(kind))
		}
	}
	w.number(len(problems))
	for _, p := range problems {
		w.text(p.File)
		w.number(p.Line)
		w.number(p.Column)
		w.flag(p.Warning)
		w.text(string(p.Code))
		w.text(p.Detail)
		w.text(p.DetailRU)
	}
	return w.buf
}

func decodeLoaded(data []byte) (rules []rule.Rule, problems []Problem, err error) {
	r := &reader{buf: data}
	for range r.count() {
		ru := rule.Rule{Name: r.text(), File: r.text(), Version: r.text()}
		for range r.count() {
			ru.On = append(ru.On, order.Kind(r.text()))
		}
		rules = append(rules, ru)
	}
	for range r.count() {
		problems = append(problems, Problem{File: r.text(), Line: r.number(), Column: r.number(), Warning: r.flag(), Code: ProblemCode(r.text()), Detail: r.text(), DetailRU: r.text()})
	}
	return rules, problems, r.end()
}

package script

import (
	"strings"
	"unicode/utf8"
)

// scan checks a source before the engine's parser sees it: the parser calls itself for each bracket
// inside brackets, so a small file could use up its stack. It reads tokens only. What it mistakes (a
// regular expression for a division) costs a warning or leaves the wall to the worker process.
func scan(name, source string) []Problem {
	s := &scanner{file: name, src: source, line: 1}
	switch {
	case len(source) > MaxSource:
		s.fault(TooLarge, 0, "")
		return s.problems
	case !utf8.ValidString(source) || strings.ContainsRune(source, 0):
		s.fault(NotText, 0, "")
		return s.problems
	}
	s.run()
	return s.problems
}

type scanner struct {
	file, src string
	pos, line int
	open      []byte // brackets that are open; '`' is "${" inside a template
	value     bool   // the token before was a value, so that "/" divides
	dot       bool   // the token before was "."
	tooDeep   bool
	odd       bool
	problems  []Problem
}

const maxProblems = 20

func (s *scanner) fault(code ProblemCode, line int, detail string) { s.add(code, line, detail, false) }
func (s *scanner) warn(code ProblemCode, detail string)            { s.add(code, s.line, detail, true) }

func (s *scanner) add(code ProblemCode, line int, detail string, warning bool) {
	if len(s.problems) < maxProblems {
		s.problems = append(s.problems, Problem{File: s.file, Line: line, Code: code, Detail: detail, Warning: warning})
	}
}

func (s *scanner) peek(ahead int) byte {
	if s.pos+ahead < len(s.src) {
		return s.src[s.pos+ahead]
	}
	return 0
}

func (s *scanner) run() {
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		switch {
		case c == '\n':
			s.line++
			s.pos++
		case c == ' ' || c == '\t' || c == '\r':
			s.pos++
		case c == '/' && s.peek(1) == '/':
			s.skipLine()
		case c == '/' && s.peek(1) == '*':
			s.skipComment()
		case c == '/' && !s.value:
			s.regexp()
		case c == '"' || c == '\'':
			s.text(c)
		case c == '`':
			s.pos++
			s.template()
		case c >= '0' && c <= '9':
			s.number()
		case isWordStart(c):
			s.word()
		default:
			s.sign(c)
		}
	}
	if len(s.open) > 0 && !s.odd {
		s.warn(OddBrackets, "")
	}
}

func isWordStart(c byte) bool {
	return c == '_' || c == '$' || c == '#' || c == '\\' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

func isWordPart(c byte) bool { return isWordStart(c) || c >= '0' && c <= '9' }

func (s *scanner) skipLine() {
	end := strings.IndexByte(s.src[s.pos:], '\n')
	if end < 0 {
		s.pos = len(s.src)
		return
	}
	s.pos += end
}

func (s *scanner) skipComment() {
	body := s.src[s.pos:]
	if end := strings.Index(body[2:], "*/"); end >= 0 {
		body = body[:end+4]
	}
	s.line += strings.Count(body, "\n")
	s.pos += len(body)
}

// sign takes brackets and operators.
func (s *scanner) sign(c byte) {
	s.pos++
	s.value, s.dot = false, c == '.'
	switch c {
	case '(', '[', '{':
		s.push(c)
	case ')', ']':
		s.pop(c)
		s.value = true
	case '}':
		if len(s.open) > 0 && s.open[len(s.open)-1] == '`' {
			s.open = s.open[:len(s.open)-1]
			s.template()
			return
		}
		s.pop(c)
		s.value = true
	}
}

func (s *scanner) push(c byte) {
	s.open = append(s.open, c)
	if len(s.open) > MaxDepth && !s.tooDeep {
		s.tooDeep = true
		s.fault(TooDeep, s.line, "")
	}
}

func (s *scanner) pop(c byte) {
	pair := map[byte]byte{')': '(', ']': '[', '}': '{'}[c]
	if len(s.open) > 0 && s.open[len(s.open)-1] == pair {
		s.open = s.open[:len(s.open)-1]
		return
	}
	if !s.odd {
		s.odd = true
		s.warn(OddBrackets, "")
	}
}

func (s *scanner) text(quote byte) {
	s.pos++
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		switch c {
		case '\\':
			s.pos++
			if s.peek(0) == '\n' {
				s.line++
			}
		case '\n':
			s.value = true
			return // not closed; the parser will say so
		case quote:
			s.pos++
			s.value, s.dot = true, false
			return
		}
		s.pos++
	}
}

// template goes on inside a template literal up to its end or the next "${".
func (s *scanner) template() {
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		switch {
		case c == '\\':
			s.pos++
		case c == '\n':
			s.line++
		case c == '`':
			s.pos++
			s.value, s.dot = true, false
			return
		case c == '$' && s.peek(1) == '{':
			s.pos += 2
			s.push('`')
			s.value, s.dot = false, false
			return
		}
		s.pos++
	}
}

func (s *scanner) regexp() {
	start, class := s.pos, false
	s.pos++
	for s.pos < len(s.src) && s.src[s.pos] != '\n' {
		switch c := s.src[s.pos]; {
		case c == '\\':
			s.pos++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			s.pos++
			s.value, s.dot = true, false
			s.judge(s.src[start:s.pos])
			return
		}
		s.pos++
	}
}

// judge warns of what the engine does slowly or not at all.
func (s *scanner) judge(pattern string) {
	for _, sign := range []string{"(?=", "(?!", "(?<=", "(?<!", `\k<`} {
		if strings.Contains(pattern, sign) {
			s.warn(LookAround, sign)
			break
		}
	}
	for i := 0; i+1 < len(pattern); i++ {
		if pattern[i] != '\\' {
			continue
		}
		i++
		switch c := pattern[i]; {
		case c >= '1' && c <= '9':
			s.warn(LookAround, `\`+string(c))
		case (c == 'p' || c == 'P') && i+1 < len(pattern) && pattern[i+1] == '{':
			s.warn(UnicodeClass, "")
		}
	}
}

func (s *scanner) number() {
	start := s.pos
	for s.pos < len(s.src) && (isWordPart(s.src[s.pos]) || s.src[s.pos] == '.') {
		s.pos++
	}
	text := s.src[start:s.pos]
	if strings.HasSuffix(text, "n") {
		s.fault(BigInt, s.line, short(text, 40))
	}
	s.value, s.dot = true, false
}

func (s *scanner) word() {
	start := s.pos
	for s.pos < len(s.src) && isWordPart(s.src[s.pos]) {
		s.pos++
	}
	word, property := s.src[start:s.pos], s.dot || s.isKey()
	s.value, s.dot = !beforeExpression(word), false
	if property {
		s.value = true
		return
	}
	switch word {
	case "async", "await":
		s.fault(Async, s.line, word)
	case "console", "require", "setTimeout", "setInterval", "fetch", "Date", "Promise", "Intl", "eval",
		"Function", "import", "export", "process", "module", "window", "document", "XMLHttpRequest", "ArrayBuffer":
		s.warn(Unavailable, word)
	}
}

// isKey tells whether the word just read is a key of an object: "async: 1".
func (s *scanner) isKey() bool {
	rest := strings.TrimLeft(s.src[s.pos:], " \t\r\n")
	return strings.HasPrefix(rest, ":") && len(s.open) > 0 && s.open[len(s.open)-1] == '{'
}

// beforeExpression tells whether an expression follows the word, so that "/" after it begins a
// regular expression.
func beforeExpression(word string) bool {
	switch word {
	case "return", "typeof", "instanceof", "in", "of", "new", "delete", "void", "throw", "case", "do",
		"else", "yield", "await":
		return true
	default:
		return false
	}
}

// short cuts a text that people will read.
func short(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}

package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds on what the parser is given. Its time grows with the square of the number of keys and of the
// depth (measured: 16,000 open brackets take 0.4 s, 60,000 keys 13 s), while the lexer's is linear, so
// the tokens are counted first. A hundred restaurants with accounts are about 4,000 tokens.
const (
	maxTokens = 20_000
	maxDepth  = 32
)

// parse turns the file into its one mapping; nil when there is none or when a fault was reported.
func (r *reader) parse(body []byte) *ast.MappingNode {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if !r.checkLetters(body) {
		return nil
	}
	tokens := lexer.Tokenize(string(body))
	if !r.checkSize(tokens) {
		return nil
	}
	file, err := safeParse(tokens)
	if err != nil {
		r.syntaxFault(err, body)
		return nil
	}
	return r.onlyMapping(file)
}

// safeParse keeps a panic of the parser from taking the program down: the file is a person's typing.
func safeParse(tokens token.Tokens) (file *ast.File, err error) {
	defer func() {
		if recover() != nil {
			file, err = nil, errors.New("the parser gave up")
		}
	}()
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) // we report duplicates ourselves
}

func (r *reader) checkLetters(body []byte) bool {
	line, column := 1, 1
	for len(body) > 0 {
		letter, size := utf8.DecodeRune(body)
		switch {
		case letter == utf8.RuneError && size == 1:
			r.fileFault(line, column, Text{"файл не в кодировке UTF-8", "the file is not UTF-8"}, Text{
				RU: "Сохраните его как UTF-8 (в Блокноте: «Сохранить как», «Кодировка»)",
				EN: "Save it as UTF-8 (in Notepad: Save as, Encoding)",
			})
			return false
		case letter < ' ' && letter != '\n' && letter != '\r' && letter != '\t', letter == 0x7f:
			r.fileFault(line, column, Text{"в файле есть управляющий символ", "there is a control character in the file"},
				Text{"Удалите его", "Remove it"})
			return false
		case letter == '\n':
			line, column = line+1, 1
		default:
			column++
		}
		body = body[size:]
	}
	return true
}

func (r *reader) checkSize(tokens token.Tokens) bool {
	depth := 0
	for i, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
		if i < maxTokens && depth <= maxDepth {
			continue
		}
		r.fileFault(t.Position.Line, t.Position.Column,
			Text{"файл слишком велик или слишком глубоко вложен", "the file is too large or nested too deeply"},
			Text{
				RU: fmt.Sprintf("Допустимо %d элементов и %d вложенных скобок", maxTokens, maxDepth),
				EN: fmt.Sprintf("The limits are %d elements and %d nested brackets", maxTokens, maxDepth),
			})
		return false
	}
	return true
}

// syntaxFault reports what the parser refused. The parser's own text is not used: it quotes the file,
// which may hold secrets.
func (r *reader) syntaxFault(err error, body []byte) {
	line, column := 1, 1
	var known yaml.Error
	if errors.As(err, &known) && known.GetToken() != nil && known.GetToken().Position != nil {
		line, column = known.GetToken().Position.Line, known.GetToken().Position.Column
	}
	problem := Text{"это не YAML", "this is not YAML"}
	cure := Text{
		RU: "Проверьте отступы, двоеточия с пробелом и кавычки; ${ИМЯ} внутри фигурных скобок пишется в кавычках",
		EN: "Check indentation, colons followed by a space, and quotes; ${NAME} inside braces needs quotes",
	}
	if tabbed(body, line) {
		problem = Text{"отступ табуляцией", "the line is indented with a tab"}
		cure = Text{"В YAML отступы делаются пробелами", "YAML is indented with spaces"}
	}
	r.fileFault(line, column, problem, cure)
}

// tabbed tells whether the indentation of a line (from 1) has a tab.
func tabbed(body []byte, line int) bool {
	for range line - 1 {
		_, rest, ok := bytes.Cut(body, []byte("\n"))
		if !ok {
			return false
		}
		body = rest
	}
	indent := body[:len(body)-len(bytes.TrimLeft(body, " \t"))]
	return bytes.ContainsRune(indent, '\t')
}

// onlyMapping gives the mapping of a file that has one document; nil for an empty file.
func (r *reader) onlyMapping(file *ast.File) *ast.MappingNode {
	var root ast.Node
	for _, document := range file.Docs {
		switch {
		case document == nil || document.Body == nil:
			continue
		case root != nil:
			at := node{Node: document.Body}.place(r.file)
			r.fileFault(at.line, at.column, Text{"второй документ в файле", "a second document in the file"},
				Text{"Оставьте один: уберите строку «---»", "Keep one: remove the line \"---\""})
			return nil
		}
		root = document.Body
	}
	switch body := root.(type) {
	case nil:
		return nil
	case *ast.MappingNode:
		return body
	case *ast.NullNode, *ast.CommentGroupNode:
		return nil
	default:
		at := body.GetToken().Position
		r.fileFault(at.Line, at.Column, Text{"здесь должен быть ключ с двоеточием", "a key with a colon belongs here"},
			Text{
				RU: "Например: listen: " + defaultListen + "; после двоеточия пробел",
				EN: "For example: listen: " + defaultListen + "; a space follows the colon",
			})
		return nil
	}
}

func (r *reader) fileFault(line, column int, problem, cure Text) {
	r.faults = append(r.faults, Fault{Source: r.file, Line: line, Column: column, Problem: problem, Cure: cure})
}

// keyName gives a key as it is written; ok is false for keys that are not plain texts.
func keyName(key ast.Node) (string, bool) {
	switch k := key.(type) {
	case *ast.StringNode:
		return k.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode, *ast.InfinityNode, *ast.NanNode:
		return strings.TrimSpace(k.GetToken().Value), true
	default:
		return "", false
	}
}

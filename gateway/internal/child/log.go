package child

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/time/rate"
)

const (
	lineMax       = 8 << 10 // bytes of a line that are kept
	linesPerSec   = 100
	linesKept     = 40
	panicLines    = 30 // of a panic that are errors; the rest of its stack is for Debug
	lineKeptBytes = 500
)

// lineLog takes what a child writes and passes it on to our log: bounded, scrubbed, at its own level.
// Safe for concurrent use.
type lineLog struct {
	log   hclog.Logger
	hide  func(string) string
	limit *rate.Limiter

	mu      sync.Mutex
	kept    []string
	dropped int
	told    time.Time // when dropped lines were last reported
	panics  int       // lines since a panic began; 0: none has
}

// newLineLog makes a log; hide takes out what must not be shown.
func newLineLog(log hclog.Logger, hide func(string) string) *lineLog {
	return &lineLog{log: log, hide: hide, limit: rate.NewLimiter(linesPerSec, linesPerSec)}
}

// read takes lines until r ends. Whatever comes, it keeps reading, so that the child never blocks.
func (l *lineLog) read(r io.Reader) {
	reader, ok := r.(*bufio.Reader)
	if !ok {
		reader = bufio.NewReaderSize(r, lineMax)
	}
	cutShort := false
	for {
		line, err := reader.ReadSlice('\n')
		more := errors.Is(err, bufio.ErrBufferFull)
		if len(line) > 0 && !cutShort {
			l.line(bytes.TrimRight(line, "\r\n"), more)
		}
		cutShort = more
		if err != nil && !more {
			l.mu.Lock()
			l.reportDropped()
			l.mu.Unlock()
			return
		}
	}
}

// stray takes a text that is not a line of stderr.
func (l *lineLog) stray(text string) { l.line([]byte(text), false) }

// stream gives a writer for what go-plugin carries over: prints of the plugin after its start.
func (l *lineLog) stream(string) io.Writer { return writerFunc(l.write) }

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func (l *lineLog) write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		l.line(bytes.TrimRight(line, "\r\n"), len(line) > lineMax)
	}
	return len(p), nil
}

func (l *lineLog) line(raw []byte, cutShort bool) {
	if len(raw) == 0 {
		return
	}
	if len(raw) > lineMax {
		raw = raw[:lineMax]
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.limit.Allow() {
		l.dropped++
		return
	}
	if time.Since(l.told) >= time.Second {
		l.reportDropped()
	}

	level, text, pairs := parseLine(raw, l.hide)
	if level == hclog.NoLevel {
		text, level = strings.ToValidUTF8(string(raw), "�"), hclog.Debug
		if strings.HasPrefix(text, "panic: ") || strings.HasPrefix(text, "fatal error: ") {
			l.panics = 1
		}
		if l.panics > 0 && l.panics <= panicLines {
			level = hclog.Error
			l.panics++
		}
	}
	if cutShort {
		text += " … (cut)"
	}
	text = printable(l.hide(text))
	if l.panics <= panicLines {
		l.keep(text) // a stack must not push out what led to it
	}
	l.log.Log(level, text, pairs...)
}

func (l *lineLog) reportDropped() {
	if l.dropped > 0 {
		l.log.Warn("lines dropped, it writes too many", "count", l.dropped)
		l.dropped, l.told = 0, time.Now()
	}
}

func (l *lineLog) keep(text string) {
	if len(l.kept) == linesKept {
		l.kept = slices.Delete(l.kept, 0, 1)
	}
	l.kept = append(l.kept, cut(text, lineKeptBytes))
}

// last gives what was kept, oldest first.
func (l *lineLog) last() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.kept)
}

// tail gives the last n lines that say something: the head of a panic rather than its stack.
func (l *lineLog) tail(n int) []string {
	lines := l.last()
	for i, line := range lines {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			return lines[i:min(i+1, len(lines))]
		}
	}
	return lines[max(0, len(lines)-n):]
}

// parseLine reads a line of hclog's JSON; level NoLevel: it is none.
func parseLine(raw []byte, scrub func(string) string) (hclog.Level, string, []any) {
	if raw[0] != '{' {
		return hclog.NoLevel, "", nil
	}
	var entry map[string]any
	if json.Unmarshal(raw, &entry) != nil {
		return hclog.NoLevel, "", nil
	}
	name, _ := entry["@level"].(string)
	level := hclog.LevelFromString(name)
	text, ok := entry["@message"].(string)
	if level == hclog.NoLevel || !ok {
		return hclog.NoLevel, "", nil
	}
	var keys []string
	for key := range entry {
		if !strings.HasPrefix(key, "@") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	pairs := make([]any, 0, 2*len(keys))
	for _, key := range keys {
		value := entry[key]
		switch v := value.(type) {
		case string:
			value = printable(scrub(v))
		case map[string]any, []any:
			nested, _ := json.Marshal(v) // it came from JSON
			value = printable(scrub(string(nested)))
		case float64:
			value = scrub(strconv.FormatFloat(v, 'f', -1, 64))
		}
		pairs = append(pairs, printable(key), value)
	}
	return level, text, pairs
}

func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}

// printable takes out what could move a terminal's cursor or forge lines.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '·'
		}
		return r
	}, text)
}

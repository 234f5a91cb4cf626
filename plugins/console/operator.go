package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// remembered bounds the operator's memory, in texts; the oldest are forgotten.
const remembered = 10_000

// operator is the make-believe company: it numbers texts and knows which it has seen. It lives as
// long as the process; texts in an account's file are learnt again when the account is opened.
type operator struct {
	mu    sync.Mutex
	last  int
	texts map[string]text // by our id
	order []string        // oldest first
	full  bool            // some were forgotten
}

// text is one line of the file.
type text struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	To      string    `json:"to"`
	Text    string    `json:"text"`
	Account string    `json:"account"`
	N       int       `json:"n"` // the operator's id is console-N
}

func (t text) providerID() string { return fmt.Sprintf("console-%d", t.N) }

func newOperator() *operator { return &operator{texts: map[string]text{}} }

// take numbers a text. The same id gets the same number and is not fresh.
func (o *operator) take(account string, m sdk.Message, now time.Time) (t text, fresh bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if t, known := o.texts[m.ID]; known {
		return t, false
	}
	o.last++
	t = text{ID: m.ID, At: now, To: m.To, Text: m.Text, Account: account, N: o.last}
	o.remember(t)
	return t, true
}

// number gives out a number without remembering anything.
func (o *operator) number() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last++
	return o.last
}

func (o *operator) find(id string) (text, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t, known := o.texts[id]
	return t, known
}

// remember needs the lock.
func (o *operator) remember(t text) {
	if _, known := o.texts[t.ID]; !known {
		o.order = append(o.order, t.ID)
	}
	o.texts[t.ID] = t
	for len(o.order) > remembered {
		delete(o.texts, o.order[0])
		o.order, o.full = o.order[1:], true
	}
}

// forget takes texts back that were not printed. Their numbers stay used.
func (o *operator) forget(texts []text) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, t := range texts {
		delete(o.texts, t.ID)
		o.order = slices.DeleteFunc(o.order, func(id string) bool { return id == t.ID })
	}
}

// forgets tells whether texts were forgotten to make room for others.
func (o *operator) forgets() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.full
}

// learn reads a file of earlier texts, so that an id stays one text across restarts; there tells whether it
// exists, and torn whether its last line has no end. Lines that are not ours are passed over.
func (o *operator) learn(path string) (there, torn bool, err error) {
	file, err := os.Open(path) //nolint:gosec // the admin named it
	if errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	defer file.Close() //nolint:errcheck // only read
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := bufio.NewReader(file)
	for {
		line, err := lines.ReadBytes('\n')
		var t text
		if json.Unmarshal(line, &t) == nil && t.ID != "" && t.N > 0 {
			o.remember(t)
			o.last = max(o.last, t.N)
		}
		if errors.Is(err, io.EOF) {
			return true, len(line) > 0, nil
		}
		if err != nil {
			return true, false, err
		}
	}
}

package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
)

const (
	token = "tok-canary-4711"
	key   = "sign-canary-4712"
)

// beacon plays the operator on a good day. Its ids are made of ours, so that the suite can see whose
// is whose.
type beacon struct {
	mu   sync.Mutex
	seen map[string]bool // by ref
}

// ServeHTTP refuses a wrong token and takes every message.
func (b *beacon) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+token {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error":{"code":"token"}}`))
		return
	}
	var question struct {
		Messages []text   `json:"messages"`
		Refs     []string `json:"refs"`
	}
	_ = json.NewDecoder(r.Body).Decode(&question)
	b.mu.Lock()
	defer b.mu.Unlock()
	results := []map[string]any{}
	for _, m := range question.Messages {
		results = append(results, map[string]any{"ref": m.Ref, "id": "b-" + m.Ref, "segments": 1, "price": "2.85"})
		b.seen[m.Ref] = b.seen[m.Ref] || r.URL.Path == "/v1/messages"
	}
	slices.Reverse(results) // Beacon keeps no order
	for _, ref := range question.Refs {
		state := "absent"
		if b.seen[ref] {
			state = "delivered"
		}
		results = append(results, map[string]any{"ref": ref, "id": "b-" + ref, "state": state})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"results": results, "balance": 4122.56, "currency": "RUB", "senders": []string{"Cafe"}})
}

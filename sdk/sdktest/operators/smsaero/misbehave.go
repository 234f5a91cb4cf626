package smsaero

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// answer tells that the messages were taken, in the way that the first number's ending asks for.
func (s *Simulator) answer(w http.ResponseWriter, r *http.Request, taken []*message, several bool) {
	var all []map[string]any
	for _, m := range taken {
		all = append(all, m.fields(0))
	}
	switch ending(taken[0].Number) {
	case "0607":
		all[0]["number"] = "79991234567"
	case "0608":
		all[0]["id"], all[0]["number"] = strconv.Itoa(taken[0].ID), json.Number(taken[0].Number)
		all[0]["cost"], all[0]["status"], all[0]["from"] = "2.20", "0", 17
	case "0609":
		all[0]["id"] = nil
	}
	body := envelope(all, several)
	switch ending(taken[0].Number) {
	case "0600":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html><body>Sign in</body></html>")
	case "0601":
		say(w, http.StatusOK, body[:len(body)/2])
	case "0602":
		w.WriteHeader(http.StatusOK)
	case "0603":
		w.WriteHeader(http.StatusNoContent)
	case "0604":
		reset(w, "")
	case "0605":
		reset(w, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"+body[:20])
	case "0606":
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the caller has gone
		select {
		case <-r.Context().Done():
		case <-s.context.Done():
		}
		reset(w, "")
	case "0610":
		say(w, http.StatusOK, "\ufeff"+body)
	case "0611":
		say(w, http.StatusOK, body+strings.Repeat(" ", 2<<20))
	default:
		say(w, http.StatusOK, body)
	}
}

// envelope writes data as a list for a call with numbers, else as one object.
func envelope(all []map[string]any, several bool) string {
	answer := map[string]any{"success": true, "message": nil, "data": all[0]}
	if several {
		answer["data"] = all
	}
	body, _ := json.Marshal(answer) // of maps of plain values
	return string(body)
}

// reset writes the text as it is and ends the connection with RST.
func reset(w http.ResponseWriter, text string) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(conn, text)
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

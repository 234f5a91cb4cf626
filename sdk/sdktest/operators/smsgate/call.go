package smsgate

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// maxBody is the longest request taken; in bytes.
const maxBody = 1 << 20

// call is one request.
type call struct {
	w      http.ResponseWriter
	r      *http.Request
	path   string // without what a server has in front
	server bool   // called as a server, not as a phone
	secret string // the password that the caller has, or had for the token
}

func (c call) is(method, path string) bool { return c.r.Method == method && c.path == path }

func (c call) password() string {
	_, password, _ := c.r.BasicAuth()
	return password
}

// phones are the ids of those that there are.
func (c call) phones() []string {
	switch {
	case strings.Contains(c.secret, "nobody"):
		return nil
	case strings.Contains(c.secret, "several") && c.server:
		return []string{DeviceID, secondID}
	}
	return []string{DeviceID}
}

// body decodes the request; it answers by itself when that fails.
func (c call) body(into any) bool {
	if err := json.NewDecoder(io.LimitReader(c.r.Body, maxBody)).Decode(into); err != nil {
		c.fail(http.StatusBadRequest, "failed to parse body")
		return false
	}
	return true
}

func (c call) answer(status int, body any) {
	text, _ := json.Marshal(body) // of plain values
	c.say(status, string(text))
}

func (c call) fail(status int, message string) {
	c.answer(status, map[string]string{"message": message})
}

func (c call) say(status int, body string) {
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(status)
	_, _ = io.WriteString(c.w, body)
}

func (c call) page(status int) {
	c.w.Header().Set("Content-Type", "text/html")
	c.w.WriteHeader(status)
	_, _ = io.WriteString(c.w, "<html><body>Maintenance</body></html>")
}

// reset writes the text as it is and ends the connection with RST.
func (c call) reset(text string) {
	conn, _, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(conn, text)
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// health answers as a phone does; a server would tell of its database.
func (c call) health(password string) {
	if c.server {
		c.say(http.StatusOK, `{"status":"pass","version":"1.30.0","releaseId":932,"checks":{"db:ping":{"description":"Failed sequential pings count","observedValue":0,"status":"pass"}}}`)
		return
	}
	status, code, level, failed := "pass", http.StatusOK, 94, 0
	if strings.Contains(password, "empty") {
		status, code, level, failed = "fail", http.StatusInternalServerError, 8, 3
	}
	c.say(code, fmt.Sprintf(`{"status":%q,"version":"1.50.0","releaseId":90,"checks":{"battery:level":{"description":"Battery level in percent","observedUnit":"percent","observedValue":%d,"status":%q},`+
		`"messages:failed":{"description":"Failed messages for last hour","observedUnit":"messages","observedValue":%d,"status":%q}}}`, status, level, status, failed, status))
}

package exolve

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// reply tells that the message was taken, in the way that its ending asks for.
func (s *Simulator) reply(c call, m *message) {
	body := fmt.Sprintf(`{"message_id":"%d"}`, m.ID)
	switch ending(m.Destination) {
	case "0600":
		c.w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(c.w, "<html><body>Sign in</body></html>")
	case "0601":
		c.say(http.StatusOK, body[:len(body)/2])
	case "0602":
		c.w.WriteHeader(http.StatusOK)
	case "0603":
		c.w.WriteHeader(http.StatusNoContent)
	case "0604":
		reset(c.w, "")
	case "0605":
		reset(c.w, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"+body)
	case "0606":
		_, _ = io.Copy(io.Discard, c.r.Body) // only then does the server see that the caller has gone
		select {
		case <-c.r.Context().Done():
		case <-s.context.Done():
		}
		reset(c.w, "")
	case "0607":
		c.say(http.StatusOK, fmt.Sprintf(`{"message_id":"%d","error":{"code":3,"message":"Number does not exist"}}`, m.ID))
	case "0608":
		c.say(http.StatusOK, fmt.Sprintf(`{"message_id":%d,"template_resource_id":136519}`, m.ID))
	case "0609":
		c.say(http.StatusOK, `{"message_id":null}`)
	case "0610":
		c.say(http.StatusOK, "\ufeff"+body)
	case "0611":
		c.say(http.StatusOK, body+strings.Repeat(" ", 2<<20))
	default:
		c.say(http.StatusOK, body)
	}
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

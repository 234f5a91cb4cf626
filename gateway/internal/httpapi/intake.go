package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// What the intake answers as status.
const (
	answerStored      = "stored"
	answerDuplicate   = "duplicate"
	answerQuarantined = "quarantined"
)

// emptyBody is the note of an event without a body where there is no Check, which has better words.
const emptyBody = "the body is empty"

// postEvent stores a posting of the cash server and answers after it is on disk. A body that is not
// understood is stored all the same, as quarantined, and answered 200: an error would make the cash
// server hold back everything behind it. Nothing else is decided here.
func (s *Server) postEvent(c echo.Context) error {
	from, err := s.originOf(c)
	if err != nil {
		return err
	}
	body, err := readBody(c.Response(), c.Request(), s.opt.MaxBody)
	if err != nil {
		return err
	}
	event := kds.Event{
		Source:     from.source,
		Restaurant: from.restaurant,
		Body:       body,
		Key:        kds.KeyOf(body),
		Status:     kds.Stored,
		ReceivedAt: s.opt.Now(),
	}
	status := answerStored
	if note := s.objection(body); note != "" {
		event.Status, event.Note, status = kds.Quarantined, note, answerQuarantined
	}
	id, duplicate, err := s.store(c.Request().Context(), event)
	if err != nil {
		return &problem.Refusal{Code: problem.StoreUnavailable, Retry: retryAfter, Cause: err}
	}
	if duplicate {
		status = answerDuplicate
	}
	answerEvent(c.Response(), status, id)
	return nil
}

// store stores the event even if the sender has hung up meanwhile: it came whole, so it counts.
func (s *Server) store(ctx context.Context, event kds.Event) (string, bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	return s.opt.Events.AddEvent(ctx, event)
}

// longestNote bounds what is kept of a refusal, in bytes.
const longestNote = 500

// objection says why a body is not understood; empty when it is. A panic of the check must not lose
// the event that caused it.
func (s *Server) objection(body []byte) (note string) {
	defer func() {
		if cause := recover(); cause != nil {
			note = fmt.Sprintf("reading the body panicked (%T)", cause)
			s.log.Error("reading a body panicked; the event is kept as quarantined", "cause", fmt.Sprintf("%T", cause))
		}
	}()
	if s.opt.Check == nil {
		if len(body) == 0 {
			return emptyBody
		}
		return ""
	}
	if err := s.opt.Check(body); err != nil {
		return bounded(err.Error())
	}
	return ""
}

func bounded(note string) string {
	if note == "" {
		return "the body is not understood"
	}
	if len(note) <= longestNote {
		return note
	}
	cut := longestNote
	for cut > 0 && note[cut]&0xC0 == 0x80 { // not inside a letter
		cut--
	}
	return note[:cut] + "…"
}

// answerEvent writes the answer by hand: this is the one hot path.
func answerEvent(w http.ResponseWriter, status, id string) {
	answer := make([]byte, 0, 96)
	answer = append(answer, `{"status":"`...)
	answer = append(answer, status...)
	answer = append(answer, `","event_id":`...)
	answer = strconv.AppendQuoteToASCII(answer, id) // a ULID: nothing in it needs JSON's own escapes
	answer = append(answer, '}', '\n')
	w.Header()["Content-Type"] = valueJSON
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(answer) // it is stored; who is gone will send it again and hear "duplicate"
}

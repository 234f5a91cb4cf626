package script

import (
	"bytes"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// Requests begin with one of these.
const (
	opLoad = 1
	opEval = 2
)

// evalRequest is a batch of calls of one set.
type evalRequest struct {
	version string
	calls   []rule.Call
}

func encodeEval(version string, calls []rule.Call) []byte {
	w := &writer{buf: make([]byte, 0, 64+512*len(calls))}
	w.buf = append(w.buf, opEval)
	w.text(version)
	w.number(len(calls))
	scene, previous := &writer{}, []byte(nil)
	for i := range calls {
		c := &calls[i]
		w.text(c.Rule)
		writeChange(w, &c.Change)
		scene.buf = scene.buf[:0]
		writeScene(scene, c)
		// Several rules on several changes of one event share order and snapshot.
		same := i > 0 && bytes.Equal(scene.buf, previous)
		w.flag(same)
		if !same {
			w.bytes(scene.buf)
			previous = append(previous[:0], scene.buf...)
		}
	}
	return w.buf
}

func decodeEval(data []byte) (evalRequest, error) {
	r := &reader{buf: data}
	request := evalRequest{version: r.text()}
	n := r.count()
	if n > MaxBatch {
		return evalRequest{}, errWire
	}
	request.calls = make([]rule.Call, n)
	for i := range request.calls {
		c := &request.calls[i]
		c.Rule = r.text()
		readChange(r, &c.Change)
		switch same := r.flag(); {
		case same && i == 0:
			r.fail()
		case same:
			c.Order, c.Snapshot = request.calls[i-1].Order, request.calls[i-1].Snapshot
		default:
			scene := &reader{buf: r.bytes()}
			readScene(scene, c)
			if scene.end() != nil {
				r.fail()
			}
		}
	}
	return request, r.end()
}

func writeChange(w *writer, c *order.Change) {
	w.text(string(c.Kind))
	w.number(int(c.Stage))
	w.number(int(c.Before))
	w.flag(c.Passed)
	w.flag(c.First)
	w.text(c.Dish)
}

func readChange(r *reader, c *order.Change) {
	c.Kind = order.Kind(r.text())
	c.Stage, c.Before = readStage(r), readStage(r)
	c.Passed, c.First = r.flag(), r.flag()
	c.Dish = r.text()
}

func readStage(r *reader) order.Stage {
	n := r.number()
	if n < int(order.None) || n > int(order.Collected) {
		r.fail()
		return order.None
	}
	return order.Stage(n) //nolint:gosec // checked above
}

// writeScene writes what rules see of order and snapshot, and nothing else.
func writeScene(w *writer, c *rule.Call) {
	o, s := &c.Order, &c.Snapshot
	w.text(o.ID)
	w.text(o.Name)
	w.text(o.Table)
	w.text(o.Type)
	w.number(int(o.Stage))
	shown := 0
	for i := range o.Dishes {
		if isShown(&o.Dishes[i]) {
			shown++
		}
	}
	w.number(shown)
	for i := range o.Dishes {
		if d := &o.Dishes[i]; isShown(d) {
			w.text(d.ID)
			w.text(d.Name)
			w.long(d.Quantity)
			w.number(int(d.Stage))
		}
	}
	zone, offset := s.Now.Zone()
	w.long(s.Now.UnixMicro())
	w.text(zone)
	w.number(offset)
	w.text(s.Restaurant.Code)
	w.text(s.Restaurant.Name)
	w.text(s.Number)
	w.text(s.Phone)
	w.text(s.Language)
	w.flag(s.Settings.Enabled)
	w.number(int(s.Settings.Stage))
	w.text(s.Settings.Template)
	w.long(int64(s.Settings.Expires))
}

// isShown tells whether a line is a dish of the order in the eyes of a guest.
func isShown(d *order.Dish) bool { return d.Skip == "" || d.Skip == order.OffScreen }

func readScene(r *reader, c *rule.Call) {
	o, s := &c.Order, &c.Snapshot
	o.ID, o.Name, o.Table, o.Type = r.text(), r.text(), r.text(), r.text()
	o.Stage = readStage(r)
	o.Dishes = make([]order.Dish, r.count())
	for i := range o.Dishes {
		o.Dishes[i] = order.Dish{ID: r.text(), Name: r.text(), Quantity: r.long(), Stage: readStage(r)}
	}
	micros, zone, offset := r.long(), r.text(), r.number()
	s.Now = time.UnixMicro(micros).In(time.FixedZone(zone, offset))
	s.Restaurant = rule.Restaurant{Code: r.text(), Name: r.text()}
	s.Number, s.Phone, s.Language = r.text(), r.text(), r.text()
	s.Settings.Enabled = r.flag()
	s.Settings.Stage = readStage(r)
	s.Settings.Template, s.Settings.Expires = r.text(), time.Duration(r.long())
}

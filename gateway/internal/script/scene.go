package script

import (
	"time"

	"github.com/dop251/goja"

	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// record is a read-only object over Go values: a field becomes a value of the engine when a script
// reads it. Writing and deleting throw, since rules run in strict mode.
type record struct {
	ev     *evaluation
	fields []string
	read   func(key string) goja.Value // nil: no such field
	kept   map[string]goja.Value       // objects that were read, so that they are equal to themselves
}

// Get implements goja.DynamicObject.
func (r *record) Get(key string) goja.Value {
	if v, ok := r.kept[key]; ok {
		return v
	}
	v := r.read(key)
	if _, isObject := v.(*goja.Object); isObject {
		if r.kept == nil {
			r.kept = map[string]goja.Value{}
		}
		r.kept[key] = v
	}
	return v
}

// Has implements goja.DynamicObject.
func (r *record) Has(key string) bool {
	for _, field := range r.fields {
		if field == key {
			return true
		}
	}
	return false
}

// Set implements goja.DynamicObject: it refuses.
func (r *record) Set(key string, _ goja.Value) bool { panic(r.ev.readOnly(key)) }

// Delete implements goja.DynamicObject: it refuses.
func (r *record) Delete(key string) bool { panic(r.ev.readOnly(key)) }

func (ev *evaluation) readOnly(what any) *goja.Object {
	return ev.typeError("%v нельзя изменить: правило ничего не меняет, оно возвращает сообщения", "%v cannot be changed: a rule changes nothing, it returns messages", what)
}

// Keys implements goja.DynamicObject.
func (r *record) Keys() []string { return r.fields }

// list is a read-only array.
type list struct {
	ev     *evaluation
	length int
	read   func(i int) goja.Value
	kept   []goja.Value
}

// Len implements goja.DynamicArray.
func (l *list) Len() int { return l.length }

// Get implements goja.DynamicArray.
func (l *list) Get(i int) goja.Value {
	if i < 0 || i >= l.length {
		return nil
	}
	if l.kept == nil {
		l.kept = make([]goja.Value, l.length)
	}
	if l.kept[i] == nil {
		l.kept[i] = l.read(i)
	}
	return l.kept[i]
}

// Set implements goja.DynamicArray: it refuses.
func (l *list) Set(i int, _ goja.Value) bool { panic(l.ev.readOnly(i)) }

// SetLen implements goja.DynamicArray: it refuses.
func (l *list) SetLen(int) bool { panic(l.ev.readOnly("length")) }

func (ev *evaluation) record(fields []string, read func(string) goja.Value) goja.Value {
	return ev.rt.NewDynamicObject(&record{ev: ev, fields: fields, read: read})
}

// fieldsOf names the fields of each object that rules see. types/orderbell.d.ts declares the same; a
// test compares the two.
var (
	changeFields     = [...]string{"kind", "stage", "before", "passed", "first", "dish", "order", "restaurant"}
	orderFields      = [...]string{"id", "number", "name", "table", "type", "stage", "guest", "dishes"}
	guestFields      = [...]string{"phone", "language"}
	dishFields       = [...]string{"name", "quantity", "stage"}
	restaurantFields = [...]string{"code", "name"}
	contextFields    = [...]string{"now", "settings", "skip"}
	nowFields        = [...]string{"iso", "date", "time", "year", "month", "day", "hour", "minute", "second", "weekday"}
	settingsFields   = [...]string{"enabled", "stage", "template", "expires"}
)

func (ev *evaluation) text(s string) goja.Value { return ev.rt.ToValue(s) }

func (ev *evaluation) stage(s order.Stage) goja.Value { return ev.rt.ToValue(s.String()) }

func (ev *evaluation) flag(b bool) goja.Value { return ev.rt.ToValue(b) }

func (ev *evaluation) number(n int) goja.Value { return ev.rt.ToValue(n) }

func (ev *evaluation) change() goja.Value {
	c := &ev.call.Change
	return ev.record(changeFields[:], func(key string) goja.Value {
		switch key {
		case "kind":
			return ev.text(string(c.Kind))
		case "stage":
			return ev.stage(c.Stage)
		case "before":
			return ev.stage(c.Before)
		case "passed":
			return ev.flag(c.Passed)
		case "first":
			return ev.flag(c.First)
		case "dish":
			return ev.changedDish(c.Dish)
		case "order":
			return ev.orderRecord(&ev.call.Order)
		case "restaurant":
			return ev.restaurant(&ev.call.Snapshot.Restaurant)
		}
		return nil
	})
}

func (ev *evaluation) changedDish(id string) goja.Value {
	for i := range ev.call.Order.Dishes {
		if d := &ev.call.Order.Dishes[i]; id != "" && d.ID == id {
			return ev.dish(d)
		}
	}
	return goja.Null()
}

func (ev *evaluation) orderRecord(o *order.Order) goja.Value {
	return ev.record(orderFields[:], func(key string) goja.Value {
		switch key {
		case "id":
			return ev.text(o.ID)
		case "number":
			return ev.text(ev.call.Snapshot.Number)
		case "name":
			return ev.text(o.Name)
		case "table":
			return ev.text(o.Table)
		case "type":
			return ev.text(o.Type)
		case "stage":
			return ev.stage(o.Stage)
		case "guest":
			return ev.guest(&ev.call.Snapshot)
		case "dishes":
			return ev.rt.NewDynamicArray(&list{ev: ev, length: len(o.Dishes), read: func(i int) goja.Value { return ev.dish(&o.Dishes[i]) }})
		}
		return nil
	})
}

func (ev *evaluation) guest(s *rule.Snapshot) goja.Value {
	return ev.record(guestFields[:], func(key string) goja.Value {
		switch key {
		case "phone":
			if s.Phone == "" {
				return goja.Null()
			}
			return ev.text(s.Phone)
		case "language":
			return ev.text(s.Language)
		}
		return nil
	})
}

func (ev *evaluation) dish(d *order.Dish) goja.Value {
	const thousandths = 1000
	return ev.record(dishFields[:], func(key string) goja.Value {
		switch key {
		case "name":
			return ev.text(d.Name)
		case "quantity":
			if d.Quantity%thousandths == 0 {
				return ev.rt.ToValue(d.Quantity / thousandths)
			}
			return ev.rt.ToValue(float64(d.Quantity) / thousandths)
		case "stage":
			return ev.stage(d.Stage)
		}
		return nil
	})
}

func (ev *evaluation) restaurant(r *rule.Restaurant) goja.Value {
	return ev.record(restaurantFields[:], func(key string) goja.Value {
		switch key {
		case "code":
			return ev.text(r.Code)
		case "name":
			return ev.text(r.Name)
		}
		return nil
	})
}

func (ev *evaluation) context() goja.Value {
	s := &ev.call.Snapshot
	return ev.record(contextFields[:], func(key string) goja.Value {
		switch key {
		case "now":
			return ev.now(s.Now)
		case "settings":
			return ev.settings(&s.Settings)
		case "skip":
			return ev.rt.ToValue(ev.skip)
		}
		return nil
	})
}

func (ev *evaluation) now(t time.Time) goja.Value {
	return ev.record(nowFields[:], func(key string) goja.Value {
		switch key {
		case "iso":
			return ev.text(t.Format(time.RFC3339))
		case "date":
			return ev.text(t.Format(time.DateOnly))
		case "time":
			return ev.text(t.Format("15:04"))
		case "year":
			return ev.number(t.Year())
		case "month":
			return ev.number(int(t.Month()))
		case "day":
			return ev.number(t.Day())
		case "hour":
			return ev.number(t.Hour())
		case "minute":
			return ev.number(t.Minute())
		case "second":
			return ev.number(t.Second())
		case "weekday":
			return ev.number((int(t.Weekday())+6)%7 + 1)
		}
		return nil
	})
}

func (ev *evaluation) settings(n *rule.Notifications) goja.Value {
	return ev.record(settingsFields[:], func(key string) goja.Value {
		switch key {
		case "enabled":
			return ev.flag(n.Enabled)
		case "stage":
			return ev.stage(n.Stage)
		case "template":
			return ev.text(n.Template)
		case "expires":
			return ev.text(formatDuration(n.Expires))
		}
		return nil
	})
}

// formatDuration gives what readDuration reads, without "0s" at the end: "20m".
func formatDuration(d time.Duration) string {
	if d <= 0 {
		d = 0
	}
	text := d.Round(time.Second).String()
	for _, tail := range []string{"m0s", "h0m"} {
		if len(text) > len(tail) && text[len(text)-len(tail):] == tail {
			text = text[:len(text)-2]
		}
	}
	return text
}

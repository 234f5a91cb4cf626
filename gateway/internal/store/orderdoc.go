package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

// An order is read and written for each event, so it is not kept as JSON, which takes ten times as
// long to read. Its document is the letter docVersion and then its fields, each as one byte, the
// field's number and its kind, and the value: a signed varint, or a length and so many bytes. Zero
// values are left out. A reader passes over fields whose numbers it does not know, so fields may be
// added; a number is never used for another meaning. ID and Ref are not in the document: the
// columns have them, also those names that the last event did not repeat.
const docVersion = 'A'

// Kinds of a field, the lowest bit of its byte.
const (
	docNumber = 0
	docBytes  = 1
)

// Fields of an order.
const (
	orderRestaurant = 1 + iota
	orderName
	orderSeq
	orderTable
	orderType
	orderDishes
	orderState
	orderFinished
	orderDeleted
	orderReturn
	orderEmpty
	orderStage
	orderPeak
	orderOccurred
	orderReceived
	orderBehind
)

// Fields of a dish.
const (
	dishID = 1 + iota
	dishName
	dishQuantity
	dishState
	dishStage
	dishPeak
	dishSkip
	dishParts
)

// errDoc says that a document is not one that appendOrder wrote.
var errDoc = errors.New("the document is damaged")

func appendOrder(b []byte, o *order.Order) []byte {
	b = append(b, docVersion)
	b = appendText(b, orderRestaurant, o.Restaurant)
	b = appendText(b, orderName, o.Name)
	b = appendText(b, orderSeq, o.Seq)
	b = appendText(b, orderTable, o.Table)
	b = appendText(b, orderType, o.Type)
	b = appendDishes(b, orderDishes, o.Dishes)
	b = appendNumber(b, orderState, int64(o.State))
	b = appendNumber(b, orderFinished, bit(o.Finished))
	b = appendNumber(b, orderDeleted, bit(o.Deleted))
	b = appendNumber(b, orderReturn, bit(o.Return))
	b = appendNumber(b, orderEmpty, bit(o.Empty))
	b = appendNumber(b, orderStage, int64(o.Stage))
	b = appendNumber(b, orderPeak, int64(o.Peak))
	b = appendNumber(b, orderOccurred, o.OccurredMicros)
	b = appendNumber(b, orderReceived, o.ReceivedMicros)
	return appendNumber(b, orderBehind, o.BehindMicros)
}

func appendDish(b []byte, d *order.Dish) []byte {
	b = appendText(b, dishID, d.ID)
	b = appendText(b, dishName, d.Name)
	b = appendNumber(b, dishQuantity, d.Quantity)
	b = appendNumber(b, dishState, int64(d.State))
	b = appendNumber(b, dishStage, int64(d.Stage))
	b = appendNumber(b, dishPeak, int64(d.Peak))
	b = appendText(b, dishSkip, string(d.Skip))
	return appendDishes(b, dishParts, d.Parts)
}

func appendText(b []byte, field byte, text string) []byte {
	if text == "" {
		return b
	}
	b = append(b, field<<1|docBytes)
	b = binary.AppendUvarint(b, uint64(len(text)))
	return append(b, text...)
}

func appendNumber(b []byte, field byte, n int64) []byte {
	if n == 0 {
		return b
	}
	return binary.AppendVarint(append(b, field<<1|docNumber), n)
}

// appendDishes writes the count of the lines, so that a reader makes room once, and each with its length.
func appendDishes(b []byte, field byte, dishes []order.Dish) []byte {
	if len(dishes) == 0 {
		return b
	}
	b = append(b, field<<1|docBytes)
	all := len(b)
	b = binary.AppendUvarint(b, uint64(len(dishes)))
	for i := range dishes {
		one := len(b)
		b = prefixLength(appendDish(b, &dishes[i]), one)
	}
	return prefixLength(b, all)
}

// prefixLength puts the length of what follows start before it.
func prefixLength(b []byte, start int) []byte {
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(len(b)-start))
	b = append(b, length[:n]...)
	copy(b[start+n:], b[start:])
	copy(b[start:], length[:n])
	return b
}

// parseOrder reads what appendOrder wrote into o, whose other fields it leaves alone. The texts of o
// share the memory of doc.
func parseOrder(doc string, o *order.Order) error {
	if doc == "" || doc[0] != docVersion {
		return fmt.Errorf("%w: it does not begin with %q", errDoc, docVersion)
	}
	r := docReader{rest: doc[1:]}
	for r.more() {
		switch r.field {
		case orderRestaurant:
			o.Restaurant = r.text
		case orderName:
			o.Name = r.text
		case orderSeq:
			o.Seq = r.text
		case orderTable:
			o.Table = r.text
		case orderType:
			o.Type = r.text
		case orderDishes:
			o.Dishes = r.dishes()
		case orderState:
			o.State = order.State(r.small())
		case orderFinished:
			o.Finished = r.number != 0
		case orderDeleted:
			o.Deleted = r.number != 0
		case orderReturn:
			o.Return = r.number != 0
		case orderEmpty:
			o.Empty = r.number != 0
		case orderStage:
			o.Stage = order.Stage(r.small())
		case orderPeak:
			o.Peak = order.Stage(r.small())
		case orderOccurred:
			o.OccurredMicros = r.number
		case orderReceived:
			o.ReceivedMicros = r.number
		case orderBehind:
			o.BehindMicros = r.number
		}
	}
	return r.err
}

func parseDish(doc string, d *order.Dish) error {
	r := docReader{rest: doc}
	for r.more() {
		switch r.field {
		case dishID:
			d.ID = r.text
		case dishName:
			d.Name = r.text
		case dishQuantity:
			d.Quantity = r.number
		case dishState:
			d.State = order.State(r.small())
		case dishStage:
			d.Stage = order.Stage(r.small())
		case dishPeak:
			d.Peak = order.Stage(r.small())
		case dishSkip:
			d.Skip = order.SkipCause(r.text)
		case dishParts:
			d.Parts = r.dishes()
		}
	}
	return r.err
}

// docReader goes through the fields of a document; the first fault ends it and stays in err.
type docReader struct {
	rest   string
	field  byte
	number int64  // of a field of kind docNumber, else 0
	text   string // of a field of kind docBytes, else empty
	err    error
}

// more reads the next field; false at the end or after a fault.
func (r *docReader) more() bool {
	if r.err != nil || r.rest == "" {
		return false
	}
	tag := r.rest[0]
	r.rest = r.rest[1:]
	r.field, r.number, r.text = tag>>1, 0, ""
	n := r.uvarint()
	if tag&1 == docNumber {
		r.number = int64(n>>1) ^ -int64(n&1) //nolint:gosec // the coding of binary.AppendVarint
	} else {
		r.text = r.take(n)
	}
	return r.err == nil
}

func (r *docReader) uvarint() uint64 {
	var n uint64
	for i := range min(len(r.rest), binary.MaxVarintLen64) {
		c := r.rest[i]
		if i == binary.MaxVarintLen64-1 && c > 1 {
			break // more than 64 bits
		}
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return n
		}
	}
	r.fail("a number does not end")
	return 0
}

func (r *docReader) take(n uint64) string {
	if n > uint64(len(r.rest)) {
		r.fail("it ends too early")
		return ""
	}
	text := r.rest[:n]
	r.rest = r.rest[n:]
	return text
}

// small gives a number that has to fit a byte.
func (r *docReader) small() uint8 {
	if r.number < 0 || r.number > 255 {
		r.fail("a state is out of range")
		return 0
	}
	return uint8(r.number)
}

// dishes reads the lines in the present field.
func (r *docReader) dishes() []order.Dish {
	list := docReader{rest: r.text}
	n := list.uvarint()
	if n > uint64(len(list.rest)) { // each line has a byte at least: its length
		list.fail("it has fewer lines than it says")
	}
	if n == 0 || list.err != nil {
		r.err = list.err
		return nil
	}
	dishes := make([]order.Dish, n)
	for i := range dishes {
		line := list.take(list.uvarint())
		if list.err == nil {
			list.err = parseDish(line, &dishes[i])
		}
		if list.err != nil {
			r.err = list.err
			return nil
		}
	}
	return dishes
}

func (r *docReader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", errDoc, what)
	}
	r.rest = ""
}

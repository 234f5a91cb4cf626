package lunch

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
)

var menu = []string{"Борщ", "Стейк", "Салат «Цезарь»", "Плов", "Уха", "Сырники", "Паста", "Котлета по-киевски", "Окрошка", "Морс"}

var kdsNumbers = map[string]string{"sent": "1", "started": "2", "ready": "3", "taken": "4", "collect": "5", "collected": "6", "removed": "9"}

// ticket is one order as the cash server knows it.
type ticket struct {
	number, guid, visit string
	seq, version        int
	story               string
	dishes              []string
	deleted, finished   bool
}

func (m *maker) newTicket(i int, story string) *ticket {
	o := &ticket{
		number: fmt.Sprintf("%d.%d", 1+i%20, 1+i/20),
		guid:   fmt.Sprintf("%08X-%04X-4%03X-8%03X-%012X", m.rnd.Uint32(), m.rnd.Uint32N(1<<16), m.rnd.Uint32N(1<<12), m.rnd.Uint32N(1<<12), m.rnd.Uint64N(1<<48)),
		visit:  fmt.Sprint(640000000 + m.rnd.IntN(900000)),
		seq:    100 + i, story: story,
	}
	for range 1 + m.rnd.IntN(4) {
		o.dishes = append(o.dishes, menu[m.rnd.IntN(len(menu))])
	}
	return o
}

// xml writes the event as the cash server would. states are those of the dishes in order; the last
// one goes for all the rest.
func (o *ticket) xml(at time.Time, seqnumber int, states []string) []byte {
	o.version++
	charset := "utf-8"
	if o.story == NoteCyrillic {
		charset = "windows-1251"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=%q?>\n<a RestCode=%q DateTime=%q Situation=\"3\" seqnumber=\"%d\" guid=\"{5B1C7C5E-2B0B-4B57-9F5A-0C6B0A6F11D1}\" name=\"Order Changed\" ShiftNum=\"42\">\n",
		charset, Restaurant, at.Format("2006-01-02T15:04:05"), seqnumber)
	b.WriteString("  <Station id=\"15003\" code=\"1\" name=\"KASSA1\"/>\n  <Server id=\"15002\" code=\"15002\" name=\"MID1\"/>\n")
	fmt.Fprintf(&b, "  <Order visit=%q orderIdent=\"256\" guid=\"{%s}\" orderName=%q seqNumber=\"%d\" version=\"%d\" orderSum=\"98000\" totalPieces=\"%d\" paid=%q finished=%q%s>\n",
		o.visit, o.guid, o.number, o.seq, o.version, o.pieces(), flag(o.finished), flag(o.finished), o.gone())
	fmt.Fprintf(&b, "    <OrderType id=\"1\" code=\"1\" name=\"В зале\"/>\n    <Table id=\"1011163\" code=\"12\" name=%q/>\n    <Session uni=\"101\" isDraft=\"0\">\n", strings.Split(o.number, ".")[0])
	for i, name := range o.dishes {
		state := states[min(i, len(states)-1)]
		if o.story == NoteNumeric {
			state = kdsNumbers[state]
		}
		fmt.Fprintf(&b, "      <Dish id=\"%d\" code=\"%d\" name=\"%s\" uni=\"%d\" line_guid=\"{%s%02X}\" state=\"4\" quantity=\"1000\" price=\"42000\" kdsstate=%q/>\n",
			1004496+i, 2714+i, escape(name), 4+i, o.guid[:34], i, state)
	}
	b.WriteString("    </Session>\n  </Order>\n</a>\n")
	if o.story != NoteCyrillic {
		return []byte(b.String())
	}
	body, err := charmap.Windows1251.NewEncoder().String(b.String())
	if err != nil {
		panic(fmt.Sprintf("lunch: the menu does not fit windows-1251: %v", err)) // a constant of this file is wrong
	}
	return []byte(body)
}

func (o *ticket) pieces() int {
	if o.deleted {
		return 0
	}
	return 1000 * len(o.dishes)
}

func (o *ticket) gone() string {
	if o.deleted {
		return ` deleted="1"`
	}
	return ""
}

func flag(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder does not fail
	return b.String()
}

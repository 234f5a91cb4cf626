package kds_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

// decodeOne decodes a body of one posting with one order.
func decodeOne(t *testing.T, body string) (kds.Posting, order.Order) {
	t.Helper()
	postings, err := kds.Decode([]byte(body))
	if err != nil || len(postings) != 1 || len(postings[0].Orders) != 1 {
		t.Fatalf("%.300s: got %+v, error %v; want one posting with one order", body, postings, err)
	}
	return postings[0], postings[0].Orders[0]
}

func TestOneLineCountsOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		line  string
		state order.State
		skip  order.SkipCause
		notes int
	}{
		{"a word", `<Dish kdsstate="ready"/>`, 3, "", 0},
		{"a number", `<Dish kdsstate="3"/>`, 3, "", 0},
		{"a word in capitals", `<Dish kdsstate="READY"/>`, 3, "", 0},
		{"the name of the settings page", `<Dish kdsstate="kdsOut"/>`, 4, "", 0},
		{"spaces around a word", `<Dish kdsstate=" taken "/>`, 4, "", 0},
		{"the attribute in another letter case", `<Dish KdsState="ready"/>`, 3, "", 0},
		{"parked", `<Dish kdsstate="startpark"/>`, 7, "", 0},
		{"parking ended, as a number", `<Dish kdsstate="8"/>`, 8, "", 0},
		{"no state", `<Dish/>`, 0, order.OffScreen, 0},
		{"an empty state", `<Dish kdsstate=""/>`, 0, order.OffScreen, 0},
		{"state 0", `<Dish kdsstate="0"/>`, 0, order.OffScreen, 0},
		{"an unknown word", `<Dish kdsstate="burnt"/>`, 0, order.OffScreen, 1},
		{"an unknown number", `<Dish kdsstate="10"/>`, 0, order.OffScreen, 1},
		{"a negative number", `<Dish kdsstate="-3"/>`, 0, order.OffScreen, 1},
		{"a hexadecimal number", `<Dish kdsstate="0x3"/>`, 0, order.OffScreen, 1},
		{"a full-width digit", `<Dish kdsstate="３"/>`, 0, order.OffScreen, 1},
		{"a decimal number", `<Dish kdsstate="3.0"/>`, 0, order.OffScreen, 1},
		{"a state of a megabyte's tenth", `<Dish kdsstate="` + strings.Repeat("r", 100_000) + `"/>`, 0, order.OffScreen, 1},
		{"removed", `<Dish kdsstate="removed"/>`, 9, order.LineDeleted, 0},
		{"line state 7", `<Dish state="7" kdsstate="ready"/>`, 3, order.LineDeleted, 0},
		{"quantity 0", `<Dish quantity="0" kdsstate="ready"/>`, 3, order.Voided, 0},
		{"quantity 0 of what was one", `<Dish quantity="0" srcQuantity="1000" kdsstate="ready"/>`, 3, order.Voided, 0},
		{"voids as large as the quantity", `<Dish quantity="2000" kdsstate="ready"><Void quantity="1500"/><Void quantity="500"/></Dish>`, 3, order.Voided, 0},
		{"voids smaller than the quantity", `<Dish quantity="2000" kdsstate="ready"><Void quantity="500"/></Dish>`, 3, "", 0},
		{"one of two voided, with srcQuantity", `<Dish quantity="1000" srcQuantity="2000" kdsstate="ready"><Void quantity="1000"/></Dish>`, 3, "", 0},
		{"a void without quantity", `<Dish kdsstate="ready"><Void/></Dish>`, 3, "", 0},
		{"a void of a modifier", `<Dish kdsstate="ready"><Modi><Void quantity="1000"/></Modi></Dish>`, 3, "", 0},
		{"a negative quantity", `<Dish quantity="-1000" kdsstate="ready"/>`, 3, order.ReturnLine, 0},
		{"packaging", `<Dish isTareDish="1" kdsstate="sent"/>`, 1, order.Packaging, 0},
		{"packaging flag 0", `<Dish isTareDish="0" kdsstate="sent"/>`, 1, "", 0},
		{"a packaging flag that is none", `<Dish isTareDish="maybe" kdsstate="sent"/>`, 1, "", 1},
		{"a quantity that is a word", `<Dish quantity="много" kdsstate="sent"/>`, 1, "", 1},
		{"an empty quantity", `<Dish quantity="" kdsstate="sent"/>`, 1, "", 1},
		{"a quantity with an exponent", `<Dish quantity="1e3" kdsstate="sent"/>`, 1, "", 1},
		{"a quantity beyond all numbers", `<Dish quantity="99999999999999999999" kdsstate="sent"/>`, 1, "", 1},
		{"a quantity beyond sense", `<Dish quantity="9223372036854775807" kdsstate="sent"/>`, 1, "", 1},
		{"voids beyond sense", `<Dish kdsstate="sent"><Void quantity="9223372036854775807"/><Void quantity="9223372036854775807"/></Dish>`, 1, "", 2},
		{"a history and no attribute", `<Dish><KDSState name="sent" at="2026-05-20T18:00:00"/><KdsState name="ready" at="2026-05-20T18:10:00"/></Dish>`, 3, "", 0},
		{"a history out of order", `<Dish><kdsstate name="ready" at="2026-05-20T18:10:00"/><KDSSTATE name="sent" at="2026-05-20T18:00:00"/></Dish>`, 3, "", 0},
		{"a history without times", `<Dish><KDSState name="ready"/><KDSState name="started"/></Dish>`, 2, "", 0},
		{"a history beside an attribute", `<Dish kdsstate="started"><KDSState name="ready" at="2026-05-20T18:10:00"/></Dish>`, 2, "", 0},
		{"a history beside an empty attribute", `<Dish kdsstate=""><KDSState name="ready" at="2026-05-20T18:10:00"/></Dish>`, 0, order.OffScreen, 0},
		{"a history of a foreign namespace", `<Dish><x:KDSState name="ready"/></Dish>`, 0, order.OffScreen, 0},
		{"an attribute of a foreign namespace", `<Dish x:kdsstate="ready"/>`, 0, order.OffScreen, 0},
		{"both, the foreign one differing", `<Dish x:kdsstate="ready" kdsstate="sent"/>`, 1, "", 0},
		{"comment, CDATA and instruction inside", `<Dish kdsstate="ready"><!-- <Void quantity="1000"/> --><![CDATA[<Void quantity="1000"/>]]><?x y?></Dish>`, 3, "", 0},
		{"a combo by its own state", `<Combo kdsstate="ready"><Component kdsstate="sent"/></Combo>`, 3, "", 0},
		{"a combo by its components", `<Combo kdsstate=""><Component kdsstate="sent"/></Combo>`, 0, "", 0},
		{"a combo without any state", `<Combo><Component/></Combo>`, 0, order.OffScreen, 0},
		{"a combo whose only component with a state is removed", `<Combo><Component kdsstate="removed"/><Component/></Combo>`, 0, order.OffScreen, 0},
		{"a combo voided", `<Combo quantity="0" kdsstate="ready"><Component kdsstate="ready"/></Combo>`, 3, order.Voided, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, o := decodeOne(t, one("", tt.line))
			if len(o.Dishes) != 1 {
				t.Fatalf("%.200s: got %d lines, want 1", tt.line, len(o.Dishes))
			}
			d := o.Dishes[0]
			if d.State != tt.state || d.Skip != tt.skip || len(p.Notes) != tt.notes {
				t.Errorf("%.200s: got state %d, skip %q, notes %q; want %d, %q, %d notes", tt.line, d.State, d.Skip, p.Notes, tt.state, tt.skip, tt.notes)
			}
		})
	}
}

func TestLinesAreTakenFromTheOrderOnly(t *testing.T) {
	t.Parallel()
	const dish = `<Dish uni="1" kdsstate="ready"/>`
	tests := []struct {
		name  string
		body  string
		lines int
	}{
		{"in a session", `<a><Order guid="A"><Session>` + dish + `</Session></Order></a>`, 1},
		{"in two sessions", `<a><Order guid="A"><Session>` + dish + `</Session><Session>` + dish + `</Session></Order></a>`, 2},
		{"straight in the order", `<a><Order guid="A">` + dish + `</Order></a>`, 1},
		{"under a wrapper", `<RK7Query><q><a><Order guid="A"><Session>` + dish + `</Session></Order></a></q></RK7Query>`, 1},
		{"a change log inside the order", `<a><Order guid="A"><Session>` + dish + `</Session><ChangeLog>` + dish + `</ChangeLog></Order></a>`, 1},
		{"a change log beside the order", `<a><Order guid="A"><Session>` + dish + `</Session></Order><ChangeLog>` + dish + `</ChangeLog></a>`, 1},
		{"an order inside a change log", `<a><Order guid="A"/><ChangeLog><Order guid="B"><Session>` + dish + `</Session></Order></ChangeLog></a>`, 0},
		{"an order inside an order", `<a><Order guid="A"><SourceOrder><Order guid="B"><Session>` + dish + `</Session></Order></SourceOrder></Order></a>`, 0},
		{"a foreign namespace", `<a xmlns:x="urn:x"><Order guid="A"><x:Session>` + dish + `</x:Session><Session><x:Dish kdsstate="ready"/></Session></Order></a>`, 0},
		{"a default namespace", `<a xmlns="urn:x"><Order guid="A"><Session>` + dish + `</Session></Order></a>`, 1},
		{"an event inside an event", `<a><Order guid="A"/><a><Order guid="A"/></a></a>`, -1},
		{"a dish inside a dish", `<a><Order guid="A"><Session><Dish uni="2" kdsstate="sent">` + dish + `</Dish></Session></Order></a>`, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			postings, err := kds.Decode([]byte(tt.body))
			if err != nil || len(postings) != 1 {
				t.Fatalf("%s: got %+v, error %v; want one posting", tt.body, postings, err)
			}
			if tt.lines < 0 {
				if len(postings[0].Orders) != 2 {
					t.Errorf("%s: got %d orders, want 2 in one posting", tt.body, len(postings[0].Orders))
				}
				return
			}
			if got := len(postings[0].Orders[0].Dishes); len(postings[0].Orders) != 1 || got != tt.lines {
				t.Errorf("%s: got %d lines, want %d", tt.body, got, tt.lines)
			}
		})
	}
}

func TestADraftEndsWithItsPackage(t *testing.T) {
	t.Parallel()
	const dish = `<Dish kdsstate="ready"/>`
	_, o := decodeOne(t, `<a><Order guid="A"><Session isDraft="1">`+dish+`</Session>`+dish+`<Session>`+dish+`</Session></Order></a>`)
	for i, want := range []order.SkipCause{order.Draft, "", ""} {
		if o.Dishes[i].Skip != want {
			t.Errorf("line %d: got %q, want %q", i, o.Dishes[i].Skip, want)
		}
	}
}

func TestTheOrderIsReadTolerantly(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		attributes string
		inside     string
		want       order.Order
		notes      int
	}{
		{"a guid in braces and lower case", `guid=" {a1d3e9b0-6c1f} "`, "", order.Order{Ref: order.Ref{GUID: "A1D3E9B0-6C1F"}}, 0},
		{"visit and ident", `visit="640419540" orderIdent="256"`, "", order.Order{Ref: order.Ref{Visit: "640419540", Ident: "256"}}, 0},
		{"visit 0 beside a guid", `guid="{A}" visit="0" orderIdent="0"`, "", order.Order{Ref: order.Ref{GUID: "A"}}, 0},
		{"a visit without ident beside a guid", `guid="{A}" visit="5"`, "", order.Order{Ref: order.Ref{GUID: "A"}}, 0},
		{"an ident without visit beside a guid", `guid="{A}" orderIdent="256"`, "", order.Order{Ref: order.Ref{GUID: "A", Ident: "256"}}, 0},
		{"a guid of a foreign namespace", `guid="{A}" x:guid="{B}" x:finished="1"`, "", order.Order{Ref: order.Ref{GUID: "A"}}, 0},
		{"all flags", `guid="{A}" finished="1" deleted="true" purchase="1"`, "",
			order.Order{Ref: order.Ref{GUID: "A"}, Finished: true, Deleted: true, Return: true}, 0},
		{"paid closes nothing", `guid="{A}" paid="1"`, "", order.Order{Ref: order.Ref{GUID: "A"}}, 0},
		{"a flag that is none", `guid="{A}" finished="да"`, "", order.Order{Ref: order.Ref{GUID: "A"}}, 1},
		{"no pieces and no lines", `guid="{A}" totalPieces="0"`, "", order.Order{Ref: order.Ref{GUID: "A"}, Empty: true}, 0},
		{"no pieces beside a line that is on", `guid="{A}" totalPieces="0"`, `<Dish uni="1"/>`,
			order.Order{Ref: order.Ref{GUID: "A"}, Dishes: []order.Dish{{ID: "1", Quantity: 1000, Skip: order.OffScreen}}}, 1},
		{"pieces that are a word", `guid="{A}" totalPieces="нет"`, "", order.Order{Ref: order.Ref{GUID: "A"}}, 1},
		{"a state of the order by history", `guid="{A}"`, `<KDSState name="ready"/>`, order.Order{Ref: order.Ref{GUID: "A"}, State: 3}, 0},
		{"a table by code and a type by name", `guid="{A}"`, `<Table code="12" name=""/><OrderType code="1" name="В зале"/>`,
			order.Order{Ref: order.Ref{GUID: "A"}, Table: "12", Type: "В зале"}, 0},
		{"a table of something inside", `guid="{A}"`, `<Reserve><Table name="7"/></Reserve>`, order.Order{Ref: order.Ref{GUID: "A"}}, 0},
		{"names with line breaks and too long", `guid="{A}" orderName=" 12&#10;1 " seqNumber="` + strings.Repeat("я", 300) + `"`, "",
			order.Order{Ref: order.Ref{GUID: "A"}, Name: "12 1", Seq: strings.Repeat("я", 256)}, 0},
		{"a line by its number in the order", `guid="{A}"`, `<Dish uni="7" line_guid="" kdsstate="1" name="Суп &amp; хлеб" quantity="1500"/>`,
			order.Order{Ref: order.Ref{GUID: "A"}, Dishes: []order.Dish{{ID: "7", Name: "Суп & хлеб", Quantity: 1500, State: 1}}}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, got := decodeOne(t, `<a RestCode="77"><Order `+tt.attributes+`>`+tt.inside+`</Order></a>`)
			tt.want.Restaurant = "77"
			if diff := cmp.Diff(tt.want, got); diff != "" || len(p.Notes) != tt.notes {
				t.Errorf("%s: notes %q, want %d; order (-want +got):\n%s", tt.attributes, p.Notes, tt.notes, diff)
			}
		})
	}
}

func TestAnOrderWithoutNameOrStateIsLeftOutWithANote(t *testing.T) {
	t.Parallel()
	got, err := kds.Decode([]byte(`<a><Order visit="0" orderIdent="0"><Session><Dish uni="1"/></Session></Order></a>`))
	if err != nil || len(got) != 1 || len(got[0].Orders) != 0 || len(got[0].Notes) != 1 {
		t.Errorf("got %+v, error %v; want one posting without orders and one note", got, err)
	}
}

func TestSeveralEventsUnderAWrapperAreSeveralPostings(t *testing.T) {
	t.Parallel()
	got, err := kds.Decode([]byte(`<w><a seqnumber="1"><Order guid="A"/><Order guid="B"/></a><a seqnumber="2"/></w>`))
	if err != nil || len(got) != 2 || got[0].Seq != 1 || got[1].Seq != 2 || len(got[0].Orders) != 2 || len(got[1].Orders) != 0 {
		t.Errorf("got %+v, error %v; want seq 1 with orders A, B, then seq 2 with none", got, err)
	}
}

func TestNotesAreFew(t *testing.T) {
	t.Parallel()
	p, o := decodeOne(t, one("", strings.Repeat(`<Dish uni="1" kdsstate="+7 999 000-00-01"/>`, 1000)))
	if len(p.Notes) != 20 || len(o.Dishes) != 1000 {
		t.Errorf("got %d notes, %d lines; want 20, 1000", len(p.Notes), len(o.Dishes))
	}
	for _, n := range p.Notes {
		if maybePhone.MatchString(n.Sentence("ru")) || maybePhone.MatchString(n.Sentence("en")) {
			t.Errorf("note %q shows what may be a phone", n)
		}
	}
}

func TestNotesSpeakBothLanguages(t *testing.T) {
	t.Parallel()
	cyrillic := regexp.MustCompile(`\p{Cyrillic}`)
	for _, body := range []string{
		one("", `<Dish uni="1" quantity="many" kdsstate="flying" deleted="maybe"/>`),
		`<a DateTime="noon" seqnumber="first"><Order guid="A" totalPieces="0"><Session><Dish uni="1" quantity="1000" kdsstate="sent"/></Session></Order><Order/></a>`,
		`{"order":{"guid":"A"},"kds_status":{"code":3,"name":"flying"},"dishes":[{"line_guid":"1","name":"x","quantity":"many"}]}`,
	} {
		postings, err := kds.Decode([]byte(body))
		if err != nil || len(postings) != 1 || len(postings[0].Notes) < 2 {
			t.Errorf("%s: got %+v, %v, want several notes", body, postings, err)
			continue
		}
		for _, n := range postings[0].Notes {
			ru, en := n.Sentence("ru"), n.Sentence("en")
			if !cyrillic.MatchString(ru) || cyrillic.MatchString(en) || strings.Contains(ru+en, "%!") || !strings.HasPrefix(ru, n.Where+": ") {
				t.Errorf("%s: got %q and %q", body, ru, en)
			}
		}
	}
}

func TestTheTimeIsReadInTheRestaurantsZone(t *testing.T) {
	t.Parallel()
	moscow := time.FixedZone("Moscow", 3*3600)
	tests := []struct {
		name string
		text string
		want time.Time
		note int
	}{
		{"the restaurant's clock", "2026-05-20T19:02:30", time.Date(2026, 5, 20, 16, 2, 30, 0, time.UTC), 0},
		{"with a fraction", "2026-05-20T19:02:30.5", time.Date(2026, 5, 20, 16, 2, 30, 5e8, time.UTC), 0},
		{"with a zone of its own", "2026-05-20T19:02:30+05:00", time.Date(2026, 5, 20, 14, 2, 30, 0, time.UTC), 0},
		{"in UTC", "2026-05-20T19:02:30Z", time.Date(2026, 5, 20, 19, 2, 30, 0, time.UTC), 0},
		{"29 February of a leap year", "2028-02-29T00:00:00", time.Date(2028, 2, 28, 21, 0, 0, 0, time.UTC), 0},
		{"the year 9999", "9999-12-31T23:59:59", time.Date(9999, 12, 31, 20, 59, 59, 0, time.UTC), 0},
		{"1970", "1970-01-01T00:00:00", time.Time{}, 0},
		{"Delphi's zero date", "1899-12-30T00:00:00", time.Time{}, 0},
		{"none", "", time.Time{}, 0},
		{"29 February of another year", "2026-02-29T00:00:00", time.Time{}, 1},
		{"a date in words", "вчера", time.Time{}, 1},
		{"a Russian date", "20.05.2026 19:02:30", time.Time{}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := kds.Decode([]byte(`<a DateTime="` + tt.text + `"/>`))
			if err != nil || len(got) != 1 {
				t.Fatalf("%s: got %+v, error %v; want one posting", tt.text, got, err)
			}
			if at := got[0].OccurredAt(moscow); !at.Equal(tt.want) || len(got[0].Notes) != tt.note {
				t.Errorf("%s: got %v, notes %q; want %v, %d notes", tt.text, at, got[0].Notes, tt.want, tt.note)
			}
		})
	}
	if got := (kds.Posting{Wall: time.Date(2026, 1, 1, 0, 0, 0, 0, moscow)}).OccurredAt(nil); !got.Equal(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("without a zone at all: got %v, want the clock read as UTC", got)
	}
}

package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"github.com/orderbell/orderbell/sdk"
)

func inText(text string) delivery {
	return delivery{source: "79990000001", dest: "Cafe", esm: esmReceipt, body: []byte(text)}
}

func tagged(d delivery, tag pdu.Tag, value ...byte) delivery {
	if d.tlv == nil {
		d.tlv = map[pdu.Tag]pdu.Field{}
	}
	d.tlv[tag] = pdu.Field{Tag: tag, Data: value}
	return d
}

func TestReceiptsAreReadAsOperatorsWriteThem(t *testing.T) {
	t.Parallel()
	wideText, err := data.UCS2.Encode("id:77 stat:DELIVRD err:000 text:Заказ 17 готов, жд")
	if err != nil {
		t.Fatal(err)
	}
	wide := inText(string(wideText))
	wide.coding = data.UCS2Coding
	for _, test := range []struct {
		name   string
		in     delivery
		id     string
		status sdk.Status
		code   string
		none   bool
	}{
		{name: "as appendix B has it", in: inText("id:0123456789 sub:001 dlvrd:001 submit date:2611291200 done date:2611291201 stat:DELIVRD err:000 text:Order 17"), id: "0123456789", status: sdk.StatusDelivered, code: "DELIVRD"},
		{name: "an id of letters", in: inText("id:b7d4c1e2-0f3a-4b6e-9d55-0d7e3a1c2b4f sub:001 dlvrd:001 submit date:261129120000 done date:261129120105 stat:DELIVRD err:000 text:"), id: "b7d4c1e2-0f3a-4b6e-9d55-0d7e3a1c2b4f", status: sdk.StatusDelivered, code: "DELIVRD"},
		{name: "not delivered, with an error", in: inText("id:77 sub:001 dlvrd:000 submit date:2611291200 done date:2611291201 stat:UNDELIV err:011 text:x"), id: "77", status: sdk.StatusUndelivered, code: "UNDELIV/011"},
		{name: "an error of letters", in: inText("id:77 stat:REJECTD err:A1F"), id: "77", status: sdk.StatusRejected, code: "REJECTD/A1F"},
		{name: "other cases and words", in: inText("ID:77 SUB:1 DLVRD:1 Submit Date:2611291200 Done Date:2611291201 Stat:Delivered Err:0 Text:"), id: "77", status: sdk.StatusDelivered, code: "DELIVERED"},
		{name: "another order, without the rest", in: inText("stat:EXPIRED id:77"), id: "77", status: sdk.StatusExpired, code: "EXPIRED"},
		{name: "on its way", in: inText("id:77 stat:ENROUTE err:000"), id: "77", status: sdk.StatusAccepted, code: "ENROUTE"},
		{name: "a word that nobody knows", in: inText("id:77 stat:PONDERS err:000"), id: "77", status: sdk.StatusUnknown, code: "PONDERS"},
		{name: "no state", in: inText("id:77 err:000"), id: "77", status: sdk.StatusUnknown},
		{name: "what the message's text pretends", in: inText("id:77 stat:DELIVRD err:000 text:id:88 stat:UNDELIV err:099"), id: "77", status: sdk.StatusDelivered, code: "DELIVRD"},
		{name: "a state in the message's text only", in: inText("id:77 text:stat:DELIVRD"), id: "77", status: sdk.StatusUnknown},
		{name: "a name within a word", in: inText("grid:88 id:77 restat:UNDELIV stat:DELIVRD"), id: "77", status: sdk.StatusDelivered, code: "DELIVRD"},
		{name: "in UCS-2", in: wide, id: "77", status: sdk.StatusDelivered, code: "DELIVRD"},
		{name: "tabs and line breaks", in: inText("id:77\tstat:DELIVRD\r\nerr:000"), id: "77", status: sdk.StatusDelivered, code: "DELIVRD"},
		{name: "optional parameters alone", in: tagged(tagged(tagged(inText(""), pdu.TagReceiptedMessageID, '7', '7', 0), pdu.TagMessageStateOption, 5), pdu.TagNetworkErrorCode, 3, 0, 11), id: "77", status: sdk.StatusUndelivered, code: "UNDELIV/11"},
		{name: "optional parameters win over the text", in: tagged(tagged(inText("id:88 stat:UNDELIV err:005"), pdu.TagReceiptedMessageID, '7', '7', 0), pdu.TagMessageStateOption, 2), id: "77", status: sdk.StatusDelivered, code: "DELIVRD/005"},
		{name: "the id in a parameter, the rest in the text", in: tagged(inText("id:88 stat:DELIVRD err:000"), pdu.TagReceiptedMessageID, '7', '7'), id: "77", status: sdk.StatusDelivered, code: "DELIVRD"},
		{name: "a state of 2031", in: tagged(tagged(inText(""), pdu.TagReceiptedMessageID, '7', '7'), pdu.TagMessageStateOption, 77), id: "77", status: sdk.StatusUnknown, code: "77"},
		{name: "an error code that is cut", in: tagged(inText("id:77 stat:UNDELIV err:011"), pdu.TagNetworkErrorCode, 3), id: "77", status: sdk.StatusUndelivered, code: "UNDELIV/011"},
		{name: "parameters without the mark of a receipt", in: tagged(tagged(delivery{source: "79990000001"}, pdu.TagReceiptedMessageID, '7', '7'), pdu.TagMessageStateOption, 2), id: "77", status: sdk.StatusDelivered, code: "DELIVRD"},
		{name: "a guest's text", in: delivery{source: "79990000001", body: []byte("when is it ready?")}, none: true},
		{name: "a guest's text that looks like a receipt", in: delivery{source: "79990000001", body: []byte("id:77 stat:DELIVRD err:000")}, none: true},
		{name: "a receipt without an id", in: inText("stat:DELIVRD"), none: true},
		{name: "an id that is too long", in: inText("id:" + strings.Repeat("7", 70) + " stat:DELIVRD"), none: true},
		{name: "an id that is no text", in: tagged(inText("stat:DELIVRD"), pdu.TagReceiptedMessageID, 1, 2, 3), none: true},
		{name: "nothing", in: inText(""), none: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, ok := noticeOf(test.in)
			if ok == test.none {
				t.Fatalf("taken for a receipt: %v, want %v (%+v)", ok, !test.none, got)
			}
			if !test.none && (got.id != test.id || got.status != test.status || got.code != test.code) {
				t.Errorf("got %s %s %q, want %s %s %q", got.id, got.status, got.code, test.id, test.status, test.code)
			}
		})
	}
}

func TestAQuoteTellsWhichTextItIsOf(t *testing.T) {
	t.Parallel()
	const text = "Заказ 17 готов, ждём вас у стойки"
	wide, err := data.UCS2.Encode(text[:len("Заказ 17 г")])
	if err != nil {
		t.Fatal(err)
	}
	for quote, want := range map[string]bool{
		"Заказ 17 готов, жд": true, string(wide): true, "Заказ 18 готов, жд": false, "????? 17 ?????, ??": false, "Заказ": false, "": false,
	} {
		if got := quotes(readText([]byte("id:7 text:"+quote)).quote(), text); got != want {
			t.Errorf("%q: got %v, want %v", quote, got, want)
		}
	}
}

func FuzzReceiptText(f *testing.F) {
	f.Add([]byte("id:0123456789 sub:001 dlvrd:001 submit date:2611291200 done date:2611291201 stat:DELIVRD err:000 text:Order"), byte(4), byte(0), []byte("77\x00"), byte(2))
	f.Add([]byte("Text: id:1 stat:"), byte(0x20), byte(8), []byte{}, byte(200))
	f.Add([]byte("id:\xff\xfe stat:\x00"), byte(0), byte(3), []byte("\x01"), byte(0))
	f.Fuzz(func(t *testing.T, body []byte, esm, coding byte, id []byte, state byte) {
		d := delivery{source: "79990000001", esm: esm, coding: coding, body: body}
		if len(id) > 0 {
			d = tagged(tagged(d, pdu.TagReceiptedMessageID, id...), pdu.TagMessageStateOption, state)
		}
		before := bytes.Clone(body)
		n, ok := noticeOf(d)
		if !bytes.Equal(before, body) {
			t.Error("the input was changed")
		}
		if !ok {
			return
		}
		if !usable(n.id) {
			t.Errorf("the id %q is not usable", n.id)
		}
		if esm&esmKind != esmReceipt && esm&esmKind != esmIntermediate && len(id) == 0 {
			t.Error("what has no mark of a receipt was taken for one")
		}
	})
}

package kds_test

import (
	"bytes"
	"encoding/xml"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/kds"
)

func BenchmarkDecodeXML(b *testing.B)     { benchmarkDecode(b, "08-kds-all-ready.xml") }
func BenchmarkDecodeXML1251(b *testing.B) { benchmarkDecode(b, "23-windows-1251.xml") }
func BenchmarkDecodeJSON(b *testing.B)    { benchmarkDecode(b, "78-our-native-json-event.json") }

// BenchmarkDecodeXMLByStandard is the way of the documents that are not plain, beside BenchmarkDecodeXML.
func BenchmarkDecodeXMLByStandard(b *testing.B) {
	body := sample(b, "08-kds-all-ready.xml")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := kds.DecodeByStandard(body); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkDecode(b *testing.B, name string) {
	body := sample(b, name)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := kds.Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkKeyOf(b *testing.B) {
	body := sample(b, "08-kds-all-ready.xml")
	b.ReportAllocs()
	for b.Loop() {
		if !kds.KeyOf(body).Dated {
			b.Fatal("sample 08 is dated")
		}
	}
}

// BenchmarkRawToken is the floor under BenchmarkDecodeXMLByStandard: the tokens alone, nothing understood.
func BenchmarkRawToken(b *testing.B) {
	body := sample(b, "08-kds-all-ready.xml")
	b.ReportAllocs()
	for b.Loop() {
		dec := xml.NewDecoder(bytes.NewReader(body))
		for {
			if _, err := dec.RawToken(); err != nil {
				break
			}
		}
	}
}

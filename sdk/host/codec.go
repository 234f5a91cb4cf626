package host

import (
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// Numbers of fields in provider.proto.
const (
	fieldOutcomes = 1 // of SendResponse
	fieldAccepted = 2 // of Outcome, in the oneof
	fieldFailure  = 3
)

// cautious reads answers as protobuf does, except for outcomes that hold both an acceptance and a
// failure: protobuf silently takes the one that was written last, and a refusal after an acceptance would
// have the text sent through another account. A plugin not built with our SDK may write such. They are
// left without a result.
type cautious struct{ encoding.CodecV2 }

func newCautious() cautious { return cautious{encoding.GetCodecV2(proto.Name)} }

// Unmarshal reads one answer.
func (c cautious) Unmarshal(data mem.BufferSlice, into any) error {
	if err := c.CodecV2.Unmarshal(data, into); err != nil {
		return err
	}
	answer, ok := into.(*wire.SendResponse)
	if !ok {
		return nil
	}
	next := 0
	eachField(data.Materialize(), func(field protowire.Number, value []byte) {
		if field != fieldOutcomes || next >= len(answer.GetOutcomes()) {
			return
		}
		if contradicts(value) {
			answer.GetOutcomes()[next].Result = nil
		}
		next++
	})
	return nil
}

// contradicts tells whether an outcome was written with both results.
func contradicts(outcome []byte) bool {
	var accepted, failed bool
	eachField(outcome, func(field protowire.Number, _ []byte) {
		accepted = accepted || field == fieldAccepted
		failed = failed || field == fieldFailure
	})
	return accepted && failed
}

// eachField visits the fields of a message that hold bytes. The message was parsed before, so it is sound.
func eachField(message []byte, visit func(protowire.Number, []byte)) {
	for len(message) > 0 {
		field, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return
		}
		message = message[n:]
		size := protowire.ConsumeFieldValue(field, kind, message)
		if size < 0 {
			return
		}
		if kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(message)
			visit(field, value)
		}
		message = message[size:]
	}
}

package child

import (
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // registers the codec that everything but frames goes to
	"google.golang.org/grpc/mem"
)

// frame is a message of the worker service: bytes as they are.
type frame struct{ data []byte }

// frameCodec passes frames through and leaves all else (go-plugin's own services) to gRPC's codec for
// protobuf, so that nothing here knows a protobuf type.
type frameCodec struct{ proto encoding.CodecV2 }

func newFrameCodec() frameCodec { return frameCodec{proto: encoding.GetCodecV2("proto")} }

// Marshal implements encoding.CodecV2.
func (c frameCodec) Marshal(v any) (mem.BufferSlice, error) {
	if f, ok := v.(*frame); ok {
		return mem.BufferSlice{mem.SliceBuffer(f.data)}, nil
	}
	return c.proto.Marshal(v)
}

// Unmarshal implements encoding.CodecV2.
func (c frameCodec) Unmarshal(data mem.BufferSlice, v any) error {
	if f, ok := v.(*frame); ok {
		f.data = data.Materialize()
		return nil
	}
	return c.proto.Unmarshal(data, v)
}

// Name implements encoding.CodecV2. It is that of the codec it stands in for, so that the content type
// stays the one that go-plugin's services expect.
func (frameCodec) Name() string { return "proto" }

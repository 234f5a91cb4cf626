package host

import (
	"errors"
	"fmt"
	"net/http"

	"google.golang.org/protobuf/types/known/timestamppb"
	"time"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/internal/wire"
)

// readAnswers turns a look-up's answer into one receipt for each query.
func readAnswers(answer []*wire.Receipt, queries []sdk.Query) ([]sdk.Receipt, error) {
	if len(answer) != len(queries) {
		return nil, fmt.Errorf("the plugin returned %d receipts for %d queries", len(answer), len(queries))
	}
	receipts := make([]sdk.Receipt, len(queries))
	for i, q := range queries {
		r, err := readReceipt(answer[i])
		another := q.ProviderID != "" && r.ProviderID != "" && r.ProviderID != q.ProviderID ||
			r.OurID != "" && r.OurID != q.OurID
		if err != nil || another {
			r = sdk.Receipt{Status: sdk.StatusUnknown, ProviderID: q.ProviderID}
		}
		r.OurID = q.OurID
		receipts[i] = r
	}
	return receipts, nil
}

// readReceipts keeps the receipts of a callback that can be believed.
func readReceipts(answer []*wire.Receipt) []sdk.Receipt {
	receipts := make([]sdk.Receipt, 0, len(answer))
	for _, w := range answer {
		if r, err := readReceipt(w); err == nil && (r.OurID != "" || r.ProviderID != "") {
			receipts = append(receipts, r)
		}
	}
	return receipts
}

func readReceipt(w *wire.Receipt) (sdk.Receipt, error) {
	status, known := wire.Name(wire.Status_name, "STATUS", w.GetStatus())
	if !known {
		return sdk.Receipt{}, errors.New("unknown status")
	}
	if status == "" {
		status = string(sdk.StatusUnknown)
	}
	for _, id := range []string{w.GetOurId(), w.GetProviderId()} {
		if err := checkID(id); id != "" && err != nil {
			return sdk.Receipt{}, err
		}
	}
	cost, err := readCost(w.GetCost())
	if err != nil {
		return sdk.Receipt{}, err
	}
	return sdk.Receipt{
		OurID: w.GetOurId(), ProviderID: w.GetProviderId(), Status: sdk.Status(status),
		Reason: readReason(w.GetReason()), At: readTime(w.GetAt()), Cost: cost,
		Code: wire.Cut(w.GetProviderCode(), wire.MaxCode),
	}, nil
}

func readTime(t *timestamppb.Timestamp) time.Time {
	if !t.IsValid() {
		return time.Time{}
	}
	return t.AsTime()
}

// readReply fills in what the plugin left out. A status outside HTTP's range becomes 502, because
// net/http panics on it.
func readReply(r *wire.Reply, refused bool) sdk.Reply {
	reply := sdk.Reply{Status: int(min(r.GetStatus(), 1000)), ContentType: r.GetContentType(), Body: r.GetBody()}
	switch {
	case reply.Status == 0 && refused:
		reply.Status = http.StatusForbidden
	case reply.Status == 0:
		reply.Status = http.StatusOK
	case reply.Status < 200 || reply.Status > 599:
		reply.Status = http.StatusBadGateway
	}
	if reply.ContentType == "" || !wire.Printable(reply.ContentType) {
		reply.ContentType = "text/plain; charset=utf-8"
	}
	return reply
}

func writeHeader(h http.Header) map[string]*wire.Values {
	out := make(map[string]*wire.Values, len(h))
	for name, values := range h {
		out[name] = &wire.Values{Values: values}
	}
	return out
}

package main

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// maxQueries is how many messages one question is about. The operator names no limit; this many keep
// the question below 4 KiB.
const maxQueries = 50

// maxDigits is the longest number of E.164; in digits.
const maxDigits = 15

// entry is what status.php says of one message with all=0.
type entry struct {
	ID     loose `json:"id"`
	Phone  loose `json:"phone"`
	Status loose `json:"status"`
	Cause  loose `json:"err"`
	At     loose `json:"last_timestamp"`
}

// Lookup asks for the statuses by number and id: the operator's id, or ours when the answer to the
// sending was lost.
func (a *account) Lookup(ctx context.Context, queries []sdk.Query) ([]sdk.Receipt, error) {
	receipts := make([]sdk.Receipt, len(queries))
	var places []int // in queries, of those that can be asked
	for i, q := range queries {
		receipts[i] = sdk.Receipt{OurID: q.OurID, ProviderID: q.ProviderID, Status: sdk.StatusUnknown}
		phone := digits(q.To)
		// A comma in an id would shift the lists against each other. What was only priced is not there.
		if validID(known(q)) && phone != "" && len(phone) <= maxDigits && q.ProviderID != testPrefix+q.OurID {
			places = append(places, i)
		}
	}
	for part := range slices.Chunk(places, maxQueries) {
		asked := make([]sdk.Query, len(part))
		for i, place := range part {
			asked[i] = queries[place]
		}
		entries, err := a.statuses(ctx, asked)
		if err != nil {
			return nil, err
		}
		for i, place := range part {
			receipts[place] = a.told(queries[place], entries[i])
		}
	}
	return receipts, nil
}

// known is the id by which the operator knows the message.
func known(q sdk.Query) string {
	if q.ProviderID != "" {
		return q.ProviderID
	}
	return q.OurID
}

// statuses returns one entry for each query, an empty one where the answer does not mention it.
func (a *account) statuses(ctx context.Context, queries []sdk.Query) ([]entry, error) {
	var phones, ids strings.Builder
	for _, q := range queries {
		// The comma behind the last one makes the answer a list even if there is only one.
		phones.WriteString(digits(q.To) + ",")
		ids.WriteString(known(q) + ",")
	}
	body, err := a.call(ctx, "status.php", url.Values{"phone": {phones.String()}, "id": {ids.String()}, "all": {"0"}})
	if err != nil {
		return nil, err
	}
	listed, err := readStatuses(body)
	if err != nil {
		return nil, err
	}
	return arrange(queries, listed), nil
}

// readStatuses takes a list, or the one object that older servers give for one message.
func readStatuses(body []byte) ([]entry, error) {
	var raw []json.RawMessage
	if json.Unmarshal(bare(body), &raw) != nil {
		raw = []json.RawMessage{bare(body)}
	}
	if len(raw) == 1 {
		if _, err := read(raw[0]); err != nil {
			return nil, err
		}
	}
	entries := make([]entry, len(raw))
	for i, one := range raw {
		if json.Unmarshal(one, &entries[i]) != nil {
			entries[i] = entry{}
		}
	}
	if len(entries) == 0 || len(entries) == 1 && entries[0].Status == "" {
		return nil, misread(body, "the answer holds no status")
	}
	return entries, nil
}

// arrange finds each query's entry by id and number. Entries with neither count by their place, if
// none is missing.
func arrange(queries []sdk.Query, entries []entry) []entry {
	out := make([]entry, len(queries))
	for i, q := range queries {
		for _, e := range entries {
			if string(e.ID) == known(q) && subscriber(string(e.Phone)) == subscriber(q.To) {
				out[i] = e
			}
		}
		if len(entries) == len(queries) && entries[i].ID == "" && entries[i].Phone == "" {
			out[i] = entries[i]
		}
	}
	return out
}

// told is what an entry says of a message. That it is not there is believed only when it was asked
// for by our id, and in time: what SMSC once accepted has at most been deleted, and must not be sent
// again.
func (a *account) told(q sdk.Query, e entry) sdk.Receipt {
	r := receipt(e.Status, e.Cause)
	absent := r.Status == sdk.StatusAbsent
	if absent && (q.ProviderID != "" || !a.absence(q.OurID)) {
		r.Status = sdk.StatusUnknown
	}
	r.OurID, r.ProviderID = q.OurID, q.ProviderID
	if r.ProviderID == "" && !absent && e.Status != "" {
		r.ProviderID = q.OurID
	}
	r.At = at(e.At)
	return r
}

// at reads Unix seconds; zero for what cannot be the time of a message.
func at(seconds loose) time.Time {
	n, err := strconv.ParseInt(string(seconds), 10, 64)
	const from, to = 946684800, 4102444800 // the years 2000 … 2099
	if err != nil || n < from || n >= to {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

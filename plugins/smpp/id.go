package main

import (
	"strconv"
	"strings"
)

// maxJoined is the longest id of a message that the gateway keeps; in bytes.
const maxJoined = 64

// fold makes ids equal that differ in case or in leading zeros only.
func fold(id string) string {
	id = strings.ToLower(strings.TrimSpace(id))
	if bare := strings.TrimLeft(id, "0"); bare != "" {
		return bare
	}
	return id
}

// forms returns the folded id, and what it would be if it were the same number in the other base: many
// SMSCs answer a submit_sm in hexadecimal and write decimal into the receipt, some the other way round.
func forms(id string) []string {
	folded := fold(id)
	list := []string{folded}
	if n, err := strconv.ParseUint(folded, 10, 64); err == nil {
		list = append(list, strconv.FormatUint(n, 16))
	}
	if n, err := strconv.ParseUint(folded, 16, 64); err == nil {
		list = append(list, strconv.FormatUint(n, 10))
	}
	return list
}

// joinIDs is the id of a message of several units: all of their ids if that fits, else the first and
// how many there are.
func joinIDs(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	joined := strings.Join(ids, ",")
	if len(joined) <= maxJoined {
		return joined
	}
	return ids[0] + ",+" + strconv.Itoa(len(ids)-1)
}

// idsOf reads joinIDs back: the ids that are there, and how many there were.
func idsOf(joined string) (ids []string, total int) {
	for id := range strings.SplitSeq(joined, ",") {
		if more, is := strings.CutPrefix(id, "+"); is {
			n, err := strconv.Atoi(more)
			if err != nil || n < 0 {
				continue
			}
			total += n
			continue
		}
		if id != "" {
			ids = append(ids, id)
			total++
		}
	}
	return ids, total
}

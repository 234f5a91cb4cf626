package storetest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// verdict verifies the audit log and gives its flaws as "N why".
func (b *bench) verdict(t *testing.T) (access.Verdict, []string) {
	t.Helper()
	v, err := b.VerifyRecords(t.Context())
	must(t, err)
	flaws := []string{}
	for _, f := range v.Faults {
		flaws = append(flaws, strconv.FormatInt(f.N, 10)+" "+f.Why)
	}
	return v, flaws
}

func (b *bench) note(t *testing.T, n int) {
	t.Helper()
	for range n {
		must(t, b.AddRecord(t.Context(), line("thing.change").With("value", nextName())))
	}
}

// outcomes lists the lines of the log as "action outcome", oldest first.
func (b *bench) outcomes(t *testing.T) (all []string) {
	t.Helper()
	page, _, err := b.Records(t.Context(), access.RecordFilter{})
	must(t, err)
	for _, r := range slices.Backward(page) {
		all = append(all, r.Action+" "+r.Outcome)
	}
	return all
}

func auditCases() map[string]func(*testing.T, *bench) {
	return map[string]func(*testing.T, *bench){
		"an empty log is sound": func(t *testing.T, b *bench) {
			if v, flaws := b.verdict(t); !v.Sound() || v.Records != 0 {
				t.Errorf("%+v, %v", v, flaws)
			}
		},
		"lines are numbered without gaps and hang together, whoever writes": func(t *testing.T, b *bench) {
			beside, err := b.open(t, store.Options{Folder: b.folder, Now: b.clock.Now}) // a command beside the gateway
			must(t, err)
			defer func() { must(t, beside.Close()) }()
			var wg sync.WaitGroup
			for _, db := range []*store.DB{b.DB, beside} {
				for range 25 {
					wg.Go(func() { must(t, db.AddRecord(t.Context(), line("thing.change"))) })
				}
			}
			wg.Wait()
			v, flaws := b.verdict(t)
			if !v.Sound() || v.Records != 50 || v.First != 1 || v.Last != 50 || v.Head == "" {
				t.Errorf("%+v, %v", v, flaws)
			}
			b.restart(t)
			b.note(t, 1)
			if v, flaws := b.verdict(t); !v.Sound() || v.Last != 51 {
				t.Errorf("after a restart: %+v, %v", v, flaws)
			}
		},
		"a line comes back as it was written": func(t *testing.T, b *bench) {
			call := access.Call{
				Principal: access.Principal{Kind: access.KindKey, ID: "01K", Name: "menu", Session: "01S"}, From: "2001:db8::7",
				Agent: strings.Repeat("б", 500), RequestID: "r-1",
			}
			r := call.Record("contact.reveal", "01C").With("bad\xff", "<&>\u2028\x00").With("long", strings.Repeat("x", 5000))
			r.Sensitive = map[string]string{"phone": "+79990000001"}
			must(t, b.AddRecord(t.Context(), r))
			page, next, err := b.Records(t.Context(), access.RecordFilter{})
			must(t, err)
			if len(page) != 1 || next != 0 {
				t.Fatalf("%d lines, next %d", len(page), next)
			}
			got := page[0]
			if got.Kind != access.KindKey || got.ActorID != "01K" || got.Actor != "menu" || got.Session != "01S" || got.From != "2001:db8::7" ||
				got.RequestID != "r-1" || got.Action != "contact.reveal" || got.Object != "01C" || got.Outcome != access.OutcomeDone || !got.At.Equal(b.now()) {
				t.Errorf("got %+v", got)
			}
			if len(got.Agent) > 200 || len(got.Detail["long"]) != 1000 || got.Detail["bad"] != "<&>\u2028\x00" {
				t.Errorf("not cut or not as written: agent %d bytes, %v", len(got.Agent), got.Detail)
			}
			if !strings.HasPrefix(got.Detail["phone"], "hmac:") || strings.Contains(got.Detail["phone"], "9990000001") {
				t.Errorf("a sensitive value is kept as %q", got.Detail["phone"])
			}
			if v, flaws := b.verdict(t); !v.Sound() {
				t.Errorf("flaws: %v", flaws)
			}
		},
		"what changed comes back, cut, without phones and without what is hidden": func(t *testing.T, b *bench) {
			r := line("settings.put").Changed(
				access.Change{Field: "template", Old: "Звоните +7 999 000-00-01", New: strings.Repeat("ж", 2000)},
				access.Change{Field: "settings.key", Old: "secret-1", New: "secret-2", Hidden: true},
				access.Change{Field: "enabled", Old: "true"},
			)
			must(t, b.AddRecord(t.Context(), r))
			page, _, err := b.Records(t.Context(), access.RecordFilter{})
			must(t, err)
			got := page[0].Changes
			if len(got) != 3 || got[0].Old != "Звоните +7999•••0001" || len(got[0].New) != 1000 {
				t.Errorf("got %+v", got)
			}
			want := []access.Change{{Field: "settings.key", Hidden: true}, {Field: "enabled", Old: "true"}}
			if !slices.Equal(got[1:], want) {
				t.Errorf("got %+v, want %+v", got[1:], want)
			}
			many := line("restaurants.put")
			for i := range 50 {
				many = many.Changed(access.Change{Field: strconv.Itoa(i), New: "x"})
			}
			must(t, b.AddRecord(t.Context(), many))
			page, _, err = b.Records(t.Context(), access.RecordFilter{Limit: 1})
			must(t, err)
			if len(page[0].Changes) != 40 || page[0].Detail["more_changes"] != "10" {
				t.Errorf("%d changes, %v", len(page[0].Changes), page[0].Detail)
			}
			if v, flaws := b.verdict(t); !v.Sound() {
				t.Errorf("flaws: %v", flaws)
			}
		},
		"equal sensitive values have equal fingerprints": func(t *testing.T, b *bench) {
			for _, phone := range []string{"+79990000001", "+79990000002", "+79990000001"} {
				r := line("contact.reveal")
				r.Sensitive = map[string]string{"phone": phone}
				must(t, b.AddRecord(t.Context(), r))
			}
			page, _, err := b.Records(t.Context(), access.RecordFilter{})
			must(t, err)
			if page[0].Detail["phone"] != page[2].Detail["phone"] || page[0].Detail["phone"] == page[1].Detail["phone"] {
				t.Errorf("fingerprints %q %q %q", page[0].Detail["phone"], page[1].Detail["phone"], page[2].Detail["phone"])
			}
		},
		"pages go from the newest line to the oldest, filtered": func(t *testing.T, b *bench) {
			var want []int64
			for i := range 30 {
				b.clock.pass(time.Minute)
				r := line([]string{"user.add", "user.password", "userdata.x"}[i%3])
				r.Object = []string{"olga", "oleg"}[i%2]
				must(t, b.AddRecord(t.Context(), r))
				if i%3 != 2 && i%2 == 0 {
					want = append(want, int64(i+1))
				}
			}
			slices.Reverse(want)
			var got []int64
			f := access.RecordFilter{Action: "user", Object: "olga", Actor: "boss", Limit: 3}
			for pages := 0; ; pages++ {
				page, next, err := b.Records(t.Context(), f)
				must(t, err)
				for _, r := range page {
					got = append(got, r.N)
				}
				if next == 0 || pages > 10 {
					break
				}
				f.Before = next
			}
			if !slices.Equal(got, want) {
				t.Errorf("pages give %v, want %v", got, want)
			}
			page, _, err := b.Records(t.Context(), access.RecordFilter{From: b.now().Add(-2 * time.Minute), To: b.now()})
			must(t, err)
			if len(page) != 2 {
				t.Errorf("%d lines of the two minutes before now, want 2", len(page))
			}
			for _, hostile := range []string{"%", "user_add", "user.%", `\`, "'"} {
				if page, _, err := b.Records(t.Context(), access.RecordFilter{Action: hostile}); err != nil || len(page) != 0 {
					t.Errorf("action %q finds %d lines, %v", hostile, len(page), err)
				}
			}
		},
		"what the retention leaves can still be verified": func(t *testing.T, b *bench) {
			b.note(t, 10)
			b.clock.pass(24 * time.Hour)
			b.note(t, 5)
			removed, err := b.PurgeRecords(t.Context(), b.now(), 4)
			must(t, err)
			if removed != 4 {
				t.Errorf("%d were removed at once, want 4", removed)
			}
			for removed > 0 {
				removed, err = b.PurgeRecords(t.Context(), b.now(), 4)
				must(t, err)
			}
			v, flaws := b.verdict(t)
			if !v.Sound() || v.First != 11 || v.Last != 18 || v.Records != 8 {
				t.Errorf("%+v, %v; want 5 lines and one for each of three purges, from 11 on", v, flaws)
			}
			b.restart(t)
			if v, flaws := b.verdict(t); !v.Sound() {
				t.Errorf("after a restart: %+v, %v", v, flaws)
			}
		},
		"a log whose lines are all past their retention is sound": func(t *testing.T, b *bench) {
			b.note(t, 3)
			b.clock.pass(24 * time.Hour)
			if removed, err := b.PurgeRecords(t.Context(), b.now(), 100); err != nil || removed != 3 {
				t.Fatalf("%d were removed, %v; want 3", removed, err)
			}
			if v, flaws := b.verdict(t); !v.Sound() || v.First != 4 || v.Last != 4 {
				t.Errorf("%+v, %v; want the line of the purge alone", v, flaws)
			}
		},
		"what was begun has one line, as it ended": func(t *testing.T, b *bench) {
			for _, r := range []access.Record{line("act.done"), line("act.refused").Refused("not_now"), {}} {
				id, err := b.BeginRecord(t.Context(), line("act.begun"))
				must(t, err)
				must(t, b.EndRecord(t.Context(), id, r))
			}
			if got, want := b.outcomes(t), []string{"act.done done", "act.refused refused: not_now"}; !slices.Equal(got, want) {
				t.Errorf("the log tells of %q, want %q", got, want)
			}
			if closed, err := b.CloseRecords(t.Context()); err != nil || closed != 0 {
				t.Errorf("%d are left open, %v", closed, err)
			}
		},
		"what was begun by a program that is gone is told by the next one": func(t *testing.T, b *bench) {
			r := line("act.begun")
			r.Sensitive = map[string]string{"phone": "+79990000001"}
			_, err := b.BeginRecord(t.Context(), r)
			must(t, err)
			b.restart(t)
			closed, err := b.CloseRecords(t.Context())
			must(t, err)
			if got, want := b.outcomes(t), []string{"act.begun begun"}; closed != 1 || !slices.Equal(got, want) {
				t.Errorf("%d, the log tells of %q, want %q", closed, got, want)
			}
			page, _, err := b.Records(t.Context(), access.RecordFilter{})
			must(t, err)
			if len(page) != 1 || !strings.HasPrefix(page[0].Detail["phone"], "hmac:") {
				t.Errorf("the line is %+v", page)
			}
			if v, flaws := b.verdict(t); !v.Sound() {
				t.Errorf("flaws: %v", flaws)
			}
		},
		"a change whose line cannot be written is not done": func(t *testing.T, b *bench) {
			b.addUser(t, "boss", access.Owner)
			before := b.actions(t)
			_, err := b.AddUser(t.Context(), access.User{Name: "olga", Role: access.Viewer, Password: "p"}, false, access.Record{})
			if err == nil {
				t.Error("a user was added without a line")
			}
			if u, err := b.FindUser(t.Context(), "olga"); err != nil || u != nil {
				t.Errorf("she is there: %+v, %v", u, err)
			}
			if got := b.actions(t); !slices.Equal(got, before) {
				t.Errorf("the log tells of %v", got)
			}
		},
		"without its key the end of the log cannot be trusted, and a new key does not hide that": func(t *testing.T, b *bench) {
			b.note(t, 3)
			b.stop(t)
			must(t, os.Remove(filepath.Join(b.folder, "keys", "audit.key")))
			reader, err := b.open(t, store.Options{Folder: b.folder, ReadOnly: true, Now: b.clock.Now})
			must(t, err)
			v, err := reader.VerifyRecords(t.Context())
			must(t, err)
			if len(v.Faults) != 1 || v.Faults[0].Why != access.FlawNoKey {
				t.Errorf("without the key: %+v", v.Faults)
			}
			must(t, reader.Close())
			b.start(t)
			b.note(t, 2)
			if _, flaws := b.verdict(t); !slices.Equal(flaws, []string{"4 " + access.FlawSeal}) {
				t.Errorf("with a new key: %v, want the first line after it", flaws)
			}
		},
		"a line is JSON that anybody can check": func(t *testing.T, b *bench) {
			b.note(t, 2)
			page, _, err := b.Records(t.Context(), access.RecordFilter{})
			must(t, err)
			text, err := json.Marshal(page[0])
			must(t, err)
			var back access.Record
			must(t, json.Unmarshal(text, &back))
			if why := back.Follows(2, page[1].Hash); why != "" {
				t.Errorf("what was exported does not verify: %s\n%s", why, text)
			}
		},
	}
}

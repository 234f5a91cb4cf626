package lunch_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/lunch"
	"github.com/orderbell/orderbell/gateway/internal/order"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// hours are the hours that the tests look at, from none to more orders than there are stories.
func hours() map[string]lunch.Hour {
	all := map[string]lunch.Hour{}
	for _, orders := range []int{0, 1, 5, 40, 250} {
		for _, seed := range []uint64{0, 1, 42} {
			all[fmt.Sprintf("seed %d, %d orders", seed, orders)] = lunch.New(seed, orders, noon)
		}
	}
	return all
}

func TestEqualArgumentsMakeEqualHours(t *testing.T) {
	t.Parallel()
	first := lunch.New(7, 60, noon)
	if diff := cmp.Diff(first, lunch.New(7, 60, noon)); diff != "" {
		t.Errorf("seed 7 twice (-first +second):\n%s", diff)
	}
	for name, other := range map[string]lunch.Hour{
		"another seed":  lunch.New(8, 60, noon),
		"another start": lunch.New(7, 60, noon.Add(time.Hour)),
		"fewer orders":  lunch.New(7, 59, noon),
	} {
		if reflect.DeepEqual(first, other) { // cmp looks long for the differences
			t.Errorf("%s: got the same hour", name)
		}
	}
}

func TestEveryPostingButTheGarbageIsUnderstood(t *testing.T) {
	t.Parallel()
	for name, hour := range hours() {
		var garbage, cyrillic int
		for _, step := range hour.Steps {
			if step.Kind != lunch.Posting {
				continue
			}
			postings, err := kds.Decode(step.Body)
			if step.Note == lunch.NoteGarbage {
				garbage++
				if err == nil {
					t.Errorf("%s: the garbage was understood as %+v", name, postings)
				}
				continue
			}
			if err != nil || len(postings) != 1 || len(postings[0].Orders) != 1 || len(postings[0].Notes) > 0 {
				t.Fatalf("%s, at %s: got %+v, %v, want one order\n%s", name, step.At, postings, err, step.Body)
			}
			o := postings[0].Orders[0]
			if postings[0].Restaurant != lunch.Restaurant || o.Ref.GUID != step.GUID || o.Name != step.Number || len(o.Dishes) == 0 {
				t.Errorf("%s, at %s: got restaurant %s, order %+v, want %s and order %s", name, step.At, postings[0].Restaurant, o, lunch.Restaurant, step.GUID)
			}
			if bytes.Contains(step.Body, []byte("windows-1251")) {
				cyrillic++
			}
			for _, d := range o.Dishes {
				if !strings.ContainsAny(d.Name, "аеиоуы") || strings.ContainsRune(d.Name, '�') {
					t.Errorf("%s, at %s: got the dish %q, want a name from the menu", name, step.At, d.Name)
				}
			}
		}
		if garbage != 1 || (len(hour.Endings) >= 40 && cyrillic == 0) {
			t.Errorf("%s: got %d garbage bodies and %d in windows-1251, want one and some", name, garbage, cyrillic)
		}
	}
}

func TestEachOrderHasOneEnding(t *testing.T) {
	t.Parallel()
	for _, orders := range []int{0, 1, 5, 40, 250} {
		hour := lunch.New(42, orders, noon)
		if len(hour.Endings) != orders {
			t.Errorf("%d orders: got %d endings", orders, len(hour.Endings))
		}
		seen := map[string]bool{}
		for _, e := range hour.Endings {
			if seen[e.GUID] || seen[e.Number] {
				t.Errorf("%d orders: the order %s %s has two endings", orders, e.Number, e.GUID)
			}
			seen[e.GUID], seen[e.Number] = true, true
			if (e.Fate == lunch.Texted) != (e.Why == "") || (e.Fate != lunch.Texted && e.Fate != lunch.HeldBack) {
				t.Errorf("order %s: got the fate %q because of %q, want a cause exactly where it is held back", e.Number, e.Fate, e.Why)
			}
		}
		for _, step := range hour.Steps {
			if step.GUID != "" && !seen[step.GUID] {
				t.Errorf("%d orders: the order %s of a step has no ending", orders, step.GUID)
			}
		}
	}
}

func TestStepsAreInOrderOfTimeWithinTheHour(t *testing.T) {
	t.Parallel()
	for name, hour := range hours() {
		if !slices.IsSortedFunc(hour.Steps, func(a, b lunch.Step) int { return int(a.At - b.At) }) {
			t.Errorf("%s: the steps are not in order of time", name)
		}
		phones := map[string]string{}
		for _, step := range hour.Steps {
			if step.At < -time.Minute || step.At > 90*time.Minute {
				t.Errorf("%s: a step at %s, want it in the hour", name, step.At)
			}
			switch step.Kind {
			case lunch.Posting:
				if len(step.Body) == 0 || step.Phone != "" {
					t.Errorf("%s: a posting at %s without a body, or with a phone", name, step.At)
				}
			case lunch.Phone:
				phone, err := contact.ParsePhone(step.Phone, "RU")
				if err != nil || phone.Reveal() != step.Phone || len(step.Body) > 0 {
					t.Errorf("%s: a phone at %s: got %s, %v", name, step.At, phone, err)
				}
				if other := phones[step.Phone]; other != "" && other != step.GUID {
					t.Errorf("%s: %s and %s have one phone", name, other, step.GUID)
				}
				phones[step.Phone] = step.GUID
			default:
				t.Errorf("%s: a step of kind %q", name, step.Kind)
			}
		}
	}
}

func TestAnHourOfFortyTellsEveryStory(t *testing.T) {
	t.Parallel()
	hour := lunch.New(42, 40, noon)
	told := map[string]bool{}
	for _, step := range hour.Steps {
		told[step.Note] = true
	}
	for _, e := range hour.Endings {
		told[e.Why] = true
	}
	for _, note := range []string{
		lunch.NoteRepeat, lunch.NoteJump, lunch.NoteBack, lunch.NoteGarbage, lunch.NoteOld, lunch.NoteCyrillic, lunch.NoteLate,
		lunch.NoteNumeric, lunch.NoteRefused, lunch.NoteCancel, lunch.NoteHurried, lunch.NoteNoPhone, lunch.NoteCold,
	} {
		if !told[note] {
			t.Errorf("an hour of 40 orders: nothing is special as %q", note)
		}
	}
}

// TestTheStepsLeadToTheEndings plays the hour through the order model: what a step calls the stage is
// the stage, and who is to be texted is ready and has left a phone.
func TestTheStepsLeadToTheEndings(t *testing.T) {
	t.Parallel()
	for name, hour := range hours() {
		orders := map[string]*order.Order{}
		phones := map[string]string{} // note of the phone, by order
		for _, step := range hour.Steps {
			if step.Kind == lunch.Phone {
				phones[step.GUID] = "left " + step.Note
				continue
			}
			postings, err := kds.Decode(step.Body)
			if err != nil {
				continue
			}
			next := order.Carry(orders[step.GUID], postings[0].Orders[0], order.Least)
			orders[step.GUID] = &next
			got := next.Stage.String()
			switch {
			case next.Deleted:
				got = "cancelled"
			case next.Finished:
				got = "closed"
			}
			if got != step.Stage {
				t.Errorf("%s, order %s at %s (%s): the stage is %q, the step says %q", name, step.Number, step.At, step.Note, got, step.Stage)
			}
		}
		for _, e := range hour.Endings {
			o := orders[e.GUID]
			if o == nil {
				t.Errorf("%s, order %s: it has an ending and no posting", name, e.Number)
				continue
			}
			ready, phone := o.Peak >= order.Ready, phones[e.GUID]
			texted := ready && phone != "" && phone != "left "+lunch.NoteRefused && e.Why != lunch.NoteOld
			if texted != (e.Fate == lunch.Texted) {
				t.Errorf("%s, order %s: got as far as %s, phone %q, want it %s (%s)", name, e.Number, o.Peak, phone, e.Fate, e.Why)
			}
		}
	}
}

package script

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/scripts"
)

// ruleCase is an entry of NAME.cases.json: events of one order in turn, and what the rule says to each
// change that it listens to.
type ruleCase struct {
	Name   string      `json:"name"`
	Events []string    `json:"events"`          // files of examples/events
	Stage  order.Stage `json:"stage,omitempty"` // the chosen one; default ready
	Off    bool        `json:"off,omitempty"`   // notifications are off
	Want   []saying    `json:"want"`
}

type saying struct {
	Change order.Kind `json:"change"`
	Text   string     `json:"text,omitempty"`
	Skip   string     `json:"skip,omitempty"`
}

func TestShippedRulesDoWhatTheirCasesSay(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(scripts.FS, "rules/*.js")
	if err != nil || len(names) == 0 {
		t.Fatalf("rules: %v, %v", names, err)
	}
	for _, name := range names {
		source, err := fs.ReadFile(scripts.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := fs.ReadFile(scripts.FS, strings.TrimSuffix(name, ".js")+".cases.json")
		if err != nil {
			t.Errorf("%s has no cases: %v", name, err)
			continue
		}
		var cases []ruleCase
		if err := json.Unmarshal(raw, &cases); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		set, problems := engine{}.compile("v", []rule.File{{Name: filepath.Base(name), Source: string(source)}})
		if len(problems) > 0 {
			t.Fatalf("%s: %v", name, problems)
		}
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				if diff := cmp.Diff(c.Want, play(t, set, c), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%v: (-want +got)\n%s", c.Events, diff)
				}
			})
		}
	}
}

func play(t *testing.T, set *compiledSet, c ruleCase) []saying {
	t.Helper()
	var said []saying
	var known *order.Order
	for _, name := range c.Events {
		body, err := os.ReadFile(filepath.Join("../../../examples/events", name))
		if err != nil {
			t.Fatal(err)
		}
		postings, err := kds.Decode(body)
		if err != nil || len(postings) != 1 || len(postings[0].Orders) != 1 {
			t.Fatalf("%s: %d postings, %v", name, len(postings), err)
		}
		next := order.Carry(known, postings[0].Orders[0], order.Least)
		next.ID = "01JD"
		for _, change := range order.Diff(known, next) {
			said = append(said, say(set, c, change, next)...)
		}
		known = &next
	}
	return said
}

func say(set *compiledSet, c ruleCase, change order.Change, o order.Order) []saying {
	var said []saying
	for _, r := range set.list() {
		if !r.Listens(change.Kind) {
			continue
		}
		call := testCall(r.Name)
		call.Change, call.Order, call.Snapshot.Number = change, o, o.Name
		call.Snapshot.Settings.Enabled = !c.Off
		if c.Stage != order.None {
			call.Snapshot.Settings.Stage = c.Stage
		}
		res := engine{}.evaluate(set, &call)
		s := saying{Change: change.Kind, Skip: res.Skip}
		switch {
		case res.Err != nil:
			s.Text = "ERROR " + res.Err.Text
		case len(res.Messages) > 0:
			s.Text = res.Messages[0].Text
		}
		said = append(said, s)
	}
	return said
}

// TestShippedRuleOnEveryStage checks the promise of the settings page on every way through the kitchen:
// a message is due once, the first time that the stage is in {chosen … collected}.
func TestShippedRuleOnEveryStage(t *testing.T) {
	t.Parallel()
	set, problems := engine{}.compile("v", []rule.File{shipped(t)})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, chosen := range []order.Stage{order.Started, order.Ready, order.Out, order.Collect, order.Collected} {
		for way := range 1 << 5 { // each subset of the stages after sent, as the ones that events show
			texts, last := 0, order.None
			known := order.Order{ID: "01JD"}
			for i, stage := range order.Stages()[1:] {
				if way>>i&1 == 0 {
					continue
				}
				last = stage
				next := known
				next.Stage, next.Peak = stage, max(known.Peak, stage)
				for _, change := range order.Diff(&known, next) {
					for _, s := range say(set, ruleCase{Stage: chosen}, change, next) {
						if s.Text != "" {
							texts++
						}
					}
				}
				known = next
			}
			want := 0
			if last >= chosen {
				want = 1
			}
			if texts != want {
				t.Errorf("chosen %s, way %05b: %d texts, want %d", chosen, way, texts, want)
			}
		}
	}
}

func TestShippedRuleInFull(t *testing.T) {
	t.Parallel()
	set, _ := engine{}.compile("v", []rule.File{shipped(t)})
	call := testCall("order-stage")
	want := rule.Result{Messages: []rule.Draft{{To: "+79990000001", Text: "Заказ 12.1 готов. Кафе «Пример»",
		Category: "transactional", ExpiresIn: 20 * time.Minute, Dedupe: "stage/01JD"}}}
	if diff := cmp.Diff(want, engine{}.evaluate(set, &call)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	call.Snapshot.Phone = ""
	want.Messages[0].To = ""
	if diff := cmp.Diff(want, engine{}.evaluate(set, &call)); diff != "" {
		t.Errorf("without a phone: (-want +got)\n%s", diff)
	}
}

func TestATextDoesNotEndInTheSpaceBeforeANameThatIsNotSet(t *testing.T) {
	t.Parallel()
	result := evaluateBody(t, `return { to: "+79990000001", text: fmt("Заказ {n} готов. {name}", { n: "12.1", name: "" }) };`)
	if len(result.Messages) != 1 || result.Messages[0].Text != "Заказ 12.1 готов." {
		t.Errorf("%+v, want the text without a space at its end", result)
	}
}

// TestTypesNameTheLongestText holds what the types say of a text against what counts parts.
func TestTypesNameTheLongestText(t *testing.T) {
	t.Parallel()
	types, err := fs.ReadFile(scripts.FS, "types/orderbell.d.ts")
	if err != nil {
		t.Fatal(err)
	}
	const latin, cyrillic = 1530, 670
	if want := fmt.Sprintf("At most %d parts, see segments(): %d Latin characters, or %d", rule.DefaultSegments, latin, cyrillic); !strings.Contains(string(types), want) {
		t.Errorf("the types do not say %q", want)
	}
	for letter, most := range map[string]int{"x": latin, "я": cyrillic} {
		longest, more := message.CountSegments(strings.Repeat(letter, most)).Parts, message.CountSegments(strings.Repeat(letter, most+1)).Parts
		if longest != rule.DefaultSegments || more <= longest {
			t.Errorf("%d of %q are %d parts and one more %d, want %d to be the most", most, letter, longest, more, rule.DefaultSegments)
		}
	}
}

// TestTypesMatchTheRuntime compares types/orderbell.d.ts with what scripts really see, both ways.
func TestTypesMatchTheRuntime(t *testing.T) {
	t.Parallel()
	raw, err := fs.ReadFile(scripts.FS, "types/orderbell.d.ts")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	if lines := strings.Count(text, "\n"); lines >= 200 {
		t.Errorf("the types have %d lines, want fewer than 200", lines)
	}
	same := func(what string, declared, real []string) {
		t.Helper()
		slices.Sort(declared)
		real = slices.Sorted(slices.Values(real))
		if diff := cmp.Diff(declared, real); diff != "" {
			t.Errorf("%s: (-declared +real)\n%s", what, diff)
		}
	}
	var functions []string
	for _, m := range regexp.MustCompile(`(?m)^declare function (\w+)\(`).FindAllStringSubmatch(text, -1) {
		functions = append(functions, m[1])
	}
	same("functions", functions, helperNames[:])

	field := regexp.MustCompile(`(?m)^  (?:readonly )?(\w+)\??(?::|\()`)
	for name, real := range map[string][]string{
		"Change": changeFields[:], "Order": orderFields[:], "Guest": guestFields[:], "Dish": dishFields[:],
		"Restaurant": restaurantFields[:], "Context": contextFields[:], "Now": nowFields[:],
		"Settings": settingsFields[:], "Message": draftFields(), "RuleDefinition": {"name", "on", "handle"},
	} {
		_, body, found := strings.Cut(text, "interface "+name+" {\n")
		body, _, _ = strings.Cut(body, "\n}")
		if !found {
			t.Errorf("interface %s is not declared", name)
			continue
		}
		var fields []string
		for _, m := range field.FindAllStringSubmatch(body, -1) {
			fields = append(fields, m[1])
		}
		same(name, fields, real)
	}
	var declaredKinds []string
	_, list, _ := strings.Cut(text, "type Kind =")
	list, _, _ = strings.Cut(list, ";")
	for _, m := range regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(list, -1) {
		declaredKinds = append(declaredKinds, m[1])
	}
	same("kinds", declaredKinds, kinds())

	// And what is named really answers: every field of every object has a value.
	set := compileOne(t, handler(`
		const walk = (o, path) => { for (const k of Object.keys(o)) { const v = o[k];
			if (v === undefined) log(path + "." + k);
			if (v && typeof v === "object") walk(v, path + "." + k); } };
		walk(change, "change"); walk(ctx, "ctx");
		for (const f of [`+strings.Join(helperNames[:], ", ")+`]) if (typeof f !== "function") log("global");
		return ctx.skip("walked");`))
	call := testCall("r")
	if res := (engine{}).evaluate(set, &call); res.Skip != "walked" || len(res.Log) > 0 {
		t.Errorf("fields without a value: %v; %+v", res.Log, res.Err)
	}
}

func TestExampleRulesRun(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("../../../examples/rules/*.js")
	if err != nil || len(names) == 0 {
		t.Fatalf("examples: %v, %v", names, err)
	}
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		set, problems := engine{}.compile("v", []rule.File{{Name: filepath.Base(name), Source: string(source)}})
		if len(problems) > 0 {
			t.Fatalf("%s: %v", name, problems)
		}
		for _, r := range set.list() {
			call := testCall(r.Name)
			if res := (engine{}).evaluate(set, &call); len(res.Messages) != 1 {
				t.Errorf("%s on a ready order: %+v %+v, want a message", name, res, res.Err)
			}
		}
	}
}

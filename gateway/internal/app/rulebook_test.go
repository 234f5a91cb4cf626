package app_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/pipeline"
	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// loud texts whenever an order is ready, in capitals.
const loud = `rule({
  name: "order-stage",
  on: ["order.ready"],
  handle(change) {
    return { to: change.order.guest.phone, text: "ГОТОВО " + change.order.number, dedupe: "stage/" + change.order.id };
  },
});`

// book opens the rules of a running gateway as a command does.
func (h *house) book() *app.RuleBook {
	h.t.Helper()
	file := filepath.Join(h.t.TempDir(), "orderbell.yaml")
	if err := os.WriteFile(file, []byte(h.yaml), 0o600); err != nil {
		h.t.Fatal(err)
	}
	cfg, err := config.Load(config.Sources{File: file, Flags: config.Flags{Data: h.Data}})
	if err != nil {
		h.t.Fatal(err)
	}
	book, err := app.OpenRuleBook(h.t.Context(), app.Options{Config: cfg, Version: "test", Program: h.programs.Path(), Log: hclog.NewNullLogger(), Now: time.Now})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = book.Close() })
	return book
}

// TestRulesAreTriedOnWhatReallyHappened plays three orders and asks what the rules, and a draft, make of them.
func TestRulesAreTriedOnWhatReallyHappened(t *testing.T) {
	t.Parallel()
	h := open(t, "", "")
	for n := 1; n <= 3; n++ {
		if n < 3 {
			h.phone(n)
		}
		h.event(n, "started", "")
		h.event(n, "ready", "")
		h.event(n, "started", "")
		h.event(n, "ready", "")
	}
	eventually(t, "two texts", func() bool { return len(h.sent()) == 2 })
	eventually(t, "the decision to wait", func() bool { return strings.Contains(h.story("3.1"), "waits for the guest's phone") })
	book := h.book()

	played, err := book.TryOrder(t.Context(), guid(1), nil)
	if err != nil {
		t.Fatal(err)
	}
	tried := played.Tried
	if got, want := outcomes(tried), "order.started skipped; order.ready sends «Заказ 1.1 готов. Кафе»; order.ready skipped"; got != want {
		t.Errorf("the order by the rules that serve: got %s, want %s", got, want)
	}
	draft := app.Draft("order-stage.js", loud)
	last := tried[len(tried)-1].Event.ID
	played, err = book.TryEvent(t.Context(), last, &draft)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := outcomes(played.Tried), "order.ready sends «ГОТОВО 1.1»"; got != want {
		t.Errorf("the last event by the draft: got %s, want %s", got, want)
	}
	if played, err = book.TryOrder(t.Context(), guid(3), nil); err != nil || !strings.Contains(outcomes(played.Tried), "order.ready waiting") {
		t.Errorf("the order without a phone: %s, %v", outcomes(played.Tried), err)
	}

	compared, err := book.Compare(t.Context(), draft, 1)
	if err != nil {
		t.Fatal(err)
	}
	if compared.Events != 12 || compared.Changed != 2 || compared.Added+compared.Removed+compared.Failed+compared.Same != 0 {
		t.Errorf("compared: %+v", compared)
	}
	silent := app.Draft("order-stage.js", strings.Replace(loud, "return {", "return change.order.number === '1.1' ? null.x : {", 1))
	if compared, err = book.Compare(t.Context(), silent, 1); err != nil || compared.Changed != 1 || compared.Removed != 1 || compared.Failed == 0 {
		t.Errorf("a draft that throws at one order: %+v, %v", compared, err)
	}
	broken := app.Draft("order-stage.js", "rule(")
	if _, err = book.Compare(t.Context(), broken, 1); !isBroken(err) {
		t.Errorf("a draft that does not compile: %v", err)
	}
	if len(h.sent()) != 2 {
		t.Errorf("trying sent something: %v", h.sent())
	}
}

func isBroken(err error) bool {
	_, broken := errors.AsType[*app.BrokenError](err)
	return broken
}

func outcomes(tried []pipeline.Tried) string {
	var all []string
	for _, t := range tried {
		text := string(t.Decision.Change.Kind) + " " + string(t.Decision.Outcome)
		for _, m := range t.Decision.Messages {
			text += " «" + m.Text + "»"
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

// TestAnAdminsCasesAreRunWithTheRealEngine writes a rule that must not text at night, with its cases.
func TestAnAdminsCasesAreRunWithTheRealEngine(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("day.js", `rule({ name: "day", on: ["order.ready"], handle(change, ctx) {
		if (between("22:00", "09:00")) return ctx.skip("night");
		if (!change.order.guest.phone) throw new Error("no phone");
		return { to: change.order.guest.phone, text: fmt(ctx.settings.template, { order_number: change.order.number }) };
	} });`)
	write("day.cases.json", `[
		{"name": "by day", "events": ["08-kds-all-ready.xml"], "at": "13:00", "template": "№ {order_number}", "want": [{"change": "order.ready", "text": "№ 12.1"}]},
		{"name": "at night", "events": ["08-kds-all-ready.xml"], "at": "23:30", "want": [{"change": "order.ready", "skip": "night"}]},
		{"name": "nobody left a phone", "events": ["08-kds-all-ready.xml"], "at": "13:00", "no_phone": true, "want": [{"change": "order.ready", "error": "day.js:3: Error: no phone"}]},
		{"name": "a wish that is not fulfilled", "events": ["08-kds-all-ready.xml"], "at": "13:00", "want": []},
		{"name": "a sample that is none", "events": ["nothing.xml"], "want": []}
	]`)
	cfg, err := config.Load(config.Sources{Flags: config.Flags{Data: filepath.Join(folder, "data"), Rules: folder}})
	if err != nil {
		t.Fatal(err)
	}
	book, err := app.OpenRuleBook(t.Context(), app.Options{Config: cfg, Program: programs.Path(), Log: hclog.NewNullLogger(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	tested, _, err := book.Test(context.WithoutCancel(t.Context()), nil)
	if err != nil || len(tested) != 1 || tested[0].Err != nil {
		t.Fatalf("%+v, %v", tested, err)
	}
	for i, want := range []bool{true, true, true, false, false} {
		c := tested[0].Cases[i]
		if c.Passed != want {
			t.Errorf("%s: passed %v, got %+v, %v", c.Name, c.Passed, c.Got, c.Err)
		}
	}
	if got := tested[0].Cases[3].Got; len(got) != 1 || got[0] != (rule.Saying{Change: "order.ready", Text: "Заказ 12.1 готов. {restaurant_name}"}) && got[0].Error == "" {
		t.Errorf("what came instead: %+v", got)
	}
}

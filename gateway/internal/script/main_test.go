package script

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/child"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/scripts"
)

// The test binary is also the worker: "script-worker" as it ships, "bare-worker" without any check or
// limit inside the process, so that what the process around it is worth shows.
func TestMain(m *testing.M) {
	var err error
	switch word(os.Args) {
	case "script-worker":
		err = ServeWorker()
	case "bare-worker":
		guardProcess()
		err = child.ServeWorker(newWorker(engine{bare: true}).handle)
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func word(args []string) string {
	if len(args) < 2 {
		return ""
	}
	return args[1]
}

var testNow = time.Date(2026, 11, 24, 18, 5, 7, 0, time.FixedZone("MSK", 3*3600))

// testCall is a call of the rule on an order that has just become ready.
func testCall(name string) rule.Call {
	return rule.Call{
		Rule:   name,
		Change: order.Change{Kind: order.OrderReached(order.Ready), Stage: order.Ready, Before: order.Started},
		Order: order.Order{ID: "01JD", Name: "12.1", Table: "12", Type: "В зале", Stage: order.Ready, Dishes: []order.Dish{
			{ID: "A", Name: "Борщ", Quantity: 1000, Stage: order.Ready},
			{ID: "B", Name: "Плов", Quantity: 1500, Stage: order.Ready},
			{ID: "C", Name: "Пакет", Quantity: 1000, Skip: order.Packaging},
		}},
		Snapshot: rule.Snapshot{
			Now: testNow, Restaurant: rule.Restaurant{Code: "199990777", Name: "Кафе «Пример»"},
			Number: "12.1", Phone: "+79990000001", Language: "ru",
			Settings: rule.Notifications{Enabled: true, Stage: order.Ready, Expires: 20 * time.Minute,
				Template: "Заказ {order_number} готов. {restaurant_name}"},
		},
	}
}

// compileOne compiles a file and fails the test on any fault.
func compileOne(t testing.TB, source string) *compiledSet {
	t.Helper()
	set, problems := engine{}.compile("v", []rule.File{{Name: "test.js", Source: source}})
	if faulty(problems) {
		t.Fatalf("compile: %v", problems)
	}
	return set
}

// handler wraps the body of a handle function into a file; the body begins at line 3.
func handler(body string) string {
	return "rule({ name: \"r\", on: [\"order.ready\"],\nhandle(change, ctx) {\n" + body + "\n} });\n"
}

func evaluateBody(t *testing.T, body string) rule.Result {
	t.Helper()
	request, err := decodeEval(encodeEval("v", []rule.Call{testCall("r")})[1:])
	if err != nil {
		t.Fatal(err)
	}
	return engine{}.evaluate(compileOne(t, handler(body)), &request.calls[0])
}

func shipped(t testing.TB) rule.File {
	t.Helper()
	source, err := scripts.FS.ReadFile("rules/order-stage.js")
	if err != nil {
		t.Fatal(err)
	}
	return rule.File{Name: "order-stage.js", Source: string(source), Version: "v1"}
}

func startPool(t testing.TB, opts Options) (*Pool, func()) {
	t.Helper()
	pool := New(opts)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); pool.Run(ctx) }()
	return pool, func() { cancel(); <-done }
}

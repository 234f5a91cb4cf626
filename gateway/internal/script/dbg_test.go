package script
import ("testing";"os";"strings";"time";"github.com/hashicorp/go-hclog";"github.com/orderbell/orderbell/gateway/internal/rule")
func TestDbg(t *testing.T) {
	for _, name := range []string{"flat on a cycle","repeat 2^40"} {
	pool, stop := startPool(t, Options{Program: os.Args[0], Args: []string{"bare-worker"}, Log: hclog.New(&hclog.LoggerOptions{Output: os.Stdout, Level: hclog.Debug, TimeFormat:"05.000"})})
	clean := rule.File{Name: "clean.js", Source: strings.Replace(handler(`return { to: change.order.guest.phone, text: "fine" };`), `"r"`, `"clean"`, 1)}
	for _, s := range hostile { if s.name == name {
		b := time.Now()
		took, out := provoke(t, pool, clean, s.body)
		t.Log(name, took, out, time.Since(b), pool.Status()[0])
	}}
	stop()
	}
}

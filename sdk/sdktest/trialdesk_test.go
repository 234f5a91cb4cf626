package sdktest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/orderbell/orderbell/sdk"
)

// acmeDesk plays Acme on a good day: a message is its ref, and one without a ref is new each time.
type acmeDesk struct {
	mu    sync.Mutex
	seen  map[string]bool
	count int
}

func (d *acmeDesk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	d.mu.Lock()
	defer d.mu.Unlock()
	var reply trialReply
	switch r.URL.Path {
	case "/send":
		reply = d.take(r.Form.Get("ref"))
	case "/batch":
		for _, ref := range r.Form["ref"] {
			reply.List = append(reply.List, d.take(ref))
		}
		slices.Reverse(reply.List)
	case "/balance":
		reply.Balance = "4122.56"
	case "/status":
		reply.Status = sdk.StatusAbsent
		if d.seen[r.Form.Get("ref")] {
			reply.Status = sdk.StatusDelivered
		}
	}
	_ = json.NewEncoder(w).Encode(reply)
}

func (d *acmeDesk) take(ref string) trialReply {
	if ref == "" {
		d.count++
		ref = fmt.Sprintf("new-%d", d.count)
	}
	d.seen[ref] = true
	return trialReply{ID: "id-" + ref, Ref: ref}
}

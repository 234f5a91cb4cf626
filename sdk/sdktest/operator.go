package sdktest

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/orderbell/orderbell/sdk"
)

// Operator is what Run needs to know of the provider's operator: how to play it, and what its author
// has recorded of it.
type Operator struct {
	// Handler plays the operator on a good day: it accepts every message that is put rightly and gives
	// each an id of its own. It is called from several goroutines, for several accounts at once. What
	// the provider claims about sending twice the handler must play: with sdk.ResendIdempotent the same
	// key gives the same id, with sdk.ResendLookupByOurID a look-up finds what was sent. All bad days
	// are the suite's. Nil, and NewHandler too: the provider has no network (it prints), and nothing is broken.
	Handler http.Handler

	// NewHandler makes a handler of its own for each case, in place of Handler: for a simulator with a
	// memory, whose money or daily limit the hundreds of messages of a run would use up.
	NewHandler func(testing.TB) http.Handler

	// Listen starts an operator who speaks something other than HTTP, anew for each case, and returns its
	// host:port; it stands in place of Handler and NewHandler. The suite's bad days are then those of the
	// connection, and Cases cannot be played. A setting must lead to it: {host} and {port} stand for its
	// address.
	Listen func(testing.TB) string

	// Settings open a working account. {operator} stands for the address of the played operator on this
	// machine, such as http://127.7.7.7:PORT; it goes into base_url where no value names it. Secrets have at least 4
	// bytes and should be unlike any other text: the suite searches for them.
	Settings map[string]string

	// Cases are answers of the operator and what they mean.
	Cases []Case

	// Callbacks are recorded delivery reports; see Dir and Recorded. Needed with ParseCallback.
	Callbacks Callbacks

	// IDFor tells which id the handler gives a message. Without it the suite cannot see whether the
	// ids of a batch come back with the right messages, and the card says so.
	IDFor func(sdk.Message) string

	// KeyInAddress says that the operator takes the key only in the address of a request. Otherwise a
	// secret there is a fault: addresses end up in other people's logs.
	KeyInAddress bool

	// UnsignedCallbacks says that the operator signs nothing, so that only the callback's secret
	// address tells a true report from a forged one.
	UnsignedCallbacks bool
}

// played says whether there is an operator to break.
func (o Operator) played() bool { return o.Handler != nil || o.NewHandler != nil || o.Listen != nil }

func (o Operator) handler(t testing.TB) http.Handler {
	t.Helper()
	if o.NewHandler != nil {
		return o.NewHandler(t)
	}
	return o.Handler
}

// What a Case sends, unless Case.Message says otherwise: recorded answers can name it.
const (
	CaseID = "01KTSDKTESTCASE00000000001"
	CaseTo = "+79990000001"
)

// Case is one answer of the operator to one message.
type Case struct {
	Name    string      // a sentence: "the balance is used up"
	Message sdk.Message // what is sent; what is left out is filled in (see CaseID)
	Reply   Reply
	Want    Want
}

// Want is what must become of a Case's message.
type Want struct {
	ID     string     // accepted under this id; with an empty Reason, empty means any
	Reason sdk.Reason // failed for this reason
	Code   string     // with this code of the operator; empty: any
}

// Accepted wants the message accepted under the operator's id; empty: any id.
func Accepted(id string) Want { return Want{ID: id} }

// Reason wants the message to fail.
func Reason(r sdk.Reason) Want { return Want{Reason: r} }

// Reply is an answer of the operator. The zero value is an empty body with 200.
type Reply struct {
	Status int         // HTTP; 0: 200
	Header http.Header // added to the answer
	Body   []byte

	file string
}

// File answers 200 with a file of the folder testdata.
func File(name string) Reply { return Reply{file: name} }

// Text answers with the text; status 0 is 200.
func Text(status int, body string) Reply { return Reply{Status: status, Body: []byte(body)} }

// WithStatus returns a copy with another HTTP status.
func (r Reply) WithStatus(status int) Reply {
	r.Status = status
	return r
}

// load reads the file, if there is one.
func (r Reply) load(t testing.TB) Reply {
	t.Helper()
	if r.file == "" {
		return r
	}
	body, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(r.file)))
	if err != nil {
		t.Fatalf("the recorded answer: %v", err)
	}
	r.Body = body
	return r
}

func (r Reply) write(w http.ResponseWriter) {
	for name, values := range r.Header {
		w.Header()[name] = values
	}
	if r.Status != 0 {
		w.WriteHeader(r.Status)
	}
	_, _ = w.Write(r.Body)
}

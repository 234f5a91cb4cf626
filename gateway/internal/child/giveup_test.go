package child

import (
	"errors"
	"testing"
)

// TestAProcessThatIsGivenUpKeepsTheCallsThatAreOut: they may be other people's, and well.
func TestAProcessThatIsGivenUpKeepsTheCallsThatAreOut(t *testing.T) {
	t.Parallel()
	s := start(t, testSpec(t, "serve"))
	lease, other := acquire(t, s), acquire(t, s)
	answer := make(chan error, 1)
	go func() {
		got, err := call(t, other, "wait:500ms")
		if err == nil && got != "waited" {
			err = errors.New(got)
		}
		other.Release()
		answer <- err
	}()
	lease.GiveUp("it hangs")
	lease.GiveUp("it still hangs") // the first one counts
	lease.Release()
	await(t, s, "draining", func(st Status) bool { return st.State != Serving })
	if err := <-answer; err != nil {
		t.Errorf("the other call: got %v, want its answer", err)
	}
	<-lease.Dead()
	next := acquire(t, s)
	defer next.Release()
	if got, err := call(t, next, "echo:again"); err != nil || got != "again" {
		t.Errorf("after the restart echo = %q, %v", got, err)
	}
	st := s.Status()
	fault, ok := errors.AsType[*Fault](st.LastError)
	if !ok || fault.Kind != GivenUp || fault.Detail != "it hangs" || st.Deaths != 1 || st.Starts != 2 {
		t.Errorf("status = %+v; want one death, given up", st)
	}
}

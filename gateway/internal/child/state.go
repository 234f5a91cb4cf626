package child

import "time"

// State is where a supervisor is.
type State string

// States. Stopped is both "Run was not called yet" and "Run has returned".
const (
	Stopped     State = "stopped"
	Starting    State = "starting"
	Serving     State = "serving"
	Draining    State = "draining"    // no new leases; waits for those that are out
	Backoff     State = "backoff"     // waits before the next start
	Quarantined State = "quarantined" // died too often; waits for longer than Backoff, or for Resume
)

// Status is a supervisor at one moment.
type Status struct {
	Name      string
	State     State
	PID       int       // 0: no process
	Since     time.Time // of State
	Starts    int       // processes that came to serve, since Run
	Deaths    int       // unwanted deaths, since Run; those by Lease.GiveUp, too
	Kills     int       // deaths that a call brought on: Lease.Kill, or CallsMayKill
	LastError error     // why the last process ended or did not start; nil: nothing against it. Often a *Fault
	LastLines []string  // what the last process wrote last, scrubbed; oldest first
	RSS       uint64    // resident bytes when last looked at; 0: no process, or the system does not say
	PeakRSS   uint64    // the most that any process was seen to have, since Run
}

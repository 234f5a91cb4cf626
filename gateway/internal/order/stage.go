package order

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Stage is the kitchen progress of a dish or an order. The zero value, None, means that nothing
// of it is on the kitchen screen. Stages are ordered and may be compared with < and >.
//
// The numbers are r_keeper's own enumeration of kdsstate (facts: rkeeper.md 2.1). Parked (7, 8) and
// removed (9) are not stages: see State.
type Stage uint8

// The stages, in the order in which an order passes them.
const (
	None      Stage = iota // not on the kitchen screen
	Sent                   // sent to the kitchen screen
	Started                // cooking begun: kdsStarted
	Ready                  // cooked: kdsReady
	Out                    // taken from the kitchen: kdsOut
	Collect                // assembly begun: kdsCollect
	Collected              // assembled: kdsCollected
)

var stageNames = [...]string{"", "sent", "started", "ready", "out", "collect", "collected"}

// Stages lists the real stages, Sent to Collected, in order.
func Stages() []Stage { return []Stage{Sent, Started, Ready, Out, Collect, Collected} }

// String gives the stage in lower case: "ready"; the empty text for None.
func (s Stage) String() string {
	if int(s) < len(stageNames) {
		return stageNames[s]
	}
	return fmt.Sprintf("stage(%d)", uint8(s))
}

// KDSName gives the name that the vendor's settings page uses: "kdsReady"; empty for None.
func (s Stage) KDSName() string {
	if s == None || int(s) >= len(stageNames) {
		return ""
	}
	name := stageNames[s]
	return "kds" + strings.ToUpper(name[:1]) + name[1:]
}

// ParseStage reads "ready", "kdsReady" or "3", in any letter case. It refuses everything that is
// not a stage, the empty text included.
func ParseStage(text string) (Stage, bool) {
	word := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "kds")
	for _, s := range Stages() {
		if word == stageNames[s] || word == fmt.Sprint(uint8(s)) {
			return s, true
		}
	}
	return None, false
}

// MarshalJSON writes the stage as its name.
func (s Stage) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// UnmarshalJSON reads a name; the empty text is None.
func (s *Stage) UnmarshalJSON(data []byte) error {
	var name string
	if err := json.Unmarshal(data, &name); err != nil {
		return err
	}
	if name == "" {
		*s = None
		return nil
	}
	stage, ok := ParseStage(name)
	if !ok {
		return fmt.Errorf("order: %q is not a stage", name)
	}
	*s = stage
	return nil
}

package access

import (
	"fmt"
	"slices"
	"strings"
)

// Role is what a user is trusted with. Each of viewer, operator, admin and owner may do all that the
// one before it may; an auditor reads the audit log and nothing else.
type Role string

// Roles.
const (
	Owner    Role = "owner"    // everything, also users, keys and provider programs
	Admin    Role = "admin"    // accounts, rules, settings
	Operator Role = "operator" // the daily work: resend, cancel, reveal a phone
	Viewer   Role = "viewer"   // reads, with phones masked
	Auditor  Role = "auditor"
)

// Roles lists every role, the mightiest first.
func Roles() []Role { return []Role{Owner, Admin, Operator, Viewer, Auditor} }

// ParseRole reads a role; the error lists those that exist.
func ParseRole(text string) (Role, error) {
	r := Role(strings.TrimSpace(text))
	if slices.Contains(Roles(), r) {
		return r, nil
	}
	return "", fmt.Errorf("no role %q; there are %v", text, Roles())
}

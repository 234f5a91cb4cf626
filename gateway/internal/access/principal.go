package access

import "slices"

// Kind tells people from programs.
type Kind string

// Kinds of principals.
const (
	KindUser Kind = "user"
	KindKey  Kind = "key"
)

// Principal is who makes a call. The zero Principal is nobody and may do nothing.
type Principal struct {
	Kind    Kind
	ID      string  // of the user or the key; ULID, or "declared:NAME" for a key of the configuration
	Name    string  // of the user or the key
	Role    Role    // of a user
	Scopes  []Scope // of a key
	Session string  // ID of the user's session, which is not its secret
	// Fresh says that the password was given within the last five minutes. A key is always fresh: its
	// secret comes with each call.
	Fresh bool
}

// May tells whether the principal holds the permission.
func (p Principal) May(asked Permission) bool {
	switch p.Kind {
	case KindUser:
		return p.Role.May(asked)
	case KindKey:
		return slices.ContainsFunc(p.Scopes, func(s Scope) bool { return s.May(asked) })
	default:
		return false
	}
}

// Permissions lists what the principal may do.
func (p Principal) Permissions() []Permission {
	return slices.DeleteFunc(Permissions(), func(asked Permission) bool { return !p.May(asked) })
}

package access

import "slices"

// Permission is one thing that somebody may do. Whoever asks names the permission, never a role or a
// scope: what these hold is said here and nowhere else.
type Permission string

// Permissions. What is not granted below is denied.
const (
	Self            Permission = "self"            // one's own session, password, second factor
	MessagesRead    Permission = "messages:read"   // messages with masked phones, charts
	MessagesWrite   Permission = "messages:write"  // resend, cancel, settle an unknown outcome
	OrdersRead      Permission = "orders:read"     // orders and their timelines
	EventsRead      Permission = "events:read"     // the list of postings and what they led to, the live feed
	EventsRaw       Permission = "events:raw"      // a posting as received: it may hold names and phones
	EventsWrite     Permission = "events:write"    // post an event, run one again
	ContactsRead    Permission = "contacts:read"   // contacts with masked phones, consents
	ContactsWrite   Permission = "contacts:write"  // bind a phone to an order, record a consent
	ContactsReveal  Permission = "contacts:reveal" // one phone in full; each time is in the audit log
	ContactsExport  Permission = "contacts:export" // all of somebody's or everybody's data as a file
	ContactsErase   Permission = "contacts:erase"  // take a person out of the database
	SettingsRead    Permission = "settings:read"   // notifications, restaurants
	SettingsWrite   Permission = "settings:write"
	AccountsRead    Permission = "accounts:read"    // accounts without their secrets, providers' manifests and health
	AccountsUse     Permission = "accounts:use"     // check, balance, estimate, a test text
	AccountsWrite   Permission = "accounts:write"   // add, change and remove accounts, their secrets among it
	AccountsAddress Permission = "accounts:address" // where an account's secrets are sent: the provider's base address
	RulesRead       Permission = "rules:read"       // rules, versions, a dry run on stored events
	RulesWrite      Permission = "rules:write"      // save, roll back, switch on and off
	AuditRead       Permission = "audit:read"       // the audit log and its verification
	UsersManage     Permission = "users:manage"     // users, their roles, passwords and sessions
	KeysManage      Permission = "keys:manage"      // API keys
	PluginsManage   Permission = "plugins:manage"   // install, pin and remove provider programs
	SystemRead      Permission = "system:read"      // checks, versions, health in detail
	SystemManage    Permission = "system:manage"    // backup, resume after a restore
)

// Permissions lists every permission.
func Permissions() []Permission {
	return []Permission{
		Self, MessagesRead, MessagesWrite, OrdersRead, EventsRead, EventsRaw, EventsWrite,
		ContactsRead, ContactsWrite, ContactsReveal, ContactsExport, ContactsErase,
		SettingsRead, SettingsWrite, AccountsRead, AccountsUse, AccountsWrite, AccountsAddress,
		RulesRead, RulesWrite, AuditRead, UsersManage, KeysManage, PluginsManage, SystemRead, SystemManage,
	}
}

// May tells whether the role holds the permission. A role that does not exist holds none.
func (r Role) May(p Permission) bool {
	switch r {
	case Owner:
		return slices.Contains(Permissions(), p)
	case Admin:
		return Operator.May(p) || slices.Contains([]Permission{
			ContactsExport, ContactsErase, SettingsWrite, AccountsWrite, RulesWrite, AuditRead, SystemManage,
		}, p)
	case Operator:
		return Viewer.May(p) || slices.Contains([]Permission{
			MessagesWrite, EventsRaw, EventsWrite, ContactsWrite, ContactsReveal, AccountsUse,
		}, p)
	case Viewer:
		return slices.Contains([]Permission{
			Self, MessagesRead, OrdersRead, EventsRead, ContactsRead, SettingsRead, AccountsRead, RulesRead, SystemRead,
		}, p)
	case Auditor:
		return p == Self || p == AuditRead
	default:
		return false
	}
}

// May tells whether a key with the scope holds the permission. No key is a person: none has Self, and
// none hands out access to people or keys, so that a stolen one cannot outlive its revocation.
func (s Scope) May(p Permission) bool {
	switch s {
	case ScopeAdmin:
		return p != Self && p != UsersManage && p != KeysManage && Owner.May(p)
	case ScopeContactsWrite:
		return p == ContactsWrite
	case ScopeMessagesRead:
		return p == MessagesRead || p == OrdersRead
	case ScopeMessagesWrite:
		return p == MessagesWrite
	case ScopeEventsWrite:
		return p == EventsWrite
	default:
		return false
	}
}

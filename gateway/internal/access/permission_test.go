package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// matrix is the whole of who may do what. Roles: Owner, aDmin, oPerator, Viewer, audItor. Scopes:
// Admin, Contacts:write, messages:Read, messages:Write, Events:write.
const matrix = `
self             ODPVI -----
messages:read    ODPV- A-R--
messages:write   ODP-- A--W-
orders:read      ODPV- A-R--
events:read      ODPV- A----
events:raw       ODP-- A----
events:write     ODP-- A---E
contacts:read    ODPV- A----
contacts:write   ODP-- AC---
contacts:reveal  ODP-- A----
contacts:export  OD--- A----
contacts:erase   OD--- A----
settings:read    ODPV- A----
settings:write   OD--- A----
accounts:read    ODPV- A----
accounts:use     ODP-- A----
accounts:write   OD--- A----
accounts:address O---- A----
rules:read       ODPV- A----
rules:write      OD--- A----
audit:read       OD--I A----
users:manage     O---- -----
keys:manage      O---- -----
plugins:manage   O---- A----
system:read      ODPV- A----
system:manage    OD--- A----
`

func TestTheWholeMatrix(t *testing.T) {
	t.Parallel()
	var told []access.Permission
	for line := range strings.Lines(strings.TrimSpace(matrix)) {
		fields := strings.Fields(line)
		p := access.Permission(fields[0])
		told = append(told, p)
		for i, role := range access.Roles() {
			if got, want := role.May(p), fields[1][i] != '-'; got != want {
				t.Errorf("%s may %s: got %v, want %v", role, p, got, want)
			}
		}
		scopes := []access.Scope{access.ScopeAdmin, access.ScopeContactsWrite, access.ScopeMessagesRead, access.ScopeMessagesWrite, access.ScopeEventsWrite}
		for i, scope := range scopes {
			if got, want := scope.May(p), fields[2][i] != '-'; got != want {
				t.Errorf("a key with %s may %s: got %v, want %v", scope, p, got, want)
			}
		}
		if len(scopes) != len(access.Scopes()) {
			t.Fatalf("the matrix knows %d scopes of %d", len(scopes), len(access.Scopes()))
		}
	}
	if !slices.Equal(told, access.Permissions()) {
		t.Errorf("the matrix tells of %v, there are %v", told, access.Permissions())
	}
}

func TestWhatIsNotGrantedIsDenied(t *testing.T) {
	t.Parallel()
	for _, p := range []access.Permission{"", "*", "messages", "messages:", "MESSAGES:READ", "messages:read ", "admin", "owner"} {
		for _, role := range append(access.Roles(), "", "OWNER", "root") {
			if role.May(p) {
				t.Errorf("%q may %q, which does not exist", role, p)
			}
		}
		for _, scope := range append(access.Scopes(), "", "*") {
			if scope.May(p) {
				t.Errorf("a key with %q may %q, which does not exist", scope, p)
			}
		}
	}
	for _, p := range access.Permissions() {
		for _, role := range []access.Role{"", "OWNER", "owner ", "root"} {
			if role.May(p) {
				t.Errorf("%q, which is no role, may %s", role, p)
			}
		}
	}
}

func TestOnlyUsersHaveRolesAndOnlyKeysHaveScopes(t *testing.T) {
	t.Parallel()
	both := func(kind access.Kind) access.Principal {
		return access.Principal{Kind: kind, Role: access.Auditor, Scopes: []access.Scope{access.ScopeEventsWrite}}
	}
	tests := []struct {
		name string
		who  access.Principal
		want []access.Permission
	}{
		{"nobody may do nothing, whatever else is filled in", both(""), []access.Permission{}},
		{"a kind that does not exist may do nothing", both("root"), []access.Permission{}},
		{"a user's scopes count for nothing", both(access.KindUser), []access.Permission{access.Self, access.AuditRead}},
		{"a key's role counts for nothing", both(access.KindKey), []access.Permission{access.EventsWrite}},
	}
	for _, tt := range tests {
		if got := tt.who.Permissions(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestParseRole(t *testing.T) {
	t.Parallel()
	for _, r := range access.Roles() {
		if got, err := access.ParseRole(" " + string(r) + "\n"); err != nil || got != r {
			t.Errorf("ParseRole(%q): got %q, %v", r, got, err)
		}
	}
	for _, text := range []string{"", "Owner", "root", "owner,admin"} {
		if got, err := access.ParseRole(text); err == nil || got != "" || !strings.Contains(err.Error(), "auditor") {
			t.Errorf("ParseRole(%q): got %q, %v; want an error that lists the roles", text, got, err)
		}
	}
}

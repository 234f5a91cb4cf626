package adminapi

import (
	"context"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// User is somebody who may sign in.
type User struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Role       access.Role `json:"role" enum:"owner,admin,operator,viewer,auditor"`
	Language   string      `json:"language" enum:"ru,en"`
	SecondOn   bool        `json:"totp" doc:"Has a second factor."`
	Revision   int64       `json:"revision"`
	CreatedAt  time.Time   `json:"created_at"`
	PasswordAt time.Time   `json:"password_at" doc:"When the password was last changed."`
	SeenAt     *time.Time  `json:"seen_at,omitempty" doc:"The last sign-in."`
	LockedAt   *time.Time  `json:"locked_at,omitempty" doc:"Since when the user may not sign in."`
}

// Users keeps users. Refusals: NoSuchThing, NameTaken, Stale, LastOwner, FieldsInvalid.
type Users interface {
	Users(ctx context.Context) ([]access.User, error)
	User(ctx context.Context, ref string) (access.User, error)
	AddUser(ctx context.Context, who access.Call, in access.UserForm) (access.User, error)
	ChangeUser(ctx context.Context, who access.Call, id string, in access.UserForm) (access.User, error)
	RemoveUser(ctx context.Context, who access.Call, id string, revision int64) error
}

// UserLocks keep users from signing in. Refusals: NoSuchThing, LastOwner, LockSelf.
type UserLocks interface {
	// LockUser ends the user's sessions at once; with locked false it lets the user sign in again.
	LockUser(ctx context.Context, who access.Call, id string, locked bool) (access.User, error)
}

// Passwords changes them.
type Passwords interface {
	// SetPassword ends the user's other sessions; with dropTOTP the second factor goes too.
	SetPassword(ctx context.Context, who access.Call, id, password string, dropTOTP bool) (access.User, error)
	SetLanguage(ctx context.Context, who access.Call, lang string) error
}

func shownUser(u access.User) User {
	shown := User{
		ID: u.ID, Name: u.Name, Role: u.Role, Language: u.Language, SecondOn: u.TOTP != "", Revision: u.Revision,
		CreatedAt: u.CreatedAt, PasswordAt: u.PasswordAt,
	}
	if !u.SeenAt.IsZero() {
		shown.SeenAt = &u.SeenAt
	}
	if u.Locked() {
		shown.LockedAt = &u.LockedAt
	}
	return shown
}

type newUserBody struct {
	Name     string      `json:"name" minLength:"1" maxLength:"256"`
	Role     access.Role `json:"role" enum:"owner,admin,operator,viewer,auditor"`
	Password string      `json:"password" minLength:"1" maxLength:"512" doc:"10 to 128 characters."`
	Language string      `json:"language,omitempty" enum:"ru,en"`
}

type userBody struct {
	Name     string      `json:"name" minLength:"1" maxLength:"256"`
	Role     access.Role `json:"role" enum:"owner,admin,operator,viewer,auditor"`
	Language string      `json:"language" enum:"ru,en"`
	Revision int64       `json:"revision" doc:"As it was read; another one is refused as stale."`
}

type userPasswordBody struct {
	Password string `json:"password" minLength:"1" maxLength:"512" doc:"10 to 128 characters."`
	DropTOTP bool   `json:"drop_totp,omitempty" doc:"Switch the second factor off too, for somebody who lost it. Only for other users."`
}

type languageBody struct {
	Language string `json:"language" enum:"ru,en"`
}

func (a *API) users() {
	s := a.opt.Services.Users
	type change struct {
		ByID
		Body userBody
	}
	type removal struct {
		ByID
		Revision int64 `query:"revision" doc:"As it was read; 0: whatever it is."`
	}
	add(a, call{id: "list-users", method: "GET", path: "/users", tag: "Users", summary: "Users, by name", may: access.UsersManage},
		func(ctx context.Context, _ Caller, _ *struct{}) (*body[Page[User]], error) {
			all, err := s.Users(ctx)
			if err != nil {
				return nil, err
			}
			var items []User
			for _, u := range all {
				items = append(items, shownUser(u))
			}
			return page(items, ""), nil
		})
	add(a, call{id: "get-user", method: "GET", path: "/users/{id}", tag: "Users", summary: "One user", may: access.UsersManage},
		func(ctx context.Context, _ Caller, in *ByID) (*body[User], error) {
			u, err := s.User(ctx, in.ID)
			return answered(shownUser(u), err)
		})
	add(a, call{id: "add-user", method: "POST", path: "/users", tag: "Users", summary: "Add a user", may: access.UsersManage, fresh: true, own: true, act: "user.add", status: 201},
		func(ctx context.Context, who Caller, in *body[newUserBody]) (*body[User], error) {
			u, err := s.AddUser(ctx, who.call(), access.UserForm{Name: in.Body.Name, Role: in.Body.Role, Password: in.Body.Password, Language: in.Body.Language})
			return answered(shownUser(u), err)
		})
	add(a, call{id: "put-user", method: "PUT", path: "/users/{id}", tag: "Users", summary: "Change name, role or language; a new role ends the user's sessions", may: access.UsersManage, fresh: true, own: true, act: "user.change"},
		func(ctx context.Context, who Caller, in *change) (*body[User], error) {
			u, err := s.ChangeUser(ctx, who.call(), in.ID, access.UserForm{Name: in.Body.Name, Role: in.Body.Role, Language: in.Body.Language, Revision: in.Body.Revision})
			return answered(shownUser(u), err)
		})
	add(a, call{id: "delete-user", method: "DELETE", path: "/users/{id}", tag: "Users", summary: "Remove a user and end all sessions", may: access.UsersManage, fresh: true, own: true, act: "user.remove"},
		func(ctx context.Context, who Caller, in *removal) (*nothing, error) {
			return &nothing{}, s.RemoveUser(ctx, who.call(), in.ID, in.Revision)
		})
	a.userLocks()
	a.passwords()
}

func (a *API) userLocks() {
	s := a.opt.Services.UserLocks
	add(a, call{id: "lock-user", method: "POST", path: "/users/{id}/lock", tag: "Users", summary: "Keep a user from signing in and end all sessions", may: access.UsersManage, fresh: true, own: true, act: "user.lock"},
		func(ctx context.Context, who Caller, in *ByID) (*body[User], error) {
			u, err := s.LockUser(ctx, who.call(), in.ID, true)
			return answered(shownUser(u), err)
		})
	add(a, call{id: "unlock-user", method: "POST", path: "/users/{id}/unlock", tag: "Users", summary: "Let a locked user sign in again", may: access.UsersManage, fresh: true, own: true, act: "user.unlock"},
		func(ctx context.Context, who Caller, in *ByID) (*body[User], error) {
			u, err := s.LockUser(ctx, who.call(), in.ID, false)
			return answered(shownUser(u), err)
		})
}

func (a *API) passwords() {
	s := a.opt.Services.Passwords
	type change struct {
		ID   string `path:"id" maxLength:"64" doc:"me: one's own."`
		Body userPasswordBody
	}
	add(a, call{id: "set-password", method: "POST", path: "/users/{id}/password", tag: "Users", summary: "Give a new password: to oneself, or, as owner, to anybody; other sessions end", may: access.Self, fresh: true, own: true, act: "user.password"},
		func(ctx context.Context, who Caller, in *change) (*nothing, error) {
			id := in.ID
			if id == "me" {
				id = who.ID
			}
			if id != who.ID && !who.May(access.UsersManage) {
				return nil, problem.Refuse(problem.NotAllowed)
			}
			_, err := s.SetPassword(ctx, who.call(), id, in.Body.Password, in.Body.DropTOTP && id != who.ID)
			return &nothing{}, err
		})
	add(a, call{id: "set-language", method: "PUT", path: "/session/language", tag: "Session", summary: "Change one's own language", may: access.Self, own: true},
		func(ctx context.Context, who Caller, in *body[languageBody]) (*nothing, error) {
			return &nothing{}, s.SetLanguage(ctx, who.call(), in.Body.Language)
		})
}

package guard

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// Users lists the users by name.
func (g *Guard) Users(ctx context.Context) ([]access.User, error) {
	all, err := g.Store.Users(ctx)
	return all, unlessNil(err)
}

// User finds a user by ID or name.
func (g *Guard) User(ctx context.Context, ref string) (access.User, error) {
	user, err := g.Store.FindUser(ctx, ref)
	switch {
	case err != nil:
		return access.User{}, unavailable(err)
	case user == nil:
		return access.User{}, problem.Refuse(problem.NoSuchThing)
	default:
		return *user, nil
	}
}

// AddUser makes a user.
func (g *Guard) AddUser(ctx context.Context, who access.Call, in access.UserForm) (access.User, error) {
	user, err := g.add(ctx, who, in, false)
	r := who.Record("user.add", "").With("role", string(in.Role))
	if faulty(err, problem.NameTaken) {
		r.Object = in.Name // else it may be anything
	}
	return user, g.told(ctx, r, err)
}

// add makes a user; with first it must be the first one of all.
func (g *Guard) add(ctx context.Context, who access.Call, in access.UserForm, first bool) (access.User, error) {
	faults := append(nameFaults(in.Name), passwordFaults("password", in.Password, in.Name)...)
	if _, err := access.ParseRole(string(in.Role)); err != nil {
		faults = append(faults, problem.FieldFault{Field: "role", Code: problem.FieldInvalid})
	}
	if len(faults) > 0 {
		return access.User{}, &problem.Refusal{Code: problem.FieldsInvalid, Fields: faults}
	}
	hash, err := g.hasher.hash(ctx, in.Password)
	if err != nil {
		return access.User{}, err
	}
	user := access.User{Name: in.Name, Role: in.Role, Language: language(in.Language), Password: hash}
	r := who.Record("user.add", in.Name).With("role", string(in.Role))
	if first {
		r = r.With("by", "set-up link")
	}
	user, err = g.Store.AddUser(ctx, user, first, r)
	if first && isKind(err, "not_allowed") {
		return user, problem.Refuse(problem.SetupDone)
	}
	return user, refusal(err)
}

// ChangeUser changes a user's name, role and language. A new role ends the user's sessions.
func (g *Guard) ChangeUser(ctx context.Context, who access.Call, id string, in access.UserForm) (access.User, error) {
	user, err := g.User(ctx, id)
	r := about(who, "user.change", id, user)
	if err == nil {
		user, err = g.change(ctx, r, user, in)
	}
	return user, g.told(ctx, r.With("role", string(in.Role)), err)
}

func (g *Guard) change(ctx context.Context, r access.Record, user access.User, in access.UserForm) (access.User, error) {
	faults := nameFaults(in.Name)
	if _, err := access.ParseRole(string(in.Role)); err != nil {
		faults = append(faults, problem.FieldFault{Field: "role", Code: problem.FieldInvalid})
	}
	if len(faults) > 0 {
		return user, &problem.Refusal{Code: problem.FieldsInvalid, Fields: faults}
	}
	r = r.Changed(access.Changes(
		map[string]string{"name": user.Name, "role": string(user.Role), "language": user.Language},
		map[string]string{"name": in.Name, "role": string(in.Role), "language": language(in.Language)}, nil)...)
	change := access.UserChange{EndAll: user.Role != in.Role, Record: r}
	user.Name, user.Role, user.Language, user.Revision = in.Name, in.Role, language(in.Language), in.Revision
	change.User = user
	changed, err := g.Store.ChangeUser(ctx, change)
	return changed, refusal(err)
}

// RemoveUser takes a user away with all sessions.
func (g *Guard) RemoveUser(ctx context.Context, who access.Call, id string, revision int64) error {
	user, err := g.User(ctx, id)
	r := about(who, "user.remove", id, user)
	if revision == 0 {
		revision = user.Revision
	}
	if err == nil {
		err = refusal(g.Store.RemoveUser(ctx, user.ID, revision, r))
	}
	return g.told(ctx, r, err)
}

// LockUser keeps a user, named by ID or name, from signing in and ends all sessions, or lets the user sign
// in again. Nobody locks himself: it would be by mistake.
func (g *Guard) LockUser(ctx context.Context, who access.Call, ref string, locked bool) (access.User, error) {
	user, err := g.User(ctx, ref)
	action := "user.unlock"
	if locked {
		action = "user.lock"
	}
	r := about(who, action, ref, user)
	switch {
	case err != nil:
	case user.Locked() == locked: // as was asked for
		return user, nil
	case locked && user.ID == who.ID:
		err = problem.Refuse(problem.LockSelf)
	default:
		user, err = g.setLock(ctx, r, user, locked)
	}
	return user, g.told(ctx, r, err)
}

func (g *Guard) setLock(ctx context.Context, r access.Record, user access.User, locked bool) (access.User, error) {
	r = r.Changed(access.Change{Field: "locked", Old: strconv.FormatBool(!locked), New: strconv.FormatBool(locked)})
	user.LockedAt = time.Time{}
	if locked {
		user.LockedAt = g.Now()
	}
	changed, err := g.Store.ChangeUser(ctx, access.UserChange{User: user, EndAll: locked, Record: r})
	return changed, refusal(err)
}

// SetPassword gives a user, named by ID or name, a new password. All sessions of the user end, but the
// caller's own. With dropTOTP the second factor goes too: for somebody who lost the phone.
func (g *Guard) SetPassword(ctx context.Context, who access.Call, ref, password string, dropTOTP bool) (access.User, error) {
	user, err := g.User(ctx, ref)
	r := about(who, "user.password", ref, user)
	if err == nil {
		user, err = g.setPassword(ctx, who, r, user, password, dropTOTP)
	}
	return user, g.told(ctx, r, err)
}

func (g *Guard) setPassword(ctx context.Context, who access.Call, r access.Record, user access.User, password string, dropTOTP bool) (access.User, error) {
	if faults := passwordFaults("password", password, user.Name); len(faults) > 0 {
		return user, &problem.Refusal{Code: problem.FieldsInvalid, Fields: faults}
	}
	var err error
	if user.Password, err = g.hasher.hash(ctx, password); err != nil {
		return user, err
	}
	change := access.UserChange{EndAll: true, Record: r}
	if user.ID == who.ID {
		change.Keep = who.Session
	}
	if dropTOTP {
		user.TOTP, user.NewTOTP, change.Codes = "", "", []string{}
		change.Record = change.Record.With("totp", "off")
	}
	change.User = user
	changed, err := g.Store.ChangeUser(ctx, change)
	return changed, refusal(err)
}

// about begins a line about a user, or about what was taken for one where there is none.
func about(who access.Call, action, ref string, user access.User) access.Record {
	if user.ID == "" {
		return who.Record(action, ref)
	}
	return who.Record(action, user.Name).With("id", user.ID)
}

// self is the caller as a user.
func (g *Guard) self(ctx context.Context, who access.Call) (*access.User, error) {
	if who.Kind != access.KindUser {
		return nil, problem.Refuse(problem.NotAllowed)
	}
	user, err := g.User(ctx, who.ID)
	return &user, err
}

// SetLanguage changes the caller's own language.
func (g *Guard) SetLanguage(ctx context.Context, who access.Call, lang string) error {
	user, err := g.self(ctx, who)
	if err != nil {
		return err
	}
	change := access.Change{Field: "language", Old: user.Language, New: language(lang)}
	if change.Old == change.New {
		return nil
	}
	user.Language = change.New
	_, err = g.Store.ChangeUser(ctx, access.UserChange{User: *user, Record: who.Record("user.change", user.Name).Changed(change)})
	return refusal(err)
}

// faulty tells whether a field was refused for that reason and for no other.
func faulty(err error, code problem.Code) bool {
	refused, ok := errors.AsType[*problem.Refusal](err)
	return ok && len(refused.Fields) == 1 && refused.Fields[0].Code == code
}

func nameFaults(name string) []problem.FieldFault {
	if access.CheckName(name) {
		return nil
	}
	return []problem.FieldFault{{Field: "name", Code: problem.NameInvalid}}
}

func passwordFaults(field, password, name string) []problem.FieldFault {
	weak := access.Weak(normal(password), name)
	if weak == "" {
		return nil
	}
	return []problem.FieldFault{{Field: field, Code: problem.Code(weak)}}
}

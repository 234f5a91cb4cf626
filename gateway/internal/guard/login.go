package guard

import (
	"context"
	"errors"
	"unicode/utf8"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// Login lets somebody in, or says why not in words that tell nothing about which names there are. Each
// try is counted before the password is looked at. A browser from which the user has signed in before
// has tries of its own, so that failing in somebody's name keeps nobody out.
func (g *Guard) Login(ctx context.Context, from access.Call, in access.Login) (access.Entry, error) {
	user, err := g.named(ctx, in.Name)
	if err != nil {
		return access.Entry{}, err
	}
	subjects, err := g.subjects(ctx, user, from, in)
	if err != nil {
		return access.Entry{}, err
	}
	try, err := g.beginTry(ctx, subjects)
	if err != nil {
		return access.Entry{}, err
	}
	phc := ""
	if user != nil {
		phc = user.Password
	}
	same, err := g.same(ctx, try, in.Password, phc)
	if err != nil {
		return access.Entry{}, err
	}
	if !same {
		return access.Entry{}, g.failedLogin(ctx, from, user, in.Name, problem.LoginWrong)
	}
	spent, err := g.secondFactor(ctx, user, in.Code)
	switch {
	case isRefusal(err, problem.TOTPRequired):
		return access.Entry{}, errors.Join(err, unlessNil(g.Store.ForgiveTry(ctx, try)))
	case isRefusal(err, problem.TOTPWrong):
		return access.Entry{}, g.failedLogin(ctx, from, user, in.Name, problem.TOTPWrong)
	case err != nil:
		return access.Entry{}, err
	case user.Locked(): // told only to who could come in otherwise
		return access.Entry{}, g.failedLogin(ctx, from, user, in.Name, problem.UserLocked)
	}
	entry, err := g.enter(ctx, from, *user, in.Device, spent, subjects)
	if err == nil {
		err = unlessNil(g.Store.ForgiveTry(ctx, try))
	}
	return entry, err
}

// named finds a user by name, not by ID.
func (g *Guard) named(ctx context.Context, name string) (*access.User, error) {
	user, err := g.Store.FindUser(ctx, name)
	if err != nil {
		return nil, unavailable(err)
	}
	if user != nil && access.NameKey(user.Name) != access.NameKey(name) {
		return nil, nil
	}
	return user, nil
}

// subjects are what a try counts for.
func (g *Guard) subjects(ctx context.Context, user *access.User, from access.Call, in access.Login) ([]access.Subject, error) {
	if in.Device != "" {
		id := ""
		if user != nil {
			id = user.ID
		}
		hash := access.HashSecret(in.Device)
		known, err := g.Store.KnownDevice(ctx, hash, id, g.Now().Add(-access.DeviceLife))
		if err != nil {
			return nil, unavailable(err)
		}
		if known {
			return []access.Subject{deviceSubject(hash)}, nil
		}
	}
	return []access.Subject{nameSubject(in.Name), addressSubject(from.From)}, nil
}

func (g *Guard) beginTry(ctx context.Context, subjects []access.Subject) (string, error) {
	try, wait, err := g.Store.BeginTry(ctx, subjects, g.Now())
	switch {
	case err != nil:
		return "", unavailable(err)
	case wait > 0:
		return "", &problem.Refusal{Code: problem.LoginThrottled, Retry: wait}
	default:
		return try, nil
	}
}

// same compares a password; when it could not even be compared, the try is forgiven. A password that
// is longer than any may be is compared by its beginning, which takes as long and cannot be right.
func (g *Guard) same(ctx context.Context, try, password, phc string) (bool, error) {
	const longest = 4 * access.MaxPassword // bytes
	tooLong := len(password) > longest || utf8.RuneCountInString(password) > access.MaxPassword
	same, err := g.hasher.same(ctx, password[:min(len(password), longest)], phc)
	if err != nil {
		return false, errors.Join(err, unlessNil(g.Store.ForgiveTry(context.WithoutCancel(ctx), try)))
	}
	return same && !tooLong, nil
}

// failedLogin writes the failure down. Who it is about is told by the name of a user that exists; of
// other names, which may be a password typed in the wrong field, only a fingerprint is kept.
func (g *Guard) failedLogin(ctx context.Context, from access.Call, user *access.User, name string, code problem.Code) error {
	r := from.Record("session.login", "").Refused(string(code))
	r.Kind = access.KindUser
	if user != nil {
		r.ActorID, r.Actor, r.Object = user.ID, user.Name, user.Name
	} else {
		r.Sensitive = map[string]string{"name": access.NameKey(name)}
	}
	if err := g.Store.AddRecord(ctx, r); err != nil {
		return auditUnavailable(err)
	}
	return problem.Refuse(code)
}

// enter makes the session. The failed tries that counted for the name, or for the device, are
// forgotten; those of the address stay, or one good account would pay for guessing at the others.
func (g *Guard) enter(ctx context.Context, from access.Call, user access.User, device string, spent spent, subjects []access.Subject) (access.Entry, error) {
	now := g.Now()
	if device == "" || len(device) != len(access.NewToken()) {
		device = access.NewToken()
	}
	entry := access.Entry{User: user, Secret: access.NewToken(), Device: device}
	who := from
	who.Principal = access.Principal{Kind: access.KindUser, ID: user.ID, Name: user.Name}
	in := access.SignIn{
		Session: access.Session{
			Hash: access.HashSecret(entry.Secret), UserID: user.ID, From: from.From, Agent: from.Agent,
			CreatedAt: now, SeenAt: now, ConfirmedAt: now,
		},
		Password: user.Password, Step: spent.step, Code: spent.code, Device: access.HashSecret(device),
		Record: who.Record("session.login", user.Name),
	}
	if spent.code != "" {
		in.Record = in.Record.With("recovery_code", "used")
	}
	if len(subjects) > 0 {
		in.Forgive = []string{subjects[0].Key}
	}
	var err error
	entry.Session, err = g.Store.AddSession(ctx, in)
	switch {
	case err == nil:
		return entry, nil
	case isKind(err, "not_allowed"):
		return access.Entry{}, g.failedLogin(ctx, from, &user, user.Name, problem.TOTPWrong)
	case isKind(err, "stale"):
		return access.Entry{}, problem.Refuse(problem.LoginWrong)
	default:
		return access.Entry{}, unavailable(err)
	}
}

// Confirm takes the password again of who is signed in; for five minutes dangerous acts are open then.
func (g *Guard) Confirm(ctx context.Context, who access.Call, password string) error {
	if _, err := g.checkOwn(ctx, who, password); err != nil {
		return err
	}
	return refusal(g.Store.ConfirmSession(ctx, who.Session, g.Now(), who.Record("session.confirm", who.Name)))
}

// checkOwn compares the password of who is signed in. Tries count for the user: a stolen session must
// not be a way to guess.
func (g *Guard) checkOwn(ctx context.Context, who access.Call, password string) (*access.User, error) {
	if who.Kind != access.KindUser {
		return nil, problem.Refuse(problem.NotAllowed)
	}
	user, err := g.Store.FindUser(ctx, who.ID)
	switch {
	case err != nil:
		return nil, unavailable(err)
	case user == nil || user.ID != who.ID:
		return nil, problem.Refuse(problem.LoginRequired)
	}
	try, err := g.beginTry(ctx, []access.Subject{{Key: "user:" + user.ID, Limits: access.NameLimits()}})
	if err != nil {
		return nil, err
	}
	same, err := g.same(ctx, try, password, user.Password)
	if err != nil {
		return nil, err
	}
	if !same {
		r := who.Record("session.confirm", user.Name).Refused(string(problem.PasswordWrong))
		if err := g.Store.AddRecord(ctx, r); err != nil {
			return nil, auditUnavailable(err)
		}
		return nil, problem.RefuseField("password", problem.PasswordWrong)
	}
	return user, unlessNil(g.Store.ForgiveTry(ctx, try))
}

// Logout ends the caller's own session.
func (g *Guard) Logout(ctx context.Context, who access.Call) error {
	err := g.Store.EndSession(ctx, who.ID, who.Session, who.Record("session.logout", who.Name))
	if isKind(err, "not_found") { // ended by somebody else a moment ago: that is what was asked for
		return nil
	}
	return refusal(err)
}

// Sessions lists the caller's sessions that are alive, the last used first.
func (g *Guard) Sessions(ctx context.Context, who access.Call) ([]access.Session, error) {
	all, err := g.Store.Sessions(ctx, who.ID)
	if err != nil {
		return nil, unavailable(err)
	}
	alive := []access.Session{}
	for _, s := range all {
		if s.Alive(g.Now()) {
			alive = append(alive, s)
		}
	}
	return alive, nil
}

// EndSession ends one of the caller's own sessions.
func (g *Guard) EndSession(ctx context.Context, who access.Call, id string) error {
	return refusal(g.Store.EndSession(ctx, who.ID, id, who.Record("session.end", id)))
}

// EndSessions signs the caller out everywhere else.
func (g *Guard) EndSessions(ctx context.Context, who access.Call) error {
	return refusal(g.Store.EndSessions(ctx, who.ID, who.Session, who.Record("session.end_all", who.Name)))
}

func auditUnavailable(err error) error {
	return &problem.Refusal{Code: problem.AuditUnavailable, Retry: retryAfter, Cause: err}
}

func isRefusal(err error, code problem.Code) bool {
	refused, ok := errors.AsType[*problem.Refusal](err)
	return ok && refused.Code == code
}

// unlessNil makes a refusal of the store's error, if there is one.
func unlessNil(err error) error {
	if err == nil {
		return nil
	}
	return unavailable(err)
}

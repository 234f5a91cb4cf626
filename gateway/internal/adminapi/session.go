package adminapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// Me is who makes the call, and what he may do; the screen asks for it first.
type Me struct {
	Kind        access.Kind         `json:"kind" enum:"user,key," doc:"Empty: nobody, sign in first."`
	ID          string              `json:"id,omitempty"`
	Name        string              `json:"name,omitempty"`
	Role        access.Role         `json:"role,omitempty"`
	Permissions []access.Permission `json:"permissions" nullable:"false"`
	Language    string              `json:"language,omitempty" doc:"The user's own: ru or en."`
	Fresh       bool                `json:"fresh" doc:"The password was given within the last five minutes, so that dangerous acts are open."`
	SecondOn    bool                `json:"totp" doc:"The user has a second factor."`
	SetupNeeded bool                `json:"setup_needed" doc:"There is no user yet: open the one-time link that the program printed."`
	Version     string              `json:"version,omitempty" doc:"Of the program; told to who is signed in."`
}

// SignIn lets people in.
type SignIn interface {
	SetupNeeded(ctx context.Context) (bool, error)
	Setup(ctx context.Context, from access.Call, in access.SetupForm) (access.Entry, error)
	Login(ctx context.Context, from access.Call, in access.Login) (access.Entry, error)
	Confirm(ctx context.Context, who access.Call, password string) error
	Logout(ctx context.Context, who access.Call) error
}

// SessionItem is one browser that is signed in.
type SessionItem struct {
	ID        string    `json:"id"`
	Current   bool      `json:"current" doc:"The one that asks."`
	Address   string    `json:"address"`
	Agent     string    `json:"agent"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at" doc:"To a few minutes."`
}

// Sessions are the caller's own.
type Sessions interface {
	Sessions(ctx context.Context, who access.Call) ([]access.Session, error)
	EndSession(ctx context.Context, who access.Call, id string) error
	EndSessions(ctx context.Context, who access.Call) error
}

// Password limits of a body: what is longer cannot be right. In characters.
type loginBody struct {
	Name     string `json:"name" minLength:"1" maxLength:"256"`
	Password string `json:"password" minLength:"1" maxLength:"512"`
	Code     string `json:"totp,omitempty" maxLength:"64" doc:"Six digits of the app, or a recovery code."`
}

type setupBody struct {
	Token    string `json:"token" minLength:"1" maxLength:"128" doc:"What follows # in the one-time link."`
	Name     string `json:"name" minLength:"1" maxLength:"256"`
	Password string `json:"password" minLength:"1" maxLength:"512"`
	Language string `json:"language,omitempty" enum:"ru,en"`
}

type passwordBody struct {
	Password string `json:"password" minLength:"1" maxLength:"512"`
}

// entered is an answer that sets cookies.
type entered struct {
	Cookies []http.Cookie `header:"Set-Cookie"`
	Body    Me
}

// left is an empty answer that takes the session's cookie away.
type left struct {
	Cookies []http.Cookie `header:"Set-Cookie"`
}

func (a *API) session() {
	s, users, factor := a.opt.Services.SignIn, a.opt.Services.Users, a.opt.Services.Factor
	me := func(ctx context.Context, who Caller) (Me, error) {
		m := Me{Kind: who.Kind, ID: who.ID, Name: who.Name, Role: who.Role, Permissions: who.Permissions(), Fresh: who.Fresh}
		if who.Kind == "" {
			needed, err := s.SetupNeeded(ctx)
			m.SetupNeeded = needed
			return m, err
		}
		m.Version = a.opt.Version
		if who.Kind != access.KindUser {
			return m, nil
		}
		user, err := users.User(ctx, who.ID)
		if err != nil {
			return m, err
		}
		state, err := factor.TOTP(ctx, who.call())
		m.Language, m.SecondOn = user.Language, state.On
		return m, err
	}
	enter := func(ctx context.Context, who Caller, entry access.Entry, err error) (*entered, error) {
		if err != nil {
			return nil, err
		}
		who.Principal = access.Principal{
			Kind: access.KindUser, ID: entry.User.ID, Name: entry.User.Name, Role: entry.User.Role, Session: entry.Session.ID, Fresh: true,
		}
		answer, err := me(ctx, who)
		return &entered{Cookies: entryCookies(who, entry), Body: answer}, err
	}
	add(a, call{id: "get-session", method: "GET", path: "/session", tag: "Session", summary: "Who am I and what may I do"},
		func(ctx context.Context, who Caller, _ *struct{}) (*body[Me], error) {
			return answered(me(ctx, who))
		})
	add(a, call{id: "setup", method: "POST", path: "/setup", tag: "Session", summary: "Make the owner, with the one-time link of the first start, on the machine itself", own: true, status: 201},
		func(ctx context.Context, who Caller, in *body[setupBody]) (*entered, error) {
			entry, err := s.Setup(ctx, who.call(), access.SetupForm{
				Token: in.Body.Token, Local: !who.proxied, Device: who.device, Name: in.Body.Name, Password: in.Body.Password, Language: in.Body.Language,
			})
			return enter(ctx, who, entry, err)
		})
	add(a, call{id: "login", method: "POST", path: "/session", tag: "Session", summary: "Sign in", own: true},
		func(ctx context.Context, who Caller, in *body[loginBody]) (*entered, error) {
			entry, err := s.Login(ctx, who.call(), access.Login{Name: in.Body.Name, Password: in.Body.Password, Code: in.Body.Code, Device: who.device})
			return enter(ctx, who, entry, err)
		})
	add(a, call{id: "logout", method: "DELETE", path: "/session", tag: "Session", summary: "Sign out", may: access.Self, own: true},
		func(ctx context.Context, who Caller, _ *struct{}) (*left, error) {
			return &left{Cookies: []http.Cookie{goneCookie(who)}}, s.Logout(ctx, who.call())
		})
	add(a, call{id: "confirm", method: "POST", path: "/session/confirm", tag: "Session", summary: "Give the password again; dangerous acts are open for five minutes then", may: access.Self, own: true},
		func(ctx context.Context, who Caller, in *body[passwordBody]) (*nothing, error) {
			return &nothing{}, s.Confirm(ctx, who.call(), in.Body.Password)
		})
	a.ownSessions()
}

func (a *API) ownSessions() {
	s := a.opt.Services.Sessions
	add(a, call{id: "list-sessions", method: "GET", path: "/sessions", tag: "Session", summary: "Browsers in which I am signed in", may: access.Self},
		func(ctx context.Context, who Caller, _ *struct{}) (*body[Page[SessionItem]], error) {
			all, err := s.Sessions(ctx, who.call())
			if err != nil {
				return nil, err
			}
			items := slices.Collect(func(yield func(SessionItem) bool) {
				for _, one := range all {
					if !yield(SessionItem{ID: one.ID, Current: one.ID == who.Session, Address: one.From, Agent: one.Agent, CreatedAt: one.CreatedAt, SeenAt: one.SeenAt}) {
						return
					}
				}
			})
			return page(items, ""), nil
		})
	add(a, call{id: "end-session", method: "DELETE", path: "/sessions/{id}", tag: "Session", summary: "Sign out in one browser", may: access.Self, own: true},
		func(ctx context.Context, who Caller, in *ByID) (*nothing, error) {
			return &nothing{}, s.EndSession(ctx, who.call(), in.ID)
		})
	add(a, call{id: "end-sessions", method: "DELETE", path: "/sessions", tag: "Session", summary: "Sign out everywhere else", may: access.Self, own: true},
		func(ctx context.Context, who Caller, _ *struct{}) (*nothing, error) {
			return &nothing{}, s.EndSessions(ctx, who.call())
		})
}

package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/app"
)

type userCommand struct {
	Add           userAddCommand      `cmd:"" help:"${user_add}"`
	List          userListCommand     `cmd:"" help:"${user_list}"`
	ResetPassword userPasswordCommand `cmd:"" name:"reset-password" help:"${user_reset}"`
	Lock          userLockCommand     `cmd:"" help:"${user_lock}"`
	Unlock        userUnlockCommand   `cmd:"" help:"${user_unlock}"`
}

// console is who gives a command on the machine itself.
func console() access.Call {
	return access.Call{Principal: access.Principal{Kind: access.KindConsole, Name: "console"}}
}

// passwordFlags say where a password comes from.
type passwordFlags struct {
	PasswordStdin bool `name:"password-stdin" help:"${password_stdin}"`
}

// longestPassword bounds what is read, in bytes.
const longestPassword = 4 << 10

// password asks for a new password twice, or takes the first line of standard input.
func (f passwordFlags) password(s *session) (string, error) {
	if f.PasswordStdin {
		line, err := bufio.NewReader(io.LimitReader(s.Stdin, longestPassword)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	if s.Password == nil {
		return "", usageError{errors.New(word{
			"пароль спрашивается только в терминале; из скрипта передайте его в стандартный ввод: --password-stdin",
			"the password is only asked for on a terminal; a script gives it on standard input: --password-stdin",
		}.pick(s.lang))}
	}
	first, err := f.ask(s, word{"Новый пароль: ", "New password: "})
	if err != nil {
		return "", err
	}
	second, err := f.ask(s, word{"Ещё раз: ", "Once more: "})
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New(word{"пароли не совпадают", "the passwords differ"}.pick(s.lang))
	}
	return first, nil
}

func (passwordFlags) ask(s *session, question word) (string, error) {
	_, _ = fmt.Fprint(s.Stderr, question.pick(s.lang))
	text, err := s.Password()
	_, _ = fmt.Fprintln(s.Stderr)
	return text, err
}

// listedUser is a user for scripts.
type listedUser struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Role     access.Role `json:"role"`
	Language string      `json:"language"`
	TOTP     bool        `json:"totp"`
	SeenAt   *time.Time  `json:"seen_at,omitempty"`
	LockedAt *time.Time  `json:"locked_at,omitempty"`
}

func listUser(u access.User) listedUser {
	l := listedUser{ID: u.ID, Name: u.Name, Role: u.Role, Language: u.Language, TOTP: u.TOTP != ""}
	if !u.SeenAt.IsZero() {
		l.SeenAt = &u.SeenAt
	}
	if u.Locked() {
		l.LockedAt = &u.LockedAt
	}
	return l
}

type userAddCommand struct {
	configFlags
	passwordFlags
	Name string `arg:"" help:"${user_name}"`
	Role string `default:"owner" help:"${user_role}"`
	JSON bool   `name:"json" help:"${json}"`
}

// Run adds a user, also while a gateway is running.
func (c *userAddCommand) Run(ctx context.Context, s *session) error {
	role, err := access.ParseRole(c.Role)
	if err != nil {
		return usageError{fmt.Errorf(word{"роли %q нет; есть %s", "there is no role %q; there are %s"}.pick(s.lang), oneLine(c.Role, 40), joined(access.Roles(), ", "))}
	}
	password, err := c.password(s)
	if err != nil {
		return err
	}
	db, err := c.write(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	user, err := db.AddUser(ctx, console(), access.UserForm{Name: c.Name, Role: role, Language: s.lang, Password: password})
	if err != nil {
		return err
	}
	return tellUser(s, c.JSON, user, word{"Пользователь %s добавлен: %s.\n", "User %s is added: %s.\n"})
}

func tellUser(s *session, asJSON bool, user access.User, text word) error {
	if asJSON {
		return printJSON(s.out, listUser(user))
	}
	_, err := fmt.Fprintf(s.out, text.pick(s.lang), user.Name, user.Role)
	return err
}

type userListCommand struct {
	configFlags
	JSON bool `name:"json" help:"${json}"`
}

// Run lists the users.
func (c *userListCommand) Run(ctx context.Context, s *session) error {
	db, err := c.look(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	users, err := db.Users(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		items := []listedUser{}
		for _, u := range users {
			items = append(items, listUser(u))
		}
		return printJSON(s.out, map[string]any{"items": items})
	}
	rows := [][]string{strings.Split(word{"ИМЯ|РОЛЬ|ВТОРОЙ ФАКТОР|ВХОД|БЫЛ|ID", "NAME|ROLE|SECOND FACTOR|SIGN-IN|SEEN|ID"}.pick(s.lang), "|")}
	for _, u := range users {
		seen, second, entry := "–", word{"нет", "no"}.pick(s.lang), word{"открыт", "open"}.pick(s.lang)
		if !u.SeenAt.IsZero() {
			seen = clock(u.SeenAt.Local())
		}
		if u.TOTP != "" {
			second = word{"да", "yes"}.pick(s.lang)
		}
		if u.Locked() {
			entry = word{"закрыт", "locked"}.pick(s.lang)
		}
		rows = append(rows, []string{u.Name, string(u.Role), second, entry, seen, u.ID})
	}
	return table(s.out, rows)
}

type userPasswordCommand struct {
	configFlags
	passwordFlags
	Name     string `arg:"" help:"${user_name}"`
	DropTOTP bool   `name:"drop-totp" help:"${user_drop_totp}"`
	JSON     bool   `name:"json" help:"${json}"`
}

// Run gives a user a new password and ends all sessions, also while a gateway is running.
func (c *userPasswordCommand) Run(ctx context.Context, s *session) error {
	db, err := c.change(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	password := ""
	if _, err := db.User(ctx, c.Name); err == nil { // else nobody types in vain: what follows says why
		if password, err = c.password(s); err != nil {
			return err
		}
	}
	user, err := db.SetPassword(ctx, console(), c.Name, password, c.DropTOTP)
	if err != nil {
		return s.absent(err, noUser, c.Name)
	}
	return tellUser(s, c.JSON, user, word{"Пароль изменён, сеансы закрыты: %s (%s).\n", "The password is changed and the sessions are ended: %s (%s).\n"})
}

type userLockCommand struct {
	configFlags
	Name string `arg:"" help:"${user_name}"`
	JSON bool   `name:"json" help:"${json}"`
}

// Run keeps a user from signing in and ends all sessions, also while a gateway is running.
func (c *userLockCommand) Run(ctx context.Context, s *session) error {
	return lockUser(ctx, s, c.configFlags, c.Name, c.JSON, true, word{"Вход закрыт, сеансы закрыты: %s (%s).\n", "Locked out and the sessions are ended: %s (%s).\n"})
}

type userUnlockCommand struct {
	configFlags
	Name string `arg:"" help:"${user_name}"`
	JSON bool   `name:"json" help:"${json}"`
}

// Run lets a locked user sign in again.
func (c *userUnlockCommand) Run(ctx context.Context, s *session) error {
	return lockUser(ctx, s, c.configFlags, c.Name, c.JSON, false, word{"Вход открыт: %s (%s).\n", "May sign in again: %s (%s).\n"})
}

func lockUser(ctx context.Context, s *session, f configFlags, name string, asJSON, locked bool, text word) error {
	db, err := f.change(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	user, err := db.LockUser(ctx, console(), name, locked)
	if err != nil {
		return s.absent(err, noUser, name)
	}
	return tellUser(s, asJSON, user, text)
}

// look opens the data folder for reading users and the audit log.
func (f configFlags) look(ctx context.Context, s *session) (*app.Keeper, error) {
	opts, err := f.existing(s)
	if err != nil {
		return nil, err
	}
	return app.OpenAuditor(ctx, opts)
}

package cli

import (
	"context"
	"fmt"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/message"
)

// messageActFlags are those of what a person does with one message, also while a gateway is running.
type messageActFlags struct {
	configFlags
	ID   string `arg:"" name:"id" help:"${message_ref}"`
	JSON bool   `name:"json" help:"${json}"`
}

// act does something with the message and tells what came of it.
func (f messageActFlags) act(ctx context.Context, s *session, told word, do func(db *app.Keeper) (*message.Listed, error)) error {
	db, err := f.change(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	m, err := do(db)
	if err != nil {
		return s.absent(err, noText, f.ID)
	}
	if f.JSON {
		return printJSON(s.out, listed(*m))
	}
	_, err = fmt.Fprintf(s.out, told.pick(s.lang)+"\n", m.ID, m.To)
	return err
}

// change opens the data folder of a gateway for a short change. Unlike write it makes none: there is
// nothing to change in a folder in which no gateway ever ran.
func (f configFlags) change(ctx context.Context, s *session) (*app.Keeper, error) {
	opts, err := f.existing(s)
	if err != nil {
		return nil, err
	}
	return keeper(ctx, s, opts)
}

// keeper opens the data folder for a change. It says when somebody changed the audit log past the program:
// the line about this change comes after theirs.
func keeper(ctx context.Context, s *session, opts app.Options) (*app.Keeper, error) {
	db, err := app.OpenKeeper(ctx, opts)
	if err != nil {
		return nil, err
	}
	if trouble := db.AuditTrouble(ctx); trouble != (app.Text{}) {
		_, _ = fmt.Fprintln(s.Stderr, trouble.In(s.lang))
	}
	return db, nil
}

type messageResendCommand struct{ messageActFlags }

// Run queues the text again, as a new message.
func (c *messageResendCommand) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, queuedAgain(), func(db *app.Keeper) (*message.Listed, error) { return db.ResendMessage(ctx, console(), c.ID) })
}

func queuedAgain() word {
	return word{"Будет отправлено ещё раз, новым сообщением %s на %s.", "It will be sent again, as message %s to %s."}
}

type messageCancelCommand struct{ messageActFlags }

// Run takes a queued message back.
func (c *messageCancelCommand) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, word{"Сообщение %s на %s отменено.", "Message %s to %s is cancelled."},
		func(db *app.Keeper) (*message.Listed, error) { return db.CancelMessage(ctx, console(), c.ID) })
}

type messageSettleCommand struct {
	messageActFlags
	As string `required:"" enum:"sent,again" help:"${settle_as}"`
}

// Run settles an unknown outcome.
func (c *messageSettleCommand) Run(ctx context.Context, s *session) error {
	told := word{"Сообщение %s на %s считается отправленным.", "Message %s to %s is taken as sent."}
	if c.As == "again" {
		told = queuedAgain()
	}
	return c.act(ctx, s, told, func(db *app.Keeper) (*message.Listed, error) { return db.SettleMessage(ctx, console(), c.ID, c.As) })
}

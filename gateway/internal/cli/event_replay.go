package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
)

type eventReplayCommand struct {
	configFlags
	Event string `arg:"" name:"event" help:"${event_or_file}"`
	Again bool   `help:"${event_again}"`
	JSON  bool   `name:"json" help:"${json}"`
}

// isEventID tells an ID of ours (a ULID) from the name of a file.
var isEventID = regexp.MustCompile(`^[0-7][0-9A-HJKMNP-TV-Z]{25}$`)

// Run shows what the rules would decide now, or has the event decided again.
func (c *eventReplayCommand) Run(ctx context.Context, s *session) error {
	stored := isEventID.MatchString(c.Event)
	if c.Again {
		if !stored {
			return usageError{errors.New(word{
				"--again решает заново принятое событие и требует его ID (orderbell event list); файл отправит orderbell event post",
				"--again decides a stored event again and needs its ID (orderbell event list); a file is posted by orderbell event post",
			}.pick(s.lang))}
		}
		return c.again(ctx, s)
	}
	dry := ruleRunCommand{configFlags: c.configFlags, JSON: c.JSON}
	if stored {
		dry.Event = c.Event
	} else {
		dry.File = c.Event
	}
	err := dry.Run(ctx, s)
	if missing, ok := errors.AsType[*fileError](err); ok && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf(word{
			"%s; ID события — 26 знаков, вроде 01JVKDS0000000000000000001: orderbell event list",
			"%s; an event's ID has 26 characters, like 01JVKDS0000000000000000001: orderbell event list",
		}.pick(s.lang), missing.Sentence(s.lang))
	}
	return err
}

func (c *eventReplayCommand) again(ctx context.Context, s *session) error {
	db, err := c.change(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := db.ReplayEvent(ctx, console(), c.Event); err != nil {
		return s.absent(err, noEvent, c.Event)
	}
	if c.JSON {
		return printJSON(s.out, map[string]any{"event_id": c.Event, "status": "stored"})
	}
	_, err = fmt.Fprintf(s.out, word{
		"Событие %[1]s будет решено заново, как только шлюз до него дойдёт. Что вышло: orderbell event show %[1]s\n",
		"Event %[1]s will be decided again as soon as the gateway gets to it. What came of it: orderbell event show %[1]s\n",
	}.pick(s.lang), c.Event)
	return err
}

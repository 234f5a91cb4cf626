package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/kds"
)

type eventListCommand struct {
	configFlags
	Order      string `help:"${filter_order}"`
	Restaurant string `help:"${filter_place}"`
	Status     string `help:"${event_status}"`
	pageFlags
	JSON bool `name:"json" help:"${json}"`
}

// Run lists the latest events, newest first.
func (c *eventListCommand) Run(ctx context.Context, s *session) error {
	all := []string{string(kds.Stored), string(kds.Done), string(kds.Quarantined), string(kds.Failed)}
	statuses, err := statusFilter(s, c.Status, all)
	if err != nil {
		return err
	}
	if err := c.allowed(s); err != nil {
		return err
	}
	db, err := c.read(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	page, next, err := db.EventPage(ctx, app.EventFilter{Order: c.Order, Restaurant: c.Restaurant, Statuses: statuses, Limit: c.Limit}, s.lang)
	if err != nil {
		return err
	}
	if c.JSON {
		return printPage(s.out, page, next)
	}
	if len(page) == 0 {
		_, err := fmt.Fprintln(s.out, word{"Событий нет.", "No events."}.pick(s.lang))
		return err
	}
	rows := [][]string{strings.Split(word{"ВРЕМЯ|СТАТУС|РЕСТОРАН|ЧТО СКАЗАНО|ID", "TIME|STATUS|RESTAURANT|WHAT IT SAYS|ID"}.pick(s.lang), "|")}
	for _, e := range page {
		said := oneLine(cmp.Or(e.Summary, e.Note, "–"), 60)
		rows = append(rows, []string{clock(e.ReceivedAt.Local()), e.Status, oneLine(cmp.Or(e.RestaurantCode, "–"), 20), said, e.ID})
	}
	return table(s.out, rows)
}

type eventShowCommand struct {
	configFlags
	ID   string `arg:"" name:"id" help:"${event_ref}"`
	Raw  bool   `help:"${event_raw}"`
	JSON bool   `name:"json" help:"${json}"`
}

// Run shows one event with the decisions that it led to, and its body when that is asked for.
func (c *eventShowCommand) Run(ctx context.Context, s *session) error {
	db, err := c.read(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	e, err := db.EventDetail(ctx, c.ID, s.lang)
	if err != nil {
		return s.absent(err, noEvent, c.ID)
	}
	var raw *app.RawEvent
	if c.Raw {
		if raw, err = c.body(ctx, s); err != nil {
			return err
		}
	}
	if c.JSON {
		return printJSON(s.out, struct {
			app.EventDetail
			Raw *app.RawEvent `json:"raw,omitempty"`
		}{e, raw})
	}
	printEvent(s, e)
	if raw != nil {
		_, _ = fmt.Fprintf(s.out, "\n%s\n%s", raw.Encoding, raw.Hex)
		printLines(s.out, raw.Text)
	}
	return nil
}

// body reads what came, which the audit log tells of.
func (c *eventShowCommand) body(ctx context.Context, s *session) (*app.RawEvent, error) {
	db, err := c.change(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	raw, err := db.RawEvent(ctx, console(), c.ID)
	return &raw, err
}

func printEvent(s *session, e app.EventDetail) {
	_, _ = fmt.Fprintf(s.out, word{"%s  %s  %s  ресторан %s  байт: %d\n", "%s  %s  %s  restaurant %s  bytes: %d\n"}.pick(s.lang),
		e.ID, clock(e.ReceivedAt.Local()), e.Status, oneLine(cmp.Or(e.RestaurantCode, "–"), 40), e.Size)
	for _, line := range []string{e.Summary, e.Note} {
		if line != "" {
			_, _ = fmt.Fprintln(s.out, oneLine(line, 500))
		}
	}
	for _, d := range e.Decisions {
		outcome := map[string]word{
			"sends": {"отправляет", "sends"}, "waiting": {"ждёт телефон гостя", "waits for the guest's phone"},
			"skipped": {"не пишет", "does not text"}, "failed": {"ошибка", "failed"},
		}[d.Outcome].pick(s.lang)
		_, _ = fmt.Fprintf(s.out, "  №%s  %s → %s: %s  %s %s\n", oneLine(d.OrderNumber, 30), d.Change, d.Rule, outcome,
			oneLine(d.Why, 300), strings.Join(d.MessageIDs, " "))
	}
}

// printLines writes a text from outside line by line, safe for a terminal.
func printLines(w io.Writer, text string) {
	const most = 2000 // runes in a line
	for line := range strings.Lines(text) {
		_, _ = fmt.Fprintln(w, oneLine(strings.TrimRight(line, "\r\n"), most))
	}
}

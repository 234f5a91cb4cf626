package cli

import (
	"context"
	"errors"
	"fmt"
	"time"
)

type ruleCompareCommand struct {
	configFlags
	File string `arg:"" name:"file" type:"path" help:"${rule_draft}"`
	Days int    `name:"days" default:"7" help:"${rule_days}"`
	JSON bool   `name:"json" help:"${json}"`
}

// comparedRules is the difference for people and programs.
type comparedRules struct {
	Days        int            `json:"days"`
	Events      int            `json:"events"`
	Cut         bool           `json:"cut"`
	Same        int            `json:"same"`
	Added       int            `json:"added"`
	Removed     int            `json:"removed"`
	Changed     int            `json:"changed"`
	Failed      int            `json:"failed"`
	Segments    int            `json:"segments"`
	Differences []comparedText `json:"differences"`
}

type comparedText struct {
	Kind   string    `json:"kind"`
	Order  string    `json:"order_number"`
	Change string    `json:"change"`
	At     time.Time `json:"at"`
	Before string    `json:"before"`
	After  string    `json:"after"`
}

func (c *ruleCompareCommand) Run(ctx context.Context, s *session) error {
	if c.Days < 1 || c.Days > 365 {
		return usageError{errors.New(word{"--days: от 1 до 365", "--days: 1 to 365"}.pick(s.lang))}
	}
	book, err := c.book(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = book.Close() }()
	with, err := draft(s, c.File)
	if err != nil {
		return err
	}
	found, err := book.Compare(ctx, *with, c.Days)
	if err != nil {
		return s.absent(err, noEvent, "")
	}
	all := comparedRules{Days: found.Days, Events: found.Events, Cut: found.Cut, Same: found.Same, Added: found.Added, Removed: found.Removed,
		Changed: found.Changed, Failed: found.Failed, Segments: found.Segments, Differences: []comparedText{}}
	for _, d := range found.Differences {
		all.Differences = append(all.Differences, comparedText{string(d.Kind), d.Number, string(d.Change), d.At, d.Before, d.After})
	}
	if c.JSON {
		return printJSON(s.out, all)
	}
	return printCompared(s, all)
}

func printCompared(s *session, c comparedRules) error {
	_, err := fmt.Fprintf(s.out, word{
		"За %d дн. (%d событий): +%d SMS, −%d, изменится %d, без изменений %d, ошибок %d; частей: %+d\n",
		"In %d days (%d events): +%d texts, −%d, %d changed, %d the same, %d failures; segments: %+d\n",
	}.pick(s.lang), c.Days, c.Events, c.Added, c.Removed, c.Changed, c.Same, c.Failed, c.Segments)
	if err != nil {
		return err
	}
	if c.Cut {
		_, _ = fmt.Fprintln(s.out, word{"Событий больше, чем просмотрено: взяты последние.", "There are more events than were looked at: the latest were."}.pick(s.lang))
	}
	const most = 50
	for i, d := range c.Differences {
		if i == most {
			_, _ = fmt.Fprintf(s.out, word{"… и ещё %d (все — с --json)\n", "… and %d more (all with --json)\n"}.pick(s.lang), len(c.Differences)-most)
			break
		}
		mark := map[string]string{"added": "+", "removed": "−", "changed": "~", "failed": "!"}[d.Kind]
		_, _ = fmt.Fprintf(s.out, "%s № %s  %s  «%s» → «%s»\n", mark, oneLine(d.Order, 30), d.Change, oneLine(d.Before, 120), oneLine(d.After, 120))
	}
	return nil
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

type auditCommand struct {
	List   auditListCommand   `cmd:"" help:"${audit_list}"`
	Verify auditVerifyCommand `cmd:"" help:"${audit_verify}"`
}

type auditListCommand struct {
	configFlags
	Actor  string `help:"${audit_actor}"`
	Action string `help:"${audit_action}"`
	pageFlags
	JSON bool `name:"json" help:"${json}"`
}

// Run shows the latest lines of the audit log.
func (c *auditListCommand) Run(ctx context.Context, s *session) error {
	if err := c.allowed(s); err != nil {
		return err
	}
	db, err := c.look(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	page, next, err := db.Records(ctx, access.RecordFilter{Actor: c.Actor, Action: c.Action, Limit: c.Limit})
	if err != nil {
		return err
	}
	if c.JSON {
		more := ""
		if next > 0 {
			more = strconv.FormatInt(next, 10)
		}
		return printPage(s.out, page, more)
	}
	if len(page) == 0 {
		_, err := fmt.Fprintln(s.out, word{"Записей нет.", "No lines."}.pick(s.lang))
		return err
	}
	rows := [][]string{strings.Split(word{"№|КОГДА|КТО|ОТКУДА|ЧТО|НАД ЧЕМ|ИТОГ|ИЗМЕНЕНО", "NO|WHEN|WHO|FROM|WHAT|TO WHAT|OUTCOME|CHANGED"}.pick(s.lang), "|")}
	for _, r := range page {
		rows = append(rows, []string{
			strconv.FormatInt(r.N, 10), clock(r.At.Local()), oneLine(r.Actor, 30), r.From, r.Action, oneLine(r.Object, 40), r.Outcome,
			oneLine(changed(r.Changes, s.lang), 120),
		})
	}
	return table(s.out, rows)
}

// changed tells the changes of a line: "stage kdsReady → kdsOut, settings.api_id (changed)".
func changed(changes []access.Change, lang string) string {
	var parts []string
	for _, c := range changes {
		switch {
		case c.Hidden:
			parts = append(parts, c.Field+word{" (изменено)", " (changed)"}.pick(lang))
		case c.Old == "":
			parts = append(parts, c.Field+" = "+c.New)
		default:
			parts = append(parts, c.Field+" "+c.Old+" → "+c.New)
		}
	}
	return strings.Join(parts, ", ")
}

type auditVerifyCommand struct {
	configFlags
	JSON bool `name:"json" help:"${json}"`
}

// Run reads the whole audit log and fails when it is not as it was written.
func (c *auditVerifyCommand) Run(ctx context.Context, s *session) error {
	db, err := c.look(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	v, err := db.Verify(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := printJSON(s.out, v.Told(s.lang)); err != nil {
			return err
		}
	} else if v.Sound() {
		_, _ = fmt.Fprintf(s.out, word{
			"Журнал цел: строки %d–%d, всего %d. Отпечаток последней: %s\n",
			"The log is sound: lines %d to %d, %d in all. Hash of the last one: %s\n",
		}.pick(s.lang), v.First, v.Last, v.Records, v.Head)
	}
	if v.Sound() {
		return nil
	}
	for _, f := range v.Faults {
		_, _ = fmt.Fprintf(s.Stderr, word{"строка %d: %s\n", "line %d: %s\n"}.pick(s.lang), f.N, f.Sentence(s.lang))
	}
	return errors.New(word{
		"журнал аудита не такой, каким был записан: сохраните копию папки данных и разберитесь, кто имеет к ней доступ",
		"the audit log is not as it was written: keep a copy of the data folder and find out who has access to it",
	}.pick(s.lang))
}

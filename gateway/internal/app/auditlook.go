package app

import (
	"context"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// lookAtAudit reads the audit log as a whole, and says so when it finds for the first time that somebody
// changed it past the program. What is written afterwards hides nothing of that; neither does it end the
// work: guests wait for their orders.
func (a *App) lookAtAudit(ctx context.Context) {
	v, err := a.db.VerifyRecords(ctx)
	if err != nil {
		if ctx.Err() == nil {
			a.opts.Log.Warn("the audit log could not be read as a whole; the next try is in an hour", "error", err)
		}
		return
	}
	lang := a.config().Language
	said := v.Sentence(lang)
	if before := a.audited.Swap(&v); said != "" && (before == nil || before.Sentence(lang) != said) {
		a.opts.Log.Error("the audit log cannot be vouched for", "found", said, "cure", v.Cure(lang))
	}
}

// auditVerdict is what the last look at the audit log found; sound before the first one.
func (a *App) auditVerdict() access.Verdict {
	if v := a.audited.Load(); v != nil {
		return *v
	}
	return access.Verdict{}
}

// AuditTrouble says, in both languages, what is wrong with the audit log and what to do; empty when nothing
// is, or when it cannot be read: then what the command is about fails by itself.
func (k *Keeper) AuditTrouble(ctx context.Context) Text {
	v, err := k.db.VerifyRecords(ctx)
	if err != nil || v.Sound() {
		return Text{}
	}
	return Text{RU: v.Sentence("ru") + " " + v.Cure("ru"), EN: v.Sentence("en") + " " + v.Cure("en")}
}

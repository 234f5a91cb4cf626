package adminapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// AuditLog is what is kept of who did what.
type AuditLog interface {
	// Note writes a line about what was refused before it was begun.
	Note(ctx context.Context, r access.Record) error
	// Begin writes down that something is about to be done; what cannot be written down is not done.
	Begin(ctx context.Context, r access.Record) (id string, err error)
	// End adds the one line about what was begun, as it ended; a record without an action adds none.
	End(ctx context.Context, id string, r access.Record) error
	Records(ctx context.Context, f access.RecordFilter) (page []access.Record, next int64, err error)
	Verify(ctx context.Context) (access.Verdict, error)
}

// noted tells whether the audit log has a line about each time that the call is made. Changes that are
// noted by who makes them, in one transaction with the change, are not noted a second time.
func (c call) noted() bool {
	return c.reveals || c.method != http.MethodGet && !c.dry && !c.own && !c.told
}

// begin writes down that a call is about to be made.
func (a *API) begin(ctx context.Context, c call, who Caller) (id string, err error) {
	if !c.noted() {
		return "", nil
	}
	return a.opt.Services.Audit.Begin(ctx, who.Record())
}

// end writes the line about a call that was begun; an empty code: it was done.
func (a *API) end(ctx context.Context, c call, who Caller, id string, code problem.Code) {
	r := who.Record()
	switch {
	case !c.noted() && code != "":
		a.noteRefusal(ctx, c, who, code)
		return
	case !c.noted():
		return
	case code != "":
		r = r.Refused(string(code))
	}
	if err := a.opt.Services.Audit.End(ctx, id, r); err != nil {
		a.opt.Log.Error("the audit log does not say yet how a call ended", "call", c.id, "outcome", r.Outcome, "error", err)
	}
}

// noteRefusal writes that what was asked for was not done.
func (a *API) noteRefusal(ctx context.Context, c call, who Caller, code problem.Code) {
	if !c.told && (c.act == "" || code != problem.NotAllowed) {
		return
	}
	if err := a.opt.Services.Audit.Note(context.WithoutCancel(ctx), who.Record().Refused(string(code))); err != nil {
		a.opt.Log.Error("the audit log does not say that something was refused", "call", c.id, "code", string(code), "error", err)
	}
}

// noteUninvited writes that somebody we know asked for what only others may do, where it is about users
// and keys: it may be somebody who looks for a way up. Strangers could fill the log that way.
func (a *API) noteUninvited(ctx context.Context, c call, who Caller, err error) {
	refused, ok := errors.AsType[*problem.Refusal](err)
	if ok && c.act != "" && who.Kind != "" && refused.Code == problem.NotAllowed {
		a.noteRefusal(ctx, c, who, refused.Code)
	}
}

type auditQuery struct {
	Actor  string `query:"actor" maxLength:"200" doc:"ID or name of who did it."`
	Action string `query:"action" maxLength:"100" doc:"user.add, or user for all that begins so."`
	Object string `query:"object" maxLength:"200"`
	Span
	Paging
}

func (a *API) audit() {
	s := a.opt.Services.Audit
	add(a, call{id: "list-audit", method: "GET", path: "/audit", tag: "Audit", summary: "Who did what, newest first", may: access.AuditRead},
		func(ctx context.Context, _ Caller, in *auditQuery) (*body[Page[access.Record]], error) {
			f := access.RecordFilter{Actor: in.Actor, Action: in.Action, Object: in.Object, From: in.From, To: in.To, Limit: in.Limit}
			if in.After != "" {
				n, err := strconv.ParseInt(in.After, 10, 64)
				if err != nil || n < 1 {
					return nil, problem.RefuseField("after", problem.FieldInvalid)
				}
				f.Before = n
			}
			items, next, err := s.Records(ctx, f)
			if err != nil {
				return nil, err
			}
			after := ""
			if next > 0 {
				after = strconv.FormatInt(next, 10)
			}
			return page(items, after), nil
		})
	add(a, call{id: "verify-audit", method: "GET", path: "/audit/verify", tag: "Audit", summary: "Read the whole log and tell whether it is as it was written", may: access.AuditRead},
		func(ctx context.Context, who Caller, _ *struct{}) (*body[access.Verdict], error) {
			v, err := s.Verify(ctx)
			return answered(v.Told(who.Language), err)
		})
}

package adminapi

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/sse"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// LiveGap says that items were left out: read the lists again.
type LiveGap struct {
	At time.Time `json:"at"`
}

// heartbeat is how often a quiet stream says that it is alive; proxies cut silent ones after 30 to 60 s.
const heartbeat = 15 * time.Second

func (a *API) live(s Overview) {
	type query struct {
		LastEventID int64 `header:"Last-Event-ID" minimum:"0" doc:"The last ID that was seen; 0: only what is new."`
		After       int64 `query:"after" minimum:"0" doc:"The same, for a first connection: EventSource cannot set headers."`
	}
	c := call{id: "live", method: "GET", path: "/live", tag: "Overview", summary: "What happens, as server-sent events", may: access.EventsRead}
	op := huma.Operation{
		OperationID: c.id, Method: c.method, Path: Prefix + c.path, Tags: []string{c.tag}, Summary: c.summary,
		Description: "Needs the permission " + string(c.may) + ". Resumes by Last-Event-ID; a gap event means that something was left out.",
		Security:    []map[string][]string{{"session": {}}, {"key": {}}}, Middlewares: huma.Middlewares{a.admit(c)},
	}
	a.calls = append(a.calls, Call{Method: c.method, Path: op.Path, May: c.may})
	sse.Register(a.huma, op, map[string]any{"item": LiveItem{}, "gap": LiveGap{}},
		func(ctx context.Context, in *query, send sse.Sender) {
			who, _ := ctx.Value(callerKey{}).(Caller)
			news := s.Live(ctx, max(in.LastEventID, in.After), who.Language)
			beat := time.NewTicker(heartbeat)
			defer beat.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-beat.C:
					if !who.still(ctx) || send.Comment("still here") != nil {
						return // the session was ended, or nobody listens
					}
				case one, ok := <-news:
					if !ok || send(told(one)) != nil {
						return
					}
				}
			}
		})
}

// told is a piece of news as a message of the stream. A gap has an ID too, so that who comes back after it
// is not told of it again.
func told(news LiveNews) sse.Message {
	m := sse.Message{ID: int(news.Item.ID), Data: news.Item}
	if news.Gap {
		m.Data = LiveGap{At: news.Item.At}
	}
	return m
}

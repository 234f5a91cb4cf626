package screen

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// How long a chart may be.
const (
	hoursMost = 31 * 24 * time.Hour
	daysMost  = 400 * 24 * time.Hour
)

// Chart implements adminapi.Overview. Bars begin at the restaurant's hours and days, or those of the first
// restaurant. Zones whose clock is not a whole number of hours from UTC are rounded to the hour.
func (s *Screen) Chart(ctx context.Context, q adminapi.ChartQuestion) ([]adminapi.ChartPoint, error) {
	zone := s.homeZone()
	if q.Restaurant != "" {
		zone = s.zone(q.Restaurant)
	}
	from, to, err := s.span(q, zone)
	if err != nil {
		return nil, err
	}
	all, err := s.db.Tallies(ctx, from, to)
	if err != nil {
		return nil, refuse(err)
	}
	bars := map[barKey]*bar{}
	for _, t := range all {
		if q.Restaurant != "" && t.Restaurant != q.Restaurant || t.Hour.Before(from.Truncate(time.Hour)) {
			continue
		}
		k := barKey{at: startOf(t.Hour, q.Step, zone).Unix(), key: groupOf(t, q.By)}
		if bars[k] == nil {
			bars[k] = &bar{}
		}
		bars[k].add(t)
	}
	var points []adminapi.ChartPoint
	for k, b := range bars {
		points = append(points, b.points(time.Unix(k.at, 0).In(zone), k.key)...)
	}
	slices.SortFunc(points, func(a, b adminapi.ChartPoint) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key), cmp.Compare(b.Texts, a.Texts), cmp.Compare(a.Currency, b.Currency))
	})
	return points, nil
}

// span is the time of a chart: the last week, or the last day in hours, where it is not said.
func (s *Screen) span(q adminapi.ChartQuestion, zone *time.Location) (from, to time.Time, err error) {
	to = q.To
	if to.IsZero() {
		to = s.opt.Now()
	}
	most, usual := daysMost, 6
	if q.Step == "hour" {
		most, usual = hoursMost, 0
	}
	from = q.From
	if from.IsZero() {
		from = startOf(to, "day", zone).AddDate(0, 0, -usual)
	}
	if !from.Before(to) || to.Sub(from) > most {
		return from, to, problem.RefuseField("from", problem.FieldInvalid)
	}
	return from, to, nil
}

func (s *Screen) homeZone() *time.Location {
	if zone := s.opt.Home().Zone; zone != nil {
		return zone
	}
	return time.UTC
}

// startOf is when the hour or day of t began on the clock of a zone.
func startOf(t time.Time, step string, zone *time.Location) time.Time {
	t = t.In(zone)
	if step == "hour" {
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), 0, 0, 0, zone)
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
}

func groupOf(t message.Tally, by string) string {
	switch by {
	case "account":
		return t.Account
	case "restaurant":
		return t.Restaurant
	case "stage":
		return t.Stage
	}
	return ""
}

type barKey struct {
	at  int64
	key string
}

// bar is what one bar adds up.
type bar struct {
	point adminapi.ChartPoint
	speed message.Speed
	costs []message.Money // one for each currency
}

func (b *bar) add(t message.Tally) {
	b.point.Texts += t.Messages
	b.point.Segments += t.Segments
	b.speed.AddAll(t.Speed)
	switch t.Status {
	case message.Delivered:
		b.point.Delivered += t.Messages
	case message.Undelivered, message.Rejected, message.Expired:
		b.point.Failed += t.Messages
	case message.Unknown:
		b.point.Unknown += t.Messages
	case message.Queued, message.Sending, message.Accepted, message.Cancelled, message.Absent:
	}
	b.costs = addCost(b.costs, t.Cost)
}

func addCost(costs []message.Money, cost message.Money) []message.Money {
	if cost.Currency == "" {
		return costs
	}
	i := slices.IndexFunc(costs, func(m message.Money) bool { return m.Currency == cost.Currency })
	if i < 0 {
		return append(costs, cost)
	}
	costs[i] = costs[i].Sum(cost)
	return costs
}

// points is the bar, and one more without texts for each further currency.
func (b *bar) points(at time.Time, key string) []adminapi.ChartPoint {
	const nanos = 1_000_000_000
	first := b.point
	first.At, first.Key = at, key
	first.P50Seconds, first.P95Seconds = b.speed.Quantile(0.5).Seconds(), b.speed.Quantile(0.95).Seconds()
	points := []adminapi.ChartPoint{first}
	for i, cost := range b.costs {
		if i > 0 {
			points = append(points, adminapi.ChartPoint{At: at, Key: key})
		}
		points[i].Currency, points[i].CostNanos = cost.Currency, cost.Units*nanos+int64(cost.Nanos)
	}
	return points
}

package app

import (
	"context"
	"crypto/rand"
	"net"
	"slices"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/settings"
)

// restaurantService is the admin's restaurants, kept by settings.
type restaurantService struct{ *App }

// seenSince is how far back codes count that no restaurant has.
const seenSince = 30 * 24 * time.Hour

// Restaurants implements adminapi.Restaurants.
func (s restaurantService) Restaurants(ctx context.Context) (adminapi.RestaurantPage, error) {
	heard, err := s.db.RestaurantOrders(ctx)
	if err != nil {
		return adminapi.RestaurantPage{}, err
	}
	current := s.settings.Current()
	page := adminapi.RestaurantPage{Restaurants: []adminapi.Restaurant{}, Seen: []string{}, Revision: current.RestaurantsRevision}
	last := lastHeard(current.Restaurants, heard)
	for _, r := range current.Restaurants {
		shown := adminapi.Restaurant{
			Code: r.Code, Name: r.Name, Timezone: r.Timezone.String(), OrderStage: string(r.OrderStage), OrderNumber: string(r.Number),
			IntakeKey: adminapi.Secret{Set: !r.IntakeKey.IsZero(), Hint: r.IntakeKey.Hint()}, Declared: current.DeclaredRestaurant(r.Code),
		}
		if at, ok := last[r.Code]; ok {
			shown.LastEvent = &at
		}
		page.Restaurants = append(page.Restaurants, shown)
		delete(heard, r.Code)
	}
	for code, at := range heard {
		if code != "" && s.opts.Now().Sub(at) < seenSince {
			page.Seen = append(page.Seen, code)
		}
	}
	slices.Sort(page.Seen)
	return page, nil
}

// onlyRestaurant gives the code of the restaurant when exactly one is known: one that is declared, or that
// there were orders of lately. The code is empty when the cash server tells none.
func (a *App) onlyRestaurant(ctx context.Context) (code string, only bool, err error) {
	heard, err := a.db.RestaurantOrders(ctx)
	if err != nil {
		return "", false, err
	}
	known := map[string]bool{}
	for _, r := range a.config().Restaurants {
		if r.Code != config.AnyRestaurant {
			known[r.Code] = true
		}
	}
	for code, at := range heard {
		if a.opts.Now().Sub(at) < seenSince {
			known[code] = true
		}
	}
	for code := range known {
		return code, len(known) == 1, nil
	}
	return "", false, nil
}

// lastHeard tells when each restaurant was last heard of, given that of each code in events. Codes that no
// restaurant has, and events without one, count for the restaurant that any of them fits.
func lastHeard(restaurants []config.Restaurant, heard map[string]time.Time) map[string]time.Time {
	last := map[string]time.Time{}
	for code, at := range heard {
		if !slices.ContainsFunc(restaurants, func(r config.Restaurant) bool { return r.Code == code }) {
			code = config.AnyRestaurant
		}
		if at.After(last[code]) {
			last[code] = at
		}
	}
	return last
}

// SaveRestaurants implements adminapi.Restaurants.
func (s restaurantService) SaveRestaurants(ctx context.Context, who adminapi.Caller, list []adminapi.Restaurant, revision int64) (adminapi.RestaurantPage, error) {
	drafts := make([]settings.Restaurant, len(list))
	for i, r := range list {
		drafts[i] = settings.Restaurant{Keep: r.IntakeKey.Value == nil, Doc: map[string]any{
			"code": r.Code, "name": r.Name, "timezone": r.Timezone, "order_stage": r.OrderStage, "order_number": r.OrderNumber,
		}}
		if r.IntakeKey.Value != nil {
			drafts[i].Key = *r.IntakeKey.Value
		}
	}
	if _, err := s.settings.SaveRestaurants(ctx, drafts, revision, who.Record()); err != nil {
		return adminapi.RestaurantPage{}, err
	}
	return s.Restaurants(ctx)
}

// NewIntakeKey implements adminapi.Restaurants.
func (s restaurantService) NewIntakeKey(ctx context.Context, who adminapi.Caller, code string) (adminapi.IntakeKey, error) {
	current := s.settings.Current()
	if current.DeclaredRestaurant(code) {
		return adminapi.IntakeKey{}, problem.Refuse(problem.Declared)
	}
	key := rand.Text()
	found := false
	var drafts []settings.Restaurant
	for _, r := range current.Restaurants {
		if current.DeclaredRestaurant(r.Code) {
			continue
		}
		draft := settings.Restaurant{Keep: true, Doc: restaurantDoc(r)}
		if r.Code == code {
			found, draft.Keep, draft.Key = true, false, key
		}
		drafts = append(drafts, draft)
	}
	if !found {
		return adminapi.IntakeKey{}, problem.Refuse(problem.NoSuchThing)
	}
	if _, err := s.settings.SaveRestaurants(ctx, drafts, current.RestaurantsRevision, who.Record()); err != nil {
		return adminapi.IntakeKey{}, err
	}
	return adminapi.IntakeKey{Key: key, Addresses: s.intakeAddresses(ctx, key)}, nil
}

func restaurantDoc(r config.Restaurant) map[string]any {
	return map[string]any{
		"code": r.Code, "name": r.Name, "timezone": r.Timezone.String(), "order_stage": string(r.OrderStage), "order_number": string(r.Number),
	}
}

// intakeAddresses is where the cash server can post with the key: the address that listens, or each of
// this machine's where all of them do.
func (s restaurantService) intakeAddresses(ctx context.Context, key string) []string {
	host, port, err := net.SplitHostPort(s.Address())
	if err != nil {
		return []string{}
	}
	hosts := []string{host}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		hosts = nil
		for _, ip := range localAddresses(ctx) {
			hosts = append(hosts, ip.String())
		}
		hosts = append(hosts, "127.0.0.1")
	}
	addresses := make([]string, len(hosts))
	for i, h := range hosts {
		addresses[i] = "http://" + net.JoinHostPort(h, port) + "/k/" + key + eventsPath
	}
	return addresses
}

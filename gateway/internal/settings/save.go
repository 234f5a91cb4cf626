package settings

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// SaveNotifications keeps the no-code page, in the form of config.Stored, and lets it count. seen is the
// revision that was read. Refusals (*problem.Refusal): Stale; Declared, naming the keys that the file
// declares and doc changes; FieldsInvalid, with paths as "template". r is the audit log's line, to which
// what changed is added; it is written together with the change.
func (k *Keeper) SaveNotifications(ctx context.Context, doc map[string]any, seen int64, r access.Record) (*Current, error) {
	k.saving.Lock()
	defer k.saving.Unlock()
	now := k.Current()
	if seen != now.NotificationsRevision {
		return nil, problem.Refuse(problem.Stale)
	}
	if changed := now.ChangesDeclared(doc); len(changed) > 0 {
		return nil, declared(changed)
	}
	doc = maps.Clone(doc)
	for _, key := range now.DeclaredNotifications() {
		delete(doc, key)
		if kept, there := now.stored.Notifications[key]; there {
			doc[key] = kept // it counts again when the file no longer speaks of it
		}
	}
	next := now.stored
	next.Notifications = doc
	if err := k.check(next, "notifications."); err != nil {
		return nil, err
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	merged, _ := k.opts.Declared.With(next)
	r = r.Changed(changesOf(now.Notifications.Document(), merged.Notifications.Document())...)
	_, err = k.opts.Store.SaveSetting(ctx, store.Setting{Name: notificationsDoc, Doc: text, Revision: seen, UpdatedBy: r.Actor}, r)
	if err != nil {
		return nil, refusal(err)
	}
	return k.takeEffect(ctx)
}

// Preview gives the configuration as it would be with these notifications, without keeping it; refusals
// as SaveNotifications has them, but for Stale.
func (k *Keeper) Preview(doc map[string]any) (*config.Config, error) {
	now := k.Current()
	next := now.stored
	next.Notifications = doc
	if err := k.check(next, "notifications."); err != nil {
		return nil, err
	}
	merged, _ := k.opts.Declared.With(next)
	return merged, nil
}

// Restaurant is a restaurant that is to be kept.
type Restaurant struct {
	Doc  map[string]any // in the form of config.Stored, without the intake key
	Key  string         // the intake key; empty: see Keep
	Keep bool           // the key stays as it is
}

// SaveRestaurants keeps the list of restaurants and lets it count. Declared ones may be in it, unchanged;
// they are not kept. Refusals: Stale; Declared; FieldsInvalid, with paths as "restaurants[2].timezone".
// r is the audit log's line, as for SaveNotifications.
func (k *Keeper) SaveRestaurants(ctx context.Context, list []Restaurant, seen int64, r access.Record) (*Current, error) {
	k.saving.Lock()
	defer k.saving.Unlock()
	now := k.Current()
	if seen != now.RestaurantsRevision {
		return nil, problem.Refuse(problem.Stale)
	}
	var kept []map[string]any
	var places []int // in list, of what is kept
	for i, draft := range list {
		code, _ := draft.Doc["code"].(string)
		if now.DeclaredRestaurant(code) {
			if now.changesRestaurant(draft, code) {
				return nil, declared([]string{fmt.Sprintf("restaurants[%d]", i)})
			}
			continue
		}
		doc := maps.Clone(draft.Doc)
		doc[intakeKey] = draft.Key
		if draft.Keep {
			doc[intakeKey] = now.keyOf(code)
		}
		kept, places = append(kept, doc), append(places, i)
	}
	next := now.stored
	next.Restaurants = kept
	if err := k.check(next, "restaurants"); err != nil {
		return nil, replace(err, places)
	}
	text, err := k.packRestaurants(kept)
	if err != nil {
		return nil, err
	}
	r = r.Changed(changesOf(byCode(now.stored.Restaurants), byCode(kept))...)
	_, err = k.opts.Store.SaveSetting(ctx, store.Setting{Name: restaurantsDoc, Doc: text, Revision: seen, UpdatedBy: r.Actor}, r)
	if err != nil {
		return nil, refusal(err)
	}
	return k.takeEffect(ctx)
}

// changesRestaurant tells whether r gives a declared restaurant other values.
func (c *Current) changesRestaurant(r Restaurant, code string) bool {
	alone, faults := c.With(config.Stored{Restaurants: []map[string]any{withCode(r.Doc, probeCode)}})
	want, got := c.Restaurant(code), alone.Restaurant(probeCode)
	return len(faults) > 0 && !onlyRoute(faults) || !r.Keep && r.Key != want.IntakeKey.Reveal() || got.Name != want.Name ||
		got.Timezone.String() != want.Timezone.String() || got.OrderStage != want.OrderStage || got.Number != want.Number
}

// probeCode is the code under which a declared restaurant is read again to compare it.
const probeCode = "orderbell-probe"

func withCode(doc map[string]any, code string) map[string]any {
	doc = maps.Clone(doc)
	doc["code"] = code
	delete(doc, intakeKey)
	return doc
}

func onlyRoute(faults config.Faults) bool {
	return !slices.ContainsFunc(faults, func(f config.Fault) bool { return !strings.HasPrefix(f.Path, "notifications.") })
}

// keyOf is the intake key of a stored restaurant.
func (c *Current) keyOf(code string) string {
	for _, doc := range c.stored.Restaurants {
		if doc["code"] == code {
			key, _ := doc[intakeKey].(string)
			return key
		}
	}
	return ""
}

func (k *Keeper) packRestaurants(list []map[string]any) ([]byte, error) {
	packed := make([]map[string]any, len(list))
	for i, doc := range list {
		packed[i] = maps.Clone(doc)
		key, _ := doc[intakeKey].(string)
		if key == "" {
			delete(packed[i], intakeKey)
			continue
		}
		code, _ := doc["code"].(string)
		sealed, err := k.seal(intakeKeyPlace(code), []byte(key))
		if err != nil {
			return nil, err
		}
		packed[i][intakeKey] = base64.StdEncoding.EncodeToString(sealed)
	}
	return json.Marshal(packed)
}

// check reads what is to be stored as the next start would. Only what prefix begins is judged: what was
// wrong elsewhere before is not this save's fault.
func (k *Keeper) check(next config.Stored, prefix string) error {
	_, faults := k.opts.Declared.With(next)
	refused := &problem.Refusal{Code: problem.FieldsInvalid}
	for _, f := range faults {
		path := f.Path
		if strings.HasSuffix(prefix, ".") {
			path = strings.TrimPrefix(path, prefix)
		}
		if !strings.HasPrefix(f.Path, prefix) {
			continue
		}
		refused.Fields = append(refused.Fields, problem.FieldFault{Field: path, Code: problem.FieldInvalid, RU: told(f, "ru"), EN: told(f, "en")})
	}
	if len(refused.Fields) == 0 {
		return nil
	}
	return refused
}

// told says what is wrong and what to do, without the value.
func told(f config.Fault, lang string) string {
	text := f.Problem.In(lang)
	if cure := f.Cure.In(lang); cure != "" {
		text += ". " + cure
	}
	return text
}

// replace puts the indexes of the submitted list into the paths of faults.
func replace(err error, places []int) error {
	refused, ok := errors.AsType[*problem.Refusal](err)
	if !ok {
		return err
	}
	for i := range refused.Fields {
		var at int
		field := &refused.Fields[i].Field
		if _, err := fmt.Sscanf(*field, "restaurants[%d]", &at); err == nil && at < len(places) {
			_, rest, _ := strings.Cut(*field, "]")
			*field = fmt.Sprintf("restaurants[%d]%s", places[at], rest)
		}
	}
	return refused
}

func declared(fields []string) error {
	refused := &problem.Refusal{Code: problem.Declared}
	for _, field := range fields {
		refused.Fields = append(refused.Fields, problem.FieldFault{Field: field, Code: problem.Declared})
	}
	return refused
}

// refusal turns what the store refuses into what a caller is told.
func refusal(err error) error {
	for kind, code := range map[store.Kind]problem.Code{
		store.ErrStale: problem.Stale, store.ErrTaken: problem.NameTaken, store.ErrInUse: problem.InUse,
		store.ErrNotFound: problem.NoSuchThing, store.ErrBusy: problem.StoreUnavailable, store.ErrFull: problem.StoreUnavailable,
	} {
		if errors.Is(err, kind) {
			return &problem.Refusal{Code: code, Cause: err}
		}
	}
	return err
}

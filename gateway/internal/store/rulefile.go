package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/rule"
)

// AddRuleVersion keeps what stands in a rule file, unless that is what was kept of it last. The zero At
// means now.
func (db *DB) AddRuleVersion(ctx context.Context, saved rule.Saved) error {
	if saved.At.IsZero() {
		saved.At = db.now()
	}
	return db.do(ctx, func(t *tx) error {
		var version, cases string
		_, err := t.one([]any{&version, &cases}, `SELECT version, cases FROM rule_version WHERE name = $1 ORDER BY id DESC LIMIT 1`, saved.Name)
		if err != nil || version == saved.Version && cases == saved.Cases {
			return err
		}
		_, err = t.exec(`INSERT INTO rule_version (id, name, version, source, cases, saved_at, saved_by) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			db.ids.next(), saved.Name, saved.Version, saved.Source, saved.Cases, micros(saved.At), saved.By)
		return err
	})
}

// ruleVersionsKept bounds a list of versions; older ones stay reachable by their version.
const ruleVersionsKept = 200

// RuleVersions lists what stood in a rule file, newest first, at most 200; sources and cases come with it.
func (db *DB) RuleVersions(ctx context.Context, name string) ([]rule.Saved, error) {
	return db.ruleVersions(ctx, fmt.Sprintf(`WHERE name = $1 ORDER BY id DESC LIMIT %d`, ruleVersionsKept), name)
}

// RuleVersion finds one of them; ErrNotFound when it never stood there.
func (db *DB) RuleVersion(ctx context.Context, name, version string) (rule.Saved, error) {
	found, err := db.ruleVersions(ctx, `WHERE name = $1 AND version = $2 ORDER BY id DESC LIMIT 1`, name, version)
	if err == nil && len(found) == 0 {
		err = fault(ErrNotFound, fmt.Sprintf("version %q of %s", version, name))
	}
	if err != nil {
		return rule.Saved{}, err
	}
	return found[0], nil
}

func (db *DB) ruleVersions(ctx context.Context, which string, args ...any) ([]rule.Saved, error) {
	var all []rule.Saved
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var s rule.Saved
		var at int64
		err := rows.Scan(&s.Name, &s.Version, &s.Source, &s.Cases, &at, &s.By)
		s.At = instant(at)
		all = append(all, s)
		return err
	}, `SELECT name, version, source, cases, saved_at, saved_by FROM rule_version `+which, args...)
	return all, err
}

// SwitchRule switches a rule file off or on. It tells whether that changed anything.
func (db *DB) SwitchRule(ctx context.Context, name string, on bool, by string) (changed bool, err error) {
	err = db.do(ctx, func(t *tx) error {
		var n int64
		var err error
		if on {
			n, err = t.exec(`DELETE FROM rule_off WHERE name = $1`, name)
		} else {
			n, err = t.exec(`INSERT INTO rule_off (name, off_at, off_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, name, micros(db.now()), by)
		}
		changed = n > 0
		return err
	})
	return changed, err
}

// RulesOff lists the rule files that are switched off.
func (db *DB) RulesOff(ctx context.Context) (map[string]bool, error) {
	off := map[string]bool{}
	err := db.reader.each(ctx, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		off[name] = true
		return err
	}, `SELECT name FROM rule_off`)
	return off, err
}

const leftOutKey = "rules_left_out"

// SetRulesLeftOut keeps which rule files do not serve because of a fault.
func (db *DB) SetRulesLeftOut(ctx context.Context, names []string) error {
	now := strings.Join(names, "\n")
	if before, err := db.State(ctx, leftOutKey); err != nil || before == now {
		return err
	}
	return db.SetState(ctx, leftOutKey, now)
}

// rulesLeftOut is what SetRulesLeftOut kept last.
func (db *DB) rulesLeftOut(ctx context.Context) ([]string, error) {
	kept, err := db.State(ctx, leftOutKey)
	if err != nil || kept == "" {
		return nil, err
	}
	return strings.Split(kept, "\n"), nil
}

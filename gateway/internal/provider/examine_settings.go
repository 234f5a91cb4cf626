package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/orderbell/orderbell/sdk"
	"github.com/orderbell/orderbell/sdk/host"
)

// canary is in every made-up secret, so that it can be searched for.
const canary = "canary4711"

// examined is the account that is opened with made-up settings.
const examined = "examined"

// trySettings opens the form as an admin would fill it in, well and badly.
func (x *Examination) trySettings(ctx context.Context, a *Alone, m sdk.Manifest) {
	encoded, err := json.Marshal(m)
	var again sdk.Manifest
	if err == nil {
		err = json.Unmarshal(encoded, &again)
	}
	if err != nil || !reflect.DeepEqual(m, again) {
		x.say("settings", Broken, "the form of the settings does not survive being written down", "форма настроек не переживает записи")
		return
	}
	good, hard := madeUp(m)
	if len(hard) > 0 {
		x.say("settings", Skipped, "no value could be made up for %s; try with real ones: orderbell account check", "не удалось придумать значение для %s; проверьте настоящими: orderbell account check", joined(hard))
		return
	}
	t := trial{a: a, good: good}
	t.open(ctx, x)
	t.refusals(ctx, x, m)
}

// madeUp is a value for each setting that has to be filled in, and those for which none could be found.
func madeUp(m sdk.Manifest) (good map[string]string, hard []string) {
	good = map[string]string{}
	for _, f := range m.Settings {
		if f.Default != "" || !f.Required && f.Kind != sdk.KindSecret {
			continue
		}
		value, ok := host.Sample(f, canary)
		switch {
		case ok:
			good[f.Key] = value
		case f.Required:
			hard = append(hard, f.Key)
		}
	}
	return good, hard
}

// trial opens accounts with made-up settings, each under a revision of its own.
type trial struct {
	a        *Alone
	good     map[string]string
	revision uint64
}

func (t *trial) ask(ctx context.Context, settings map[string]string) ([]sdk.Diagnostic, error) {
	t.revision++
	found, err := t.a.Open(ctx, host.OpenRequest{Account: examined, Revision: t.revision, Settings: settings})
	if err == nil && !refused(found) {
		err = t.a.Close(ctx, examined, t.revision)
	}
	return found, err
}

// open tries good settings. A provider may know more than its form can say ("a key or a password"), so a
// refusal with a reason is no fault; a panic is, whatever the settings.
func (t *trial) open(ctx context.Context, x *Examination) {
	found, err := t.ask(ctx, t.good)
	switch {
	case err != nil:
		x.fail("settings", err)
	case slices.ContainsFunc(found, host.OpenPanicked):
		d := found[slices.IndexFunc(found, host.OpenPanicked)]
		x.Points, x.OK = append(x.Points, Point{"settings", Broken, d.Summary}), false
	case refused(found):
		d := found[slices.IndexFunc(found, func(d sdk.Diagnostic) bool { return d.Severity == sdk.SeverityError })]
		x.Points = append(x.Points, Point{"settings", Skipped, sdk.Text{
			EN: fmt.Sprintf("the form survives being written down; of made-up settings the provider says at %q: %s", d.Field, d.Summary.EN),
			RU: fmt.Sprintf("форма переживает запись; о придуманных настройках провайдер говорит в поле %q: %s", d.Field, d.Summary.RU),
		}})
	default:
		x.say("settings", Good, "the form survives being written down, and settings that fit it are taken", "форма переживает запись, подходящие к ней настройки принимаются")
	}
	x.watchSecrets(found)
}

// refusals tries one bad value after the other.
func (t *trial) refusals(ctx context.Context, x *Examination, m sdk.Manifest) {
	var taken, misplaced, mute, fatal []string
	bad := badSettings(m)
	for _, b := range bad {
		settings := maps.Clone(t.good)
		settings[b.key] = b.value
		found, err := t.ask(ctx, settings)
		if err != nil {
			x.fail("refusals", err)
			return
		}
		x.watchSecrets(found)
		what := b.key + " (" + b.why + ")"
		at := slices.IndexFunc(found, func(d sdk.Diagnostic) bool { return d.Severity == sdk.SeverityError && d.Field == b.key })
		switch {
		case slices.ContainsFunc(found, host.OpenPanicked):
			fatal = append(fatal, what)
		case !refused(found):
			taken = append(taken, what)
		case at < 0:
			misplaced = append(misplaced, what)
		case found[at].Summary.EN == "" || found[at].Summary.RU == "":
			mute = append(mute, what)
		}
	}
	x.Settings = len(bad)
	for _, fault := range []struct {
		list   []string
		en, ru string
	}{
		{taken, "bad values are taken: %s", "плохие значения принимаются: %s"},
		{misplaced, "bad values are refused, but not at their own setting: %s", "плохие значения отвергаются, но не в своём поле: %s"},
		{fatal, "the program panics at: %s", "программа падает (panic) на: %s"},
		{mute, "refusals are not in both languages: %s", "отказы не на обоих языках: %s"},
	} {
		if len(fault.list) > 0 {
			x.say("refusals", Broken, fault.en, fault.ru, joined(fault.list))
		}
	}
	if len(taken)+len(misplaced)+len(mute)+len(fatal) == 0 {
		x.say("refusals", Good, "%d bad values are each refused at their own setting, in both languages", "плохих значений: %d, каждое отвергнуто в своём поле и на обоих языках", len(bad))
	}
}

// watchSecrets looks whether an answer holds a secret that was given, once.
func (x *Examination) watchSecrets(found []sdk.Diagnostic) {
	for _, d := range found {
		text := d.Summary.EN + d.Summary.RU + d.Cure.EN + d.Cure.RU
		if !strings.Contains(text, canary) || slices.ContainsFunc(x.Points, func(p Point) bool { return p.Name == "secrets" }) {
			continue
		}
		x.say("secrets", Broken, "an answer about the setting %q holds a secret that was given", "в ответе о поле %q есть секрет, который ей дали", d.Field)
	}
}

// badSetting is one setting that must be refused.
type badSetting struct{ key, value, why string }

// badSettings is what must be refused, in a fixed order.
func badSettings(m sdk.Manifest) []badSetting {
	list := []badSetting{{"no_such_setting", host.BadMarker, "is unknown"}}
	for _, f := range m.Settings {
		if f.ShownWhen != nil {
			continue // it may not count
		}
		if f.Required && f.Default == "" {
			list = append(list, badSetting{f.Key, "", "is missing"})
		}
		for why, value := range host.BadValues(f) {
			list = append(list, badSetting{f.Key, value, why})
		}
	}
	slices.SortFunc(list, func(a, b badSetting) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.why, b.why)) })
	return list
}

// joined lists names, not more than a card can hold.
func joined(names []string) string {
	const most = 8
	if len(names) > most {
		names = append(slices.Clone(names[:most]), "…")
	}
	return strings.Join(names, ", ")
}

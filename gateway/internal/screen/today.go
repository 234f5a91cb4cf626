package screen

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// Today implements adminapi.Overview.
func (s *Screen) Today(ctx context.Context, lang string) (adminapi.Today, error) {
	now, zone := s.opt.Now(), s.homeZone()
	midnight := startOf(now, "day", zone)
	pulse, err := s.db.Pulse(ctx, midnight)
	if err != nil {
		return adminapi.Today{}, refuse(err)
	}
	sums, err := s.db.Tallies(ctx, midnight, now)
	if err != nil {
		return adminapi.Today{}, refuse(err)
	}
	t := adminapi.Today{
		Events: pulse.Events, Unknown: pulse.Unknown, Waiting: pulse.Waiting, Queued: pulse.Queued, Zone: zone.String(), First: len(pulse.Seen) > 0,
	}
	if last := pulse.LastSeen(); !last.IsZero() {
		t.Heard = &last
	}
	var costs []message.Money
	for _, sum := range sums {
		t.Texts += sum.Messages
		switch sum.Status {
		case message.Delivered:
			t.Done += sum.Messages
			t.Accepted += sum.Messages
		case message.Accepted:
			t.Accepted += sum.Messages
		case message.Undelivered, message.Rejected, message.Expired:
			t.Failed += sum.Messages
		case message.Queued, message.Sending, message.Cancelled, message.Unknown, message.Absent:
		}
		costs = addCost(costs, sum.Cost)
	}
	if len(costs) > 0 {
		t.Cost = money(&costs[0])
	}
	accounts := s.accounts(ctx, lang)
	t.Findings = Standing(Standings{Pulse: pulse, Accounts: accounts, Duty: s.duty(), Audit: s.verdict(), Place: s.opt.Place, Now: now}, lang)
	t.Well = !slices.ContainsFunc(t.Findings, func(f adminapi.Finding) bool { return f.Severity == "error" || f.Severity == "warning" })
	t.Sentence = sentence(t, accounts, now, lang)
	return t, nil
}

// sentence is the one sentence: that all is well and how things are, or the worst that is wrong.
func sentence(t adminapi.Today, accounts []adminapi.Account, now time.Time, lang string) string {
	if !t.Well {
		return strings.TrimSpace(t.Findings[0].Summary + " " + t.Findings[0].Cure)
	}
	if !t.First {
		return pick(lang, "Всё готово. Ждём первое событие от кассы.", "All is ready. Waiting for the first event of the cash server.")
	}
	parts := []string{pick(lang, "Всё работает.", "All is well.")}
	if t.Heard != nil {
		parts = append(parts, fmt.Sprintf(pick(lang, "Касса на связи (%s назад).", "The cash server was heard %s ago."), ago(now.Sub(*t.Heard), lang)))
	}
	for _, a := range accounts {
		if a.RoutePlace == 1 && a.Balance != nil && a.Balance.Money != nil {
			parts = append(parts, holds(a, now, lang))
		}
	}
	said := fmt.Sprintf("Сегодня %d SMS", t.Texts)
	if lang == "en" {
		said = texts(t.Texts, lang) + " today"
	}
	if ended := t.Accepted + t.Failed; ended > 0 && t.Done > 0 {
		said += fmt.Sprintf(pick(lang, ", доставлено %d %%", ", %d %% delivered"), t.Done*100/ended)
	}
	return strings.Join(append(parts, said+"."), " ")
}

// oldBalance is from when on a balance is told with its age.
const oldBalance = time.Hour

func holds(a adminapi.Account, now time.Time, lang string) string {
	m := a.Balance.Money
	said := fmt.Sprintf("%s: %d,%02d %s", a.Name, m.Units, m.Nanos/10_000_000, m.Currency)
	if lang == "en" {
		said = fmt.Sprintf("%s: %d.%02d %s", a.Name, m.Units, m.Nanos/10_000_000, m.Currency)
	}
	if age := now.Sub(a.Balance.AskedAt); age > oldBalance && !a.Balance.AskedAt.IsZero() {
		said += fmt.Sprintf(pick(lang, " (%s назад)", " (%s ago)"), ago(age, lang))
	}
	if d := a.Today.DaysOfCash; d != nil {
		said += fmt.Sprintf(pick(lang, ", хватит на %s", ", enough for %s"), days(*d, lang))
	}
	return said + "."
}

// Standings are what Standing looks at.
type Standings struct {
	Pulse    store.Pulse
	Accounts []adminapi.Account // nil: nobody knows
	Duty     *Duty              // nil: nobody knows
	Audit    access.Verdict     // sound where nobody looked
	Place    func(code string) Place
	Now      time.Time
}

// Duty is what has to be on for texts to go out at all.
type Duty struct {
	Off     bool     // notifications are switched off
	Rules   int      // how many rules decide
	Failing []string // of these, switched off after failing too often
	Workers int      // processes that run rules
	Stopped int      // of these, stopped after crashing too often
}

func (s *Screen) duty() *Duty {
	if s.opt.Duty == nil {
		return nil
	}
	duty := s.opt.Duty()
	return &duty
}

func (s *Screen) verdict() access.Verdict {
	if s.opt.Audit == nil {
		return access.Verdict{}
	}
	return s.opt.Audit()
}

// Limits of what is still well.
const (
	silentAfter = 30 * time.Minute // in the hours in which restaurants cook
	opens       = 11               // o'clock
	closes      = 22
	queuedLong  = 2 * time.Minute
	queuedBad   = 10 * time.Minute
	moneyDays   = 3
	failedMany  = 3 // of an account's texts of today, while none went out
)

// Standing tells what is not as it should be, the worst first. It is what the home page and the check
// command both say.
func Standing(st Standings, lang string) []adminapi.Finding {
	all := []adminapi.Finding{}
	if st.Accounts != nil && len(st.Accounts) == 0 {
		all = append(all, adminapi.Finding{
			Severity: "error", Code: "no_account", Link: "/wizard",
			Summary: pick(lang, "SMS отправлять не через кого: нет ни одной учётной записи.", "There is nobody to send through: no account."),
			Cure:    pick(lang, "Добавьте учётную запись провайдера.", "Add an account with a provider."),
		})
	}
	if st.Duty != nil {
		all = append(all, dutyFindings(*st.Duty, lang)...)
	}
	for _, a := range st.Accounts {
		all = append(all, accountFindings(a, lang)...)
	}
	all = append(all, queueFindings(st.Pulse, st.Now, lang)...)
	if !st.Pulse.Traces.IsZero() {
		all = append(all, adminapi.Finding{
			Severity: "warning", Code: "erased_traces", Link: "/system",
			Summary: pick(lang, "Гость удалён, но следы его номера остались между строками файла базы.", "A guest is erased, but traces of the number are left between the rows of the database's file."),
			Cure: pick(lang, "Когда кухня закрыта, остановите шлюз и выполните: orderbell compact. Это минуты; на диске нужно свободного места столько, сколько занимает база.",
				"When the kitchen is closed, stop the gateway and run: orderbell compact. It takes minutes, and as much free disk as the database has."),
		})
	}
	if !st.Audit.Sound() { // a warning, since nothing can make it good again, and texts go out
		all = append(all, adminapi.Finding{
			Severity: "warning", Code: "audit_changed", Link: "/audit", Summary: st.Audit.Sentence(lang), Cure: st.Audit.Cure(lang),
		})
	}
	codes := make([]string, 0, len(st.Pulse.Seen))
	for code := range st.Pulse.Seen {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		if f, silent := silence(st.Place(code), st.Pulse.Seen[code], st.Now, lang); silent {
			all = append(all, f)
		}
	}
	if len(codes) == 0 {
		all = append(all, adminapi.Finding{
			Severity: "info", Code: "no_events", Link: "/wizard",
			Summary: pick(lang, "Касса ещё не прислала ни одного события.", "The cash server has not posted anything yet."),
			Cure:    pick(lang, "Укажите на кассе адрес Orderbell.", "Give Orderbell's address to the cash server."),
		})
	}
	slices.SortStableFunc(all, func(a, b adminapi.Finding) int { return cmp.Compare(gravity(b.Severity), gravity(a.Severity)) })
	return all
}

func gravity(severity string) int {
	return slices.Index([]string{"ok", "info", "warning", "error"}, severity)
}

// dutyFindings tell why nobody is texted although all works. What a person switched off is a warning.
func dutyFindings(d Duty, lang string) []adminapi.Finding {
	var all []adminapi.Finding
	if d.Off {
		all = append(all, adminapi.Finding{
			Severity: "warning", Code: "notifications_off", Link: "/notifications",
			Summary: pick(lang, "SMS-уведомления выключены: гостям ничего не отправляется.", "Notifications are switched off: guests are not texted."),
			Cure:    pick(lang, "Включите их на странице «Уведомления».", "Switch them on on the page Notifications."),
		})
	}
	if d.Rules == 0 {
		all = append(all, adminapi.Finding{
			Severity: "error", Code: "no_rule", Link: "/rules",
			Summary: pick(lang, "Ни одно правило не действует: решать, кому писать, некому, SMS не отправляются.", "No rule serves: nothing decides whom to text, so no texts are sent."),
			Cure:    pick(lang, "Включите или исправьте правило на странице «Правила».", "Switch a rule on, or mend it, on the page Rules."),
		})
	}
	for _, name := range d.Failing {
		all = append(all, adminapi.Finding{
			Severity: "error", Code: "rule_failing", Link: "/rules",
			Summary: fmt.Sprintf(pick(lang, "Правило «%s» отключено: оно слишком часто завершалось ошибкой.", "The rule “%s” is switched off: it failed too often."), name),
			Cure:    pick(lang, "Исправьте и сохраните его.", "Correct it and save it."),
		})
	}
	if d.Stopped > 0 {
		f := adminapi.Finding{
			Severity: "warning", Code: "workers_stopped", Link: "/system",
			Summary: fmt.Sprintf(pick(lang, "Процессы правил остановлены после сбоев: %d из %d.", "Processes of rules stopped after crashes: %d of %d."), d.Stopped, d.Workers),
			Cure:    pick(lang, "Перезапустите Orderbell; если повторится, посмотрите его журнал.", "Restart Orderbell; if it happens again, look at its log."),
		}
		if d.Stopped == d.Workers {
			f.Severity = "error"
		}
		all = append(all, f)
	}
	return all
}

func accountFindings(a adminapi.Account, lang string) []adminapi.Finding {
	var all []adminapi.Finding
	link := "/providers"
	if a.State != "ready" && a.State != "starting" {
		f := adminapi.Finding{Severity: "error", Code: "account_" + a.State, Link: link, Summary: fmt.Sprintf("%s: %s.", a.Name, stateWord(a.State, lang))}
		if a.LastError != nil {
			f.Summary, f.Cure = f.Summary+" "+a.LastError.Why, a.LastError.Cure
		}
		all = append(all, f)
	} else if a.LastError != nil && a.Today.Sent == 0 && a.Today.Failed >= failedMany {
		all = append(all, adminapi.Finding{
			Severity: "warning", Code: "account_refuses", Link: link,
			Summary: strings.TrimSpace(fmt.Sprintf(pick(lang, "%s: сегодня не ушло ни одно SMS из %d.", "%s: none of today's %d texts went out."), a.Name, a.Today.Failed) + " " + a.LastError.Why),
			Cure:    a.LastError.Cure,
		})
	}
	if d := a.Today.DaysOfCash; d != nil && *d <= moneyDays {
		all = append(all, adminapi.Finding{
			Severity: "warning", Code: "money_ends", Link: link,
			Summary: fmt.Sprintf(pick(lang, "%s: денег хватит на %s.", "%s: the money lasts for %s."), a.Name, days(*d, lang)),
			Cure:    pick(lang, "Пополните счёт у провайдера.", "Top up the account with the provider."),
		})
	}
	return all
}

func queueFindings(p store.Pulse, now time.Time, lang string) []adminapi.Finding {
	var all []adminapi.Finding
	if waits := now.Sub(p.OldestQueued); !p.OldestQueued.IsZero() && waits > queuedLong {
		f := adminapi.Finding{
			Severity: "warning", Code: "queue_waits", Link: "/messages?status=queued",
			Summary: fmt.Sprintf(pick(lang, "В очереди %s, первое ждёт уже %s.", "%s queued; the first has waited for %s."), texts(p.Queued, lang), ago(waits, lang)),
			Cure:    pick(lang, "Проверьте провайдера.", "Look at the provider."),
		}
		if waits > queuedBad {
			f.Severity = "error"
		}
		all = append(all, f)
	}
	if p.Unknown > 0 {
		all = append(all, adminapi.Finding{
			Severity: "warning", Code: "unknown_texts", Link: "/messages?status=unknown",
			Summary: fmt.Sprintf(pick(lang, "Неизвестно, ушло ли: %s.", "Nobody knows whether they went out: %s."), texts(p.Unknown, lang)),
			Cure:    pick(lang, "Решите: считать отправленными или отправить ещё раз.", "Decide: consider them sent, or send them again."),
		})
	}
	if p.Odd > 0 {
		all = append(all, adminapi.Finding{
			Severity: "warning", Code: "odd_events", Link: "/events?status=quarantined,failed",
			Summary: fmt.Sprintf(pick(lang, "Сегодня не понято событий кассы: %d.", "Events of today that were not understood: %d."), p.Odd),
			Cure:    pick(lang, "Откройте их: там сказано, что не так.", "Open them: they say what is wrong."),
		})
	}
	return all
}

// silence tells of a restaurant that was heard of today and then no more, in the hours in which it cooks.
func silence(place Place, seen, now time.Time, lang string) (adminapi.Finding, bool) {
	zone := place.Zone
	if zone == nil {
		zone = time.UTC
	}
	local, quiet := now.In(zone), now.Sub(seen)
	if quiet < silentAfter || local.Hour() < opens || local.Hour() >= closes || seen.Before(startOf(now, "day", zone)) {
		return adminapi.Finding{}, false
	}
	name := cmp.Or(place.Name, place.Code)
	return adminapi.Finding{
		Severity: "warning", Code: "silent_restaurant", Link: "/restaurants",
		Summary: strings.TrimSpace(fmt.Sprintf(pick(lang, "%s: касса молчит %s.", "%s: the cash server has been silent for %s."), name, ago(quiet, lang))),
		Cure:    pick(lang, "Проверьте, что касса включена и видит этот компьютер.", "Check that the cash server is on and reaches this machine."),
	}, true
}

// ago is a duration in words: "12 с", "14 минут", "2 часа".
func ago(d time.Duration, lang string) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf(pick(lang, "%d с", "%d s"), max(0, int(d/time.Second)))
	case d < 2*time.Hour:
		return counted(int(d/time.Minute), lang, "минуту", "минуты", "минут", "minute", "minutes")
	case d < 48*time.Hour:
		return counted(int(d/time.Hour), lang, "час", "часа", "часов", "hour", "hours")
	}
	return days(int(d/(24*time.Hour)), lang)
}

func days(n int, lang string) string {
	return counted(n, lang, "день", "дня", "дней", "day", "days")
}

func texts(n int, lang string) string {
	return counted(n, lang, "сообщение", "сообщения", "сообщений", "text", "texts")
}

// counted puts a number before the form of the word that it asks for.
func counted(n int, lang, one, few, many, single, plural string) string {
	word := many
	switch {
	case lang == "en":
		if word = plural; n == 1 {
			word = single
		}
	case n%10 == 1 && n%100 != 11:
		word = one
	case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		word = few
	}
	return fmt.Sprintf("%d %s", n, word)
}

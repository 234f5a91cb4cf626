package screen_test

import (
	"testing"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/screen"
)

func ready(t *testing.T, s *stage, days int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts = []adminapi.Account{{
		Name: "main", State: "ready", RoutePlace: 1, Balance: &adminapi.Balance{Money: &adminapi.Money{Units: 1240, Nanos: 500_000_000, Currency: "RUB"}},
		Today: adminapi.AccountToday{DaysOfCash: &days},
	}}
}

func TestTheSentenceSaysHowThingsAre(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		arrange func(t *testing.T, s *stage)
		well    bool
		ru, en  string
	}{
		"nothing yet": {func(*testing.T, *stage) {}, true,
			"Всё готово. Ждём первое событие от кассы.", "All is ready. Waiting for the first event of the cash server."},
		"all is well": {func(t *testing.T, s *stage) {
			ready(t, s, 9)
			m := s.told(t, "12.1")
			s.accept(t, 4*time.Second)
			_, err := s.db.ApplyReceipts(t.Context(), "main", message.ByCallback, []message.Receipt{{MessageID: m.ID, Status: message.Delivered}}, s.now())
			must(t, err)
			s.pass(8 * time.Second)
		}, true, "Всё работает. Касса на связи (12 с назад). main: 1240,50 RUB, хватит на 9 дней. Сегодня 1 SMS, доставлено 100 %.",
			"All is well. The cash server was heard 12 s ago. main: 1240.50 RUB, enough for 9 days. 1 text today, 100 % delivered."},
		"a balance of another day is told with its age": {func(t *testing.T, s *stage) {
			ready(t, s, 9)
			s.accounts[0].Balance.AskedAt = s.now().Add(-50 * time.Hour)
			s.told(t, "12.1")
			s.accept(t, time.Second)
			s.pass(8 * time.Second)
		}, true, "Всё работает. Касса на связи (9 с назад). main: 1240,50 RUB (2 дня назад), хватит на 9 дней. Сегодня 1 SMS.",
			"All is well. The cash server was heard 9 s ago. main: 1240.50 RUB (2 days ago), enough for 9 days. 1 text today."},
		"no account": {func(_ *testing.T, s *stage) { s.accounts = []adminapi.Account{} }, false,
			"SMS отправлять не через кого: нет ни одной учётной записи. Добавьте учётную запись провайдера.", "There is nobody to send through: no account. Add an account with a provider."},
		"an account that fails comes first": {func(t *testing.T, s *stage) {
			s.unknown(t)
			s.accounts = []adminapi.Account{{Name: "main", State: "failing", LastError: &adminapi.AccountError{Why: "Ключ не подходит.", Cure: "Проверьте ключ."}}}
		}, false, "main: не работает. Ключ не подходит. Проверьте ключ.", "main: does not work. Ключ не подходит. Проверьте ключ."},
		"an outcome that nobody knows": {func(t *testing.T, s *stage) { s.unknown(t) }, false,
			"Неизвестно, ушло ли: 1 сообщение. Решите: считать отправленными или отправить ещё раз.", "Nobody knows whether they went out: 1 text. Decide: consider them sent, or send them again."},
		"a cash server that is silent": {func(t *testing.T, s *stage) {
			s.told(t, "12.1")
			s.accept(t, time.Second)
			s.pass(41 * time.Minute)
		}, false, "Кафе «Пример»: касса молчит 41 минуту. Проверьте, что касса включена и видит этот компьютер.",
			"Кафе «Пример»: the cash server has been silent for 41 minutes. Check that the cash server is on and reaches this machine."},
		"at night it may be silent": {func(t *testing.T, s *stage) {
			s.told(t, "12.1")
			s.accept(t, time.Second)
			s.pass(8 * time.Hour) // 23:00
		}, true, "Всё работает. Касса на связи (8 часов назад). Сегодня 1 SMS.", "All is well. The cash server was heard 8 hours ago. 1 text today."},
		"a queue that does not move": {func(t *testing.T, s *stage) {
			s.told(t, "12.1")
			s.pass(3 * time.Minute)
		}, false, "В очереди 1 сообщение, первое ждёт уже 3 минуты. Проверьте провайдера.", "1 text queued; the first has waited for 3 minutes. Look at the provider."},
		"notifications that are switched off": {func(t *testing.T, s *stage) {
			ready(t, s, 9)
			s.duty.Off = true
			s.told(t, "12.1")
		}, false, "SMS-уведомления выключены: гостям ничего не отправляется. Включите их на странице «Уведомления».",
			"Notifications are switched off: guests are not texted. Switch them on on the page Notifications."},
		"no rule that serves comes before what a person switched off": {func(_ *testing.T, s *stage) { s.duty.Rules, s.duty.Off = 0, true }, false,
			"Ни одно правило не действует: решать, кому писать, некому, SMS не отправляются. Включите или исправьте правило на странице «Правила».",
			"No rule serves: nothing decides whom to text, so no texts are sent. Switch a rule on, or mend it, on the page Rules."},
		"a rule that was switched off after failing": {func(_ *testing.T, s *stage) { s.duty.Failing = []string{"night"} }, false,
			"Правило «night» отключено: оно слишком часто завершалось ошибкой. Исправьте и сохраните его.", "The rule “night” is switched off: it failed too often. Correct it and save it."},
		"a process of rules that crashed too often": {func(_ *testing.T, s *stage) { s.duty.Stopped = 1 }, false,
			"Процессы правил остановлены после сбоев: 1 из 2. Перезапустите Orderbell; если повторится, посмотрите его журнал.",
			"Processes of rules stopped after crashes: 1 of 2. Restart Orderbell; if it happens again, look at its log."},
		"an account that is ready and lets nothing through": {func(_ *testing.T, s *stage) {
			s.accounts = []adminapi.Account{{Name: "main", State: "ready", LastError: &adminapi.AccountError{Why: "Имя отправителя не разрешено.", Cure: "Зарегистрируйте имя."}, Today: adminapi.AccountToday{Failed: 3}}}
		}, false, "main: сегодня не ушло ни одно SMS из 3. Имя отправителя не разрешено. Зарегистрируйте имя.",
			"main: none of today's 3 texts went out. Имя отправителя не разрешено. Зарегистрируйте имя."},
		"an account whose last text alone failed": {func(t *testing.T, s *stage) {
			ready(t, s, 9)
			s.accounts[0].LastError = &adminapi.AccountError{Why: "Номер не существует."}
			s.accounts[0].Today.Failed, s.accounts[0].Today.Sent = 3, 40
		}, true, "Всё готово. Ждём первое событие от кассы.", "All is ready. Waiting for the first event of the cash server."},
		"money that ends": {func(t *testing.T, s *stage) { ready(t, s, 2) }, false,
			"main: денег хватит на 2 дня. Пополните счёт у провайдера.", "main: the money lasts for 2 days. Top up the account with the provider."},
		"events that are not understood": {func(t *testing.T, s *stage) {
			id, _, err := s.db.AddEvent(t.Context(), kds.Event{Body: []byte("?"), Key: kds.Key{Hash: "h", Dated: true}})
			must(t, err)
			must(t, s.db.SaveDecided(t.Context(), []rule.Decided{{EventID: id, Status: kds.Quarantined}}))
		}, false, "Сегодня не понято событий кассы: 1. Откройте их: там сказано, что не так.", "Events of today that were not understood: 1. Open them: they say what is wrong."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			c.arrange(t, s)
			for lang, want := range map[string]string{"ru": c.ru, "en": c.en} {
				got, err := s.Today(t.Context(), lang)
				must(t, err)
				if got.Sentence != want || got.Well != c.well {
					t.Errorf("%s: well %v, %q; want %v, %q", lang, got.Well, got.Sentence, c.well, want)
				}
			}
		})
	}
}

func TestWhatKeepsTextsFromGoingOutLeadsToWhereItIsMended(t *testing.T) {
	t.Parallel()
	for code, c := range map[string]struct {
		duty           screen.Duty
		severity, link string
	}{
		"notifications_off": {screen.Duty{Off: true, Rules: 1}, "warning", "/notifications"},
		"no_rule":           {screen.Duty{}, "error", "/rules"},
		"rule_failing":      {screen.Duty{Rules: 1, Failing: []string{"night"}}, "error", "/rules"},
		"workers_stopped":   {screen.Duty{Rules: 1, Workers: 2, Stopped: 2}, "error", "/system"},
	} {
		s := setup(t)
		s.duty = c.duty
		got, err := s.Today(t.Context(), "en")
		must(t, err)
		if f := got.Findings[0]; f.Code != code || f.Severity != c.severity || f.Link != c.link {
			t.Errorf("%+v: first finding %+v, want %s, %s, %s", c.duty, f, code, c.severity, c.link)
		}
	}
}

// unknown leaves a text whose outcome nobody knows.
func (s *stage) unknown(t *testing.T) {
	t.Helper()
	s.told(t, "12.1")
	s.ends(t, time.Second, message.Outcome{Failure: &message.Failure{Reason: message.UnknownOutcome}}, message.Move{Status: message.Unknown, Reason: message.UnknownOutcome})
}

func TestTodayCountsSinceMidnightOfTheFirstRestaurant(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.told(t, "12.1")
	s.accept(t, 2*time.Second)
	got, err := s.Today(t.Context(), "ru")
	must(t, err)
	if got.Texts != 1 || got.Accepted != 1 || got.Events != 1 || got.Cost == nil || got.Cost.Units != 4 || got.Zone != "Europe/Moscow" || !got.First || got.Heard == nil {
		t.Errorf("today is %+v", got)
	}
	s.pass(9*time.Hour + time.Minute) // 00:01 of the next day in Moscow, 21:01 in UTC
	if got, err = s.Today(t.Context(), "ru"); err != nil || got.Texts != 0 || got.Events != 0 {
		t.Errorf("after midnight: %+v, %v", got, err)
	}
}

func TestAChartBeginsItsDaysAtTheRestaurantsMidnight(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.told(t, "12.1")
	s.accept(t, 4*time.Second)
	s.pass(9 * time.Hour) // the next day in Moscow, the same in UTC
	s.told(t, "12.2")
	s.told(t, "12.3")
	s.accept(t, 2*time.Second)
	points, err := s.Chart(t.Context(), adminapi.ChartQuestion{Step: "day", By: "account"})
	must(t, err)
	moscow := points[0].At.Location()
	if len(points) != 2 || points[0].Texts != 1 || points[1].Texts != 2 || points[0].Key != "main" || points[0].CostNanos != 4_500_000_000 || points[1].CostNanos != 9_000_000_000 ||
		!points[0].At.Equal(time.Date(2026, 5, 20, 0, 0, 0, 0, moscow)) || !points[1].At.Equal(time.Date(2026, 5, 21, 0, 0, 0, 0, moscow)) || moscow.String() != "Europe/Moscow" {
		t.Errorf("points are %+v", points)
	}
	if p := points[0]; p.P50Seconds < 3.4 || p.P50Seconds > 4.6 || p.P95Seconds != p.P50Seconds {
		t.Errorf("half was accepted within %v s, want about 4", p.P50Seconds)
	}
	points, err = s.Chart(t.Context(), adminapi.ChartQuestion{Step: "hour", From: s.now().Add(-20 * time.Hour), To: s.now()})
	must(t, err)
	if len(points) != 2 || points[0].At.Hour() != 15 || points[1].At.Hour() != 0 {
		t.Errorf("hours are %+v", points)
	}
	if points, err = s.Chart(t.Context(), adminapi.ChartQuestion{Step: "day", Restaurant: "1"}); err != nil || len(points) != 0 {
		t.Errorf("of another restaurant: %+v, %v", points, err)
	}
}

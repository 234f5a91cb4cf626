package app

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// Where the first steps are noted, as state keys; the value is when.
const (
	accountChecked = "wizard_account_checked"
	testSent       = "wizard_test_sent"
)

// wizard tells how far the set-up has come. It implements adminapi.Wizard.
type wizard struct {
	app *App
}

// Wizard looks at what is there; nothing of it is a matter of having clicked.
func (w *wizard) Wizard(ctx context.Context, _, lang string) (adminapi.WizardState, error) {
	cfg := w.app.config()
	firsts, err := w.app.db.Firsts(ctx)
	if err != nil {
		return adminapi.WizardState{}, err
	}
	checked, err := w.app.db.State(ctx, accountChecked)
	if err != nil {
		return adminapi.WizardState{}, err
	}
	tested, err := w.app.db.State(ctx, testSent)
	if err != nil {
		return adminapi.WizardState{}, err
	}
	state := adminapi.WizardState{
		HasAccount: len(cfg.Accounts) > 0, Checked: checked != "", TestSent: tested != "",
		FirstEvent: sometime(firsts.Event), FirstText: sometime(firsts.Text),
		Lines: w.addresses(ctx, lang), Notes: notes(lang), Simulators: w.app.simulators.list(),
	}
	for _, r := range cfg.Restaurants {
		state.RestaurantSet = state.RestaurantSet || r.Name != ""
	}
	var works []string
	for _, line := range state.Lines {
		if line.Works {
			works = append(works, line.URL)
		}
	}
	state.JoinedLine = strings.Join(works, ";")
	state.Done = state.HasAccount && state.Checked && state.FirstEvent != nil
	state.LastQuarrel, err = w.lastQuarrel(ctx, firsts)
	return state, err
}

func sometime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// lastQuarrel says why the last posting was not understood, while none was.
func (w *wizard) lastQuarrel(ctx context.Context, firsts store.Firsts) (string, error) {
	if !firsts.Event.IsZero() {
		return "", nil
	}
	odd, _, err := w.app.db.Events(ctx, store.EventFilter{Statuses: []kds.EventStatus{kds.Quarantined}, Limit: 1})
	if err != nil || len(odd) == 0 {
		return "", err
	}
	return odd[0].Note, nil
}

// eventsPath is where the cash server posts (contract, section 5).
const eventsPath = "/api/v4/kds/events"

// addresses are what to paste into the cash server: that of this computer, and those by which others in
// the network reach it.
func (w *wizard) addresses(ctx context.Context, lang string) []adminapi.CashAddress {
	host, port, err := net.SplitHostPort(w.app.Address())
	if err != nil {
		return []adminapi.CashAddress{}
	}
	listens := net.ParseIP(host)
	everywhere := host == "" || listens != nil && listens.IsUnspecified()
	here := adminapi.CashAddress{
		URL: "http://" + net.JoinHostPort("127.0.0.1", port) + eventsPath, Works: everywhere || listens.IsLoopback(),
		When: Text{RU: "Кассовый сервер стоит на этом же компьютере", EN: "The cash server runs on this computer"}.In(lang),
	}
	if !here.Works {
		here.Problem = fmt.Sprintf(Text{RU: "Orderbell слушает только адрес %s", EN: "Orderbell listens at %s only"}.In(lang), host)
	}
	lines := []adminapi.CashAddress{here}
	keyed := false
	for _, r := range w.app.config().Restaurants {
		keyed = keyed || r.IntakeKey.Reveal() != ""
	}
	for _, ip := range localAddresses(ctx) {
		line := adminapi.CashAddress{
			URL:  "http://" + net.JoinHostPort(ip.String(), port) + "/k/" + Text{RU: "КЛЮЧ", EN: "KEY"}.In(lang) + eventsPath,
			When: Text{RU: "Кассовый сервер стоит на другом компьютере сети", EN: "The cash server runs on another computer of the network"}.In(lang),
		}
		switch {
		case !everywhere && !listens.Equal(ip):
			line.Problem = Text{
				RU: "Сейчас Orderbell отвечает только этому компьютеру. Чтобы принимать события по сети, задайте в orderbell.yaml listen: 0.0.0.0:" + port + " и перезапустите его; страница настроек останется доступна с этого компьютера.",
				EN: "Orderbell answers this computer only. To take events from the network set listen: 0.0.0.0:" + port + " in orderbell.yaml and start it again; this page stays within reach of this computer.",
			}.In(lang)
		case !keyed:
			line.Problem = Text{
				RU: "По сети события принимаются только с ключом: выпустите ключ приёма на странице «Рестораны» и вставьте его вместо слова КЛЮЧ.",
				EN: "From the network events are taken with a key only: make an intake key on the page “Restaurants” and put it in place of KEY.",
			}.In(lang)
		}
		lines = append(lines, line)
	}
	return lines
}

// localAddresses are this machine's IPv4 addresses in the network.
func localAddresses(context.Context) []net.IP {
	var found []net.IP
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, address := range addresses {
		network, ok := address.(*net.IPNet)
		if ok && network.IP.To4() != nil && !network.IP.IsLoopback() && !network.IP.IsLinkLocalUnicast() {
			found = append(found, network.IP)
		}
	}
	return found
}

// notes are what else to know of the cash server. The rule about users and the separator are those of
// the vendor's own module.
func notes(lang string) []adminapi.Finding {
	var list []adminapi.Finding
	for _, note := range []struct {
		code     string
		ru, en   string
		cureRU   string
		cureEN   string
		severity string
	}{
		{
			"cash_user", "Статусы не дойдут, если на кассовом сервере не заполнено поле «Пользователи (RK)».",
			"Stages do not arrive unless the field “Пользователи (RK)” is filled in on the cash server.",
			"Укажите в нём того же пользователя, под которым KDS подключается к кассовому серверу.",
			"Enter the very user by whom the KDS connects to the cash server.", "warning",
		},
		{
			"cash_several", "Адресов может быть несколько.", "There may be several addresses.",
			"Перечислите их в одной строке через точку с запятой, без пробелов. Для второго подключения HttpOrderNotify нужна лицензия.",
			"List them in one line, separated by semicolons, without spaces. A second HttpOrderNotify connection needs a licence.", "info",
		},
		{
			"cash_restart", "После изменения адреса кассовый сервер нужно перезапустить.", "The cash server must be restarted after the address has changed.",
			"При перезапуске он сам пришлёт событие — здесь появится отметка «первое событие получено».",
			"On its restart it posts an event by itself: “first event received” appears here.", "info",
		},
	} {
		text, cure := Text{RU: note.ru, EN: note.en}, Text{RU: note.cureRU, EN: note.cureEN}
		list = append(list, adminapi.Finding{Severity: note.severity, Code: note.code, Summary: text.In(lang), Cure: cure.In(lang)})
	}
	return list
}

// StartSimulator runs a provider's simulator inside the gateway.
func (w *wizard) StartSimulator(ctx context.Context, _ adminapi.Caller, provider string) (adminapi.SimulatorRun, error) {
	return w.app.simulators.start(ctx, provider)
}

// accountCalls has a name of its own, because one of the calls is named as the interface.
type accountCalls = adminapi.Accounts

// firstSteps notes which steps of the set-up succeeded; for the rest it is the accounts themselves.
type firstSteps struct {
	accountCalls
	db  *store.DB
	now func() time.Time
}

func (f *firstSteps) note(ctx context.Context, step string) {
	if done, err := f.db.State(ctx, step); err == nil && done == "" {
		_ = f.db.SetState(ctx, step, f.now().UTC().Format(time.RFC3339)) // the step shows again if this is lost
	}
}

// CheckAccount notes that the provider takes the settings.
func (f *firstSteps) CheckAccount(ctx context.Context, name, lang string) ([]adminapi.Finding, error) {
	findings, err := f.accountCalls.CheckAccount(ctx, name, lang)
	if err == nil && !anyError(findings) {
		f.note(ctx, accountChecked)
	}
	return findings, err
}

// CheckSettings notes that the provider takes settings that are about to be saved.
func (f *firstSteps) CheckSettings(ctx context.Context, account adminapi.Account, lang string) ([]adminapi.Finding, *adminapi.Balance, error) {
	findings, balance, err := f.accountCalls.CheckSettings(ctx, account, lang)
	if err == nil && !anyError(findings) {
		f.note(ctx, accountChecked)
	}
	return findings, balance, err
}

// AccountBalance notes that the provider takes the settings.
func (f *firstSteps) AccountBalance(ctx context.Context, name, lang string) (adminapi.Balance, error) {
	balance, err := f.accountCalls.AccountBalance(ctx, name, lang)
	if err == nil {
		f.note(ctx, accountChecked)
	}
	return balance, err
}

// SendTest notes that a text went out.
func (f *firstSteps) SendTest(ctx context.Context, who adminapi.Caller, name, phone, text string) (adminapi.TestResult, error) {
	result, err := f.accountCalls.SendTest(ctx, who, name, phone, text)
	if err == nil && result.Accepted {
		f.note(ctx, accountChecked)
		f.note(ctx, testSent)
	}
	return result, err
}

func anyError(findings []adminapi.Finding) bool {
	for _, f := range findings {
		if f.Severity == "error" {
			return true
		}
	}
	return false
}

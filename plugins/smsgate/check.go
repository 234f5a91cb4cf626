package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// unseen is how long a phone may be out of touch with its server before it is told.
const unseen = time.Hour

// device is a phone as app and server list it.
type device struct {
	ID       loose `json:"id"`
	Name     loose `json:"name"`
	LastSeen loose `json:"lastSeen"`
	SIMs     []struct {
		Number loose `json:"simNumber"`
	} `json:"simCards"` // only recent versions tell
}

// Check logs in and looks at the phone. It also sees to it that the phone knows the webhook's address:
// the app has no page to enter one.
func (a *account) Check(ctx context.Context) ([]sdk.Diagnostic, error) {
	devices, err := a.devices(ctx)
	var refused *sdk.EgressError
	if errors.As(err, &refused) {
		return []sdk.Diagnostic{notAllowed(refused.Address)}, nil
	}
	if err != nil {
		return nil, err
	}
	found := a.judge(devices)
	found = append(found, a.health(ctx)...)
	if a.WebhookURL == "" {
		return append(found, info("webhook_url", "Without a webhook statuses are asked for.", "Без вебхука статусы запрашиваются.")), nil
	}
	registered, err := a.register(ctx)
	return append(found, registered...), err
}

func notAllowed(address string) sdk.Diagnostic {
	return sdk.Diagnostic{
		Severity: sdk.SeverityError, Field: "base_url",
		Summary: sdk.Text{
			EN: fmt.Sprintf("The phone's address %s is in the local network, and calls there are not allowed.", address),
			RU: fmt.Sprintf("Адрес телефона %s находится в локальной сети, обращаться туда не разрешено.", address),
		},
		Cure: sdk.Text{
			EN: fmt.Sprintf("If it is yours, add this line to orderbell.yaml: egress_allow: [%q]", address),
			RU: fmt.Sprintf("Если это ваш телефон, добавьте в orderbell.yaml строку: egress_allow: [%q]", address),
		},
	}
}

// notCalled explains that the app does not take the webhook's address.
func notCalled(said string) sdk.Diagnostic {
	return sdk.Diagnostic{
		Severity: sdk.SeverityError, Field: "webhook_url",
		Summary: sdk.Text{EN: "The phone does not take this address: " + said, RU: "Телефон не принимает этот адрес: " + said},
		Cure: sdk.Text{
			EN: "The app calls only https addresses, or http://127.0.0.1. Without one leave the setting empty: statuses are asked for.",
			RU: "Приложение вызывает только адреса https или http://127.0.0.1. Если такого нет, оставьте настройку пустой: статусы запрашиваются.",
		},
	}
}

func info(field, en, ru string) sdk.Diagnostic {
	return sdk.Diagnostic{Severity: sdk.SeverityInfo, Field: field, Summary: sdk.Text{EN: en, RU: ru}}
}

// devices lists the phones: servers under /devices, apps of older versions under /device.
func (a *account) devices(ctx context.Context) ([]device, error) {
	var list []device
	var err error
	for _, path := range []string{"/devices", "/device"} {
		err = a.call(ctx, func(login sdk.Option) error { return sdk.Get(ctx, a.HTTP, a.BaseURL+path, &list, login) })
		if statusOf(err) != http.StatusNotFound {
			break
		}
	}
	return list, err
}

// judge tells what is wrong with the phones that there are.
func (a *account) judge(devices []device) []sdk.Diagnostic {
	if len(devices) == 0 {
		return []sdk.Diagnostic{{Severity: sdk.SeverityError, Field: "username",
			Summary: sdk.Text{EN: "No phone is registered with this user.", RU: "У этого пользователя нет ни одного телефона."},
			Cure:    sdk.Text{EN: "Sign the app in on the phone and switch it to Online.", RU: "Войдите в приложение на телефоне и включите Online."}}}
	}
	if a.DeviceID != "" {
		i := slices.IndexFunc(devices, func(d device) bool { return string(d.ID) == a.DeviceID })
		if i < 0 {
			return []sdk.Diagnostic{{Severity: sdk.SeverityError, Field: "device_id",
				Summary: sdk.Text{EN: "There is no such phone.", RU: "Такого телефона нет."},
				Cure:    sdk.Text{EN: "Choose one of: " + names(devices), RU: "Выберите один из: " + names(devices)}}}
		}
		devices = devices[i : i+1]
	}
	var found []sdk.Diagnostic
	if len(devices) > 1 {
		found = append(found, sdk.Diagnostic{Severity: sdk.SeverityWarning, Field: "device_id",
			Summary: sdk.Text{EN: fmt.Sprintf("There are %d phones; the server picks one for each text.", len(devices)), RU: fmt.Sprintf("Телефонов: %d; сервер выбирает один для каждого сообщения.", len(devices))},
			Cure:    sdk.Text{EN: "To send from one number, choose its Device ID: " + names(devices), RU: "Чтобы отправлять с одного номера, укажите его Device ID: " + names(devices)}})
	}
	for _, d := range devices {
		if seen := moment(d.LastSeen); !seen.IsZero() && a.Now().Sub(seen) > unseen {
			found = append(found, sdk.Diagnostic{Severity: sdk.SeverityWarning, Field: "device_id",
				Summary: sdk.Text{EN: fmt.Sprintf("The phone %s has not been seen since %s.", d.Name, seen.Format(time.DateTime)), RU: fmt.Sprintf("Телефон %s не выходил на связь с %s.", d.Name, seen.Format(time.DateTime))},
				Cure:    sdk.Text{EN: "Open the app and switch it to Online.", RU: "Откройте приложение и включите Online."}})
		}
		if a.SIM != "default" && len(d.SIMs) > 0 && !d.has(a.SIM) {
			found = append(found, sdk.Diagnostic{Severity: sdk.SeverityError, Field: "sim_number",
				Summary: sdk.Text{EN: fmt.Sprintf("The phone %s has no SIM %s.", d.Name, a.SIM), RU: fmt.Sprintf("В телефоне %s нет SIM %s.", d.Name, a.SIM)},
				Cure:    sdk.Text{EN: "Choose another one.", RU: "Выберите другую."}})
		}
	}
	return found
}

func (d device) has(sim string) bool {
	for _, card := range d.SIMs {
		if string(card.Number) == sim {
			return true
		}
	}
	return false
}

// names writes the phones for people: "Samsung/a52 (abc), Google/oriole (def)".
func names(devices []device) string {
	var all []string
	for _, d := range devices {
		all = append(all, fmt.Sprintf("%s (%s)", d.Name, d.ID))
	}
	return strings.Join(all, ", ")
}

// health looks at what the phone says of itself (documentation, Healthcheck). A server tells nothing
// of its phones there, and what cannot be read is no finding: the log-in is what counts.
func (a *account) health(ctx context.Context) []sdk.Diagnostic {
	var body []byte
	err := a.call(ctx, func(login sdk.Option) error { return sdk.Get(ctx, a.HTTP, a.BaseURL+"/health", &body, login) })
	var refused *sdk.StatusError
	if errors.As(err, &refused) {
		body = refused.Body // "fail" comes with 500
	}
	var report struct {
		Checks map[string]struct {
			Status loose `json:"status"`
			Value  loose `json:"observedValue"`
		} `json:"checks"`
	}
	if json.Unmarshal(body, &report) != nil {
		return nil
	}
	var found []sdk.Diagnostic
	warn := func(en, ru, cureEN, cureRU string) {
		found = append(found, sdk.Diagnostic{Severity: sdk.SeverityWarning, Summary: sdk.Text{EN: en, RU: ru}, Cure: sdk.Text{EN: cureEN, RU: cureRU}})
	}
	if c := report.Checks["battery:level"]; troubled(c.Status) {
		warn(fmt.Sprintf("The phone's battery is at %s %%.", c.Value), fmt.Sprintf("Заряд телефона — %s %%.", c.Value), "Put it on the charger.", "Поставьте его на зарядку.")
	}
	if c := report.Checks["messages:failed"]; troubled(c.Status) {
		warn(fmt.Sprintf("The phone could not send %s texts in the last hour.", c.Value), fmt.Sprintf("За последний час телефон не смог отправить сообщений: %s.", c.Value),
			"Look at the SIM's balance, the signal and the app's list of messages.", "Проверьте баланс SIM-карты, сигнал и список сообщений в приложении.")
	}
	return found
}

func troubled(status loose) bool { return status == "warn" || status == "fail" }

// webhook is a registration: one for each event.
type webhook struct {
	ID       string `json:"id"`
	DeviceID string `json:"deviceId,omitempty"`
	URL      string `json:"url"`
	Event    string `json:"event"`
}

// register enters the webhooks that the phone does not have yet. Their ids come from the address, so
// that entering one again replaces it, and nobody else's is touched.
func (a *account) register(ctx context.Context) ([]sdk.Diagnostic, error) {
	var there []struct {
		URL   loose `json:"url"`
		Event loose `json:"event"`
	}
	err := a.call(ctx, func(login sdk.Option) error { return sdk.Get(ctx, a.HTTP, a.BaseURL+"/webhooks", &there, login) })
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(a.WebhookURL))
	entered := 0
	for _, event := range []string{"sms:sent", "sms:delivered", "sms:failed"} {
		known := false
		for _, w := range there {
			known = known || string(w.URL) == a.WebhookURL && string(w.Event) == event
		}
		if known {
			continue
		}
		w := webhook{ID: "orderbell-" + hex.EncodeToString(sum[:6]) + event[len("sms"):], DeviceID: a.DeviceID, URL: a.WebhookURL, Event: event}
		w.ID = strings.ReplaceAll(w.ID, ":", "-")
		err := a.call(ctx, func(login sdk.Option) error { return sdk.PostJSON(ctx, a.HTTP, a.BaseURL+"/webhooks", w, nil, login) })
		if statusOf(err) == http.StatusBadRequest {
			return []sdk.Diagnostic{notCalled(words(err))}, nil
		}
		if err != nil {
			return nil, err
		}
		entered++
	}
	if entered == 0 {
		return nil, nil
	}
	return []sdk.Diagnostic{info("webhook_url", "The webhook is registered for "+strconv.Itoa(entered)+" events.", "Вебхук зарегистрирован, событий: "+strconv.Itoa(entered)+".")}, nil
}

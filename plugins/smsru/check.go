package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// Check logs in and looks at what would get in the way of sending: the daily limit, the free
// messages, the sender name. Only a refused login is an error; a finding that could not be asked for
// is a warning of its own.
func (a *account) Check(ctx context.Context) ([]sdk.Diagnostic, error) {
	if _, err := a.ask(ctx, "/auth/check"); err != nil {
		return nil, err
	}
	var found []sdk.Diagnostic
	if a.Test {
		found = append(found, sdk.Diagnostic{Severity: sdk.SeverityWarning, Field: "test", Summary: sdk.Text{
			EN: "Test mode is on: guests get nothing.", RU: "Включён тестовый режим: гости ничего не получают.",
		}})
	}
	for _, look := range []struct {
		method string
		judge  func(answer) []sdk.Diagnostic
	}{{"/my/limit", limit}, {"/my/free", free}, {"/my/senders", a.senders}} {
		reply, err := a.ask(ctx, look.method)
		switch {
		case ctx.Err() != nil:
			return found, err
		case err != nil:
			found = append(found, notAsked(look.method, err))
		default:
			found = append(found, look.judge(reply)...)
		}
	}
	return found, nil
}

func notAsked(method string, err error) sdk.Diagnostic {
	f := sdk.AsFailure(err, sdk.Unavailable)
	return sdk.Diagnostic{Severity: sdk.SeverityWarning, Cure: f.Reason.Cure(), Summary: sdk.Text{
		EN: fmt.Sprintf("%s gave no answer that is understood: %s", method, f.Error()),
		RU: fmt.Sprintf("%s не дал понятного ответа: %s", method, f.Error()),
	}}
}

// limit tells how much of the day's limit is used. An account without one has no positive total.
func limit(reply answer) []sdk.Diagnostic {
	total, known := reply.TotalLimit.number()
	if !known || total <= 0 {
		return nil
	}
	used, _ := reply.UsedToday.number() // null stands for 0
	d := sdk.Diagnostic{Severity: sdk.SeverityInfo, Summary: sdk.Text{
		EN: fmt.Sprintf("Daily limit: %d of %d used.", used, total),
		RU: fmt.Sprintf("Дневной лимит: использовано %d из %d.", used, total),
	}}
	if used >= total {
		d.Severity = sdk.SeverityWarning
		d.Cure = sdk.Text{
			EN: "Until tomorrow sms.ru refuses texts with code 206. Raise the limit in the cabinet.",
			RU: "До завтра sms.ru будет отклонять сообщения с кодом 206. Поднимите лимит в кабинете.",
		}
	}
	return []sdk.Diagnostic{d}
}

// free tells how many of the day's free messages are used.
func free(reply answer) []sdk.Diagnostic {
	total, known := reply.TotalFree.number()
	if !known || total <= 0 {
		return nil
	}
	used, _ := reply.UsedToday.number()
	return []sdk.Diagnostic{{Severity: sdk.SeverityInfo, Summary: sdk.Text{
		EN: fmt.Sprintf("Free messages today: %d of %d used.", used, total),
		RU: fmt.Sprintf("Бесплатные сообщения сегодня: использовано %d из %d.", used, total),
	}}}
}

// senders compares the sender name with the approved ones. sms.ru leaves the list out when it is
// empty; an account without any name gets code 221 for every text.
func (a *account) senders(reply answer) []sdk.Diagnostic {
	d := sdk.Diagnostic{Severity: sdk.SeverityWarning, Field: "from"}
	switch {
	case reply.Senders != nil && reply.Senders.odd:
		d.Summary = sdk.Text{EN: "The list of sender names is not understood.", RU: "Список имён отправителя не понят."}
	case reply.Senders == nil || len(reply.Senders.list) == 0:
		d.Summary = sdk.Text{
			EN: "The account has no approved sender name; sms.ru may refuse every text (code 221).",
			RU: "В кабинете нет ни одного согласованного имени отправителя; sms.ru может отклонять все сообщения (код 221).",
		}
		d.Cure = sdk.Text{EN: "Register a name in the sms.ru cabinet.", RU: "Зарегистрируйте имя в кабинете sms.ru."}
	case a.From != "" && !slices.Contains(reply.Senders.list, a.From):
		approved := strings.Join(reply.Senders.list, ", ")
		d.Summary = sdk.Text{
			EN: fmt.Sprintf("The sender name %q is not among the approved ones; sms.ru refuses it (code 204).", a.From),
			RU: fmt.Sprintf("Имя отправителя %q не согласовано; sms.ru отклоняет его (код 204).", a.From),
		}
		d.Cure = sdk.Text{EN: "Take one of these: " + approved + ".", RU: "Возьмите одно из этих: " + approved + "."}
	default:
		return nil
	}
	return []sdk.Diagnostic{d}
}

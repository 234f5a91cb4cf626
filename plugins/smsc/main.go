// Command orderbell-provider-smsc sends messages through SMSC (smsc.ru, smsc.kz, smsc.ua,
// smscentre.com and the many white-label sites on the same engine).
//
// What is said here about the operator comes from its page "HTTP/HTTPS protocol" (…/api/http/), where
// nothing else is named.
package main

import "github.com/orderbell/orderbell/sdk"

// version is set by the linker.
var version = "dev"

func main() { sdk.Main(provider()) }

func provider() sdk.Plugin[config, *account] {
	return sdk.Plugin[config, *account]{
		Name:     "smsc",
		Title:    sdk.Text{EN: "SMSC", RU: "SMSC (СМС-центр)"},
		Version:  version,
		Homepage: "https://smsc.ru",
		// Each message carries our id and can be asked for by it. On top of that, SMSC refuses an
		// identical request within a minute (code 9); see attempts.
		Resend:       sdk.ResendLookupByOurID,
		ResendWindow: remembered,
		// The id belongs to a request, not to a recipient. A request of its own for each message is what
		// makes the look-up by our id possible, so there is no batch. Code 9 is also said of too many
		// requests at once, hence the small number.
		MaxInFlight: 4,
		SenderNames: true,
		Validity:    true,
		Callback: sdk.CallbackInfo{
			Setup: sdk.Text{
				EN: "In the SMSC cabinet, in the settings of notifications, paste this address as the handler of statuses and choose a secret word; enter the same word here. The cabinet has one address for the whole login, so give each account a login of its own.",
				RU: "В кабинете SMSC, в настройках уведомлений, вставьте этот адрес как обработчик статусов и задайте секретное слово; то же слово укажите здесь. Адрес в кабинете один на логин, поэтому для каждой учётной записи нужен свой логин.",
			},
			Verification: sdk.Text{
				EN: "By MD5 and SHA-1 over the message's id, the number, the status and the secret word. A report without a signature, or with a wrong one, is refused. Without a secret word every report is refused and statuses are asked for.",
				RU: "По MD5 и SHA-1 от идентификатора, номера, статуса и секретного слова. Отчёт без подписи или с неверной подписью отклоняется. Без секретного слова отклоняются все отчёты, статусы запрашиваются у оператора.",
			},
		},
		Open: open,
	}
}

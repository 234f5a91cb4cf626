package message

import "strings"

// Sentence says what went wrong, in Russian for "ru…", else in English. It is empty for the empty
// reason and never empty for another one.
func Sentence(r Reason, lang string) string { return textsOf(r).sentence(lang) }

// Cure says what a person may do about it, as Sentence.
func Cure(r Reason, lang string) string { return textsOf(r).cure(lang) }

// CureByHand is Cure for a text that a person sent by hand, to try an account: it is neither tried again
// nor kept as a message that could be settled.
func CureByHand(r Reason, lang string) string {
	switch r {
	case Unavailable:
		return inLanguage(lang, "Проверьте интернет и страницу состояния провайдера, затем отправьте ещё раз.",
			"Check the Internet connection and the provider's status page, then send it again.")
	case RateLimited:
		return inLanguage(lang, "Подождите минуту и отправьте ещё раз. Если это бывает часто, поднимите лимит у провайдера.",
			"Wait a minute and send it again. If it happens often, have the provider raise the limit.")
	case UnknownOutcome:
		return inLanguage(lang, "Найдите сообщение в кабинете провайдера.", "Look the message up in the provider's own pages.")
	case NoMoney:
		return inLanguage(lang, "Пополните счёт провайдера и отправьте ещё раз.", "Top up the account with the provider and send it again.")
	default:
		return Cure(r, lang)
	}
}

type texts struct{ ru, en, cureRU, cureEN string }

func (t texts) sentence(lang string) string { return inLanguage(lang, t.ru, t.en) }
func (t texts) cure(lang string) string     { return inLanguage(lang, t.cureRU, t.cureEN) }

func inLanguage(lang, ru, en string) string {
	if strings.HasPrefix(strings.ToLower(lang), "ru") {
		return ru
	}
	return en
}

func textsOf(r Reason) texts {
	switch r {
	case "":
		return texts{}
	case Unavailable, RateLimited, UnknownOutcome, BadRecipient, BlockedRecipient, RejectedText, BadSender, NoMoney,
		Unauthorized, PastDeadline, Unsupported:
		return providerTexts(r)
	case NoAccount, AlreadyTold, NoPhone, NoConsent, Suppressed, OrderGone, ByPerson, QuietHours, StaleEvent, RuleSkipped, RuleFailed, SwitchedOff,
		LimitExceeded:
		return gatewayTexts(r)
	case Internal:
	}
	return texts{
		"Ответ провайдера не удалось понять: ушло ли SMS, неизвестно.",
		"The provider's answer could not be understood: nobody knows whether the text went out.",
		"Проверьте сообщение в кабинете провайдера и сообщите автору модуля провайдера.",
		"Look the message up in the provider's own pages and tell the author of the provider plugin.",
	}
}

func providerTexts(r Reason) texts {
	switch r {
	case Unavailable:
		return texts{
			"Провайдер недоступен.",
			"The provider cannot be reached.",
			"Отправка повторится сама. Если это длится дольше нескольких минут, проверьте интернет и страницу состояния провайдера.",
			"It will be tried again. If it lasts more than a few minutes, check the Internet connection and the provider's status page.",
		}
	case RateLimited:
		return texts{
			"Провайдер просит отправлять реже.",
			"The provider asks for fewer messages.",
			"Отправка повторится сама. Если это бывает часто, уменьшите скорость в настройках аккаунта или поднимите лимит у провайдера.",
			"It will be tried again. If it happens often, lower the account's rate or have the provider raise the limit.",
		}
	case UnknownOutcome:
		return texts{
			"Неизвестно, ушло ли SMS: связь с провайдером оборвалась после отправки запроса.",
			"Nobody knows whether the text went out: the connection broke after the request was sent.",
			"Проверьте сообщение в кабинете провайдера, затем отметьте его отправленным или отправьте ещё раз.",
			"Look the message up in the provider's own pages, then mark it as sent or send it again.",
		}
	case BadRecipient:
		return texts{
			"На этот номер SMS не отправить.",
			"This number cannot get texts.",
			"Уточните номер у гостя.",
			"Ask the guest for the right number.",
		}
	case BlockedRecipient:
		return texts{
			"Гость запретил SMS или номер в стоп-листе.",
			"The guest has blocked texts, or the number is on a stop list.",
			"Больше не пишите на этот номер: позовите гостя сами.",
			"Do not text this number again: call the guest yourself.",
		}
	case RejectedText:
		return texts{
			"Провайдер не пропустил текст.",
			"The provider refused the text.",
			"Согласуйте шаблон у провайдера или измените текст, чтобы он совпал с согласованным.",
			"Have the template approved by the provider, or change the text so that it matches the approved one.",
		}
	case BadSender:
		return texts{
			"Имя отправителя не зарегистрировано у провайдера.",
			"The sender name is not registered with the provider.",
			"Зарегистрируйте имя в кабинете провайдера или оставьте поле отправителя пустым.",
			"Register the name with the provider, or leave the sender field empty.",
		}
	case NoMoney:
		return texts{
			"На счёте провайдера закончились деньги.",
			"The account with the provider is out of money.",
			"Пополните счёт провайдера: отправка продолжится сама.",
			"Top up the account with the provider: sending goes on by itself.",
		}
	case Unauthorized:
		return texts{
			"Провайдер не принял ключ или адрес этого компьютера.",
			"The provider refused the key or this computer's address.",
			"Проверьте ключ в настройках аккаунта и внесите адрес компьютера в белый список в кабинете провайдера.",
			"Check the key in the account's settings and add this computer's address to the provider's list of allowed ones.",
		}
	case PastDeadline:
		return texts{
			"Срок сообщения вышел раньше, чем его удалось отправить.",
			"The message's time ran out before it could be sent.",
			"Посмотрите причину последней попытки. Если текст ещё нужен гостю, отправьте его ещё раз.",
			"See why the last attempt failed. If the guest still needs the text, send it again.",
		}
	default:
		return texts{
			"Провайдер не умеет отправлять такое сообщение.",
			"The provider cannot send such a message.",
			"В чём дело — в номере, длине текста или канале, — говорят слова провайдера. Добавьте в маршрут другой аккаунт.",
			"The provider's words say whether it is the number, the length of the text or the channel. Add another account to the route.",
		}
	}
}

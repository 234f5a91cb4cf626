package sdk

// Reason is the one word for why something went wrong. The author of a provider picks it; the
// gateway, not the provider, decides what follows (again, another account, alarm).
//
// When in doubt between two, take the more cautious one: UnknownOutcome says that the text may have
// gone out, so that nobody gets it twice.
type Reason string

// Reasons. See Sentence and Cure for what people are told.
const (
	// Unavailable: the message certainly did not go: connection refused, maintenance. Tried again.
	Unavailable Reason = "UNAVAILABLE"
	// RateLimited: too much at once; tried again after Failure.RetryAfter.
	RateLimited Reason = "RATE_LIMITED"
	// UnknownOutcome: it may have gone out. Never blindly repeated.
	UnknownOutcome Reason = "UNKNOWN_OUTCOME"
	// BadRecipient: not a number, a landline, no such subscriber.
	BadRecipient Reason = "BAD_RECIPIENT"
	// BlockedRecipient: on a stop list, opted out.
	BlockedRecipient Reason = "BLOCKED_RECIPIENT"
	// RejectedText: template not approved, spam filter, too long for this operator.
	RejectedText Reason = "REJECTED_TEXT"
	// BadSender: the sender name is not registered.
	BadSender Reason = "BAD_SENDER"
	// NoMoney: the balance does not suffice, or a paid limit is used up.
	NoMoney Reason = "NO_MONEY"
	// Unauthorized: wrong key, address not allowed, account blocked.
	Unauthorized Reason = "UNAUTHORIZED"
	// Expired: the message is past its NotAfter.
	Expired Reason = "EXPIRED"
	// Unsupported: this account cannot do it: channel, country, length.
	Unsupported Reason = "UNSUPPORTED"
	// Internal: a bug in the provider, or an answer that it does not understand. Treated as UnknownOutcome.
	Internal Reason = "INTERNAL"
)

// Reasons lists all reasons in a fixed order.
func Reasons() []Reason {
	return []Reason{Unavailable, RateLimited, UnknownOutcome, BadRecipient, BlockedRecipient, RejectedText,
		BadSender, NoMoney, Unauthorized, Expired, Unsupported, Internal}
}

// Known says whether r is one of the reasons above.
func (r Reason) Known() bool { return r.Sentence() != Text{} }

// Sentence tells a person what happened. It is zero for an unknown reason.
func (r Reason) Sentence() Text {
	switch r {
	case Unavailable:
		return Text{EN: "The operator cannot be reached; the message did not go.", RU: "Оператор недоступен, сообщение не ушло."}
	case RateLimited:
		return Text{EN: "The operator asks to slow down.", RU: "Оператор просит отправлять реже."}
	case UnknownOutcome:
		return Text{EN: "Nobody knows whether the message went out.", RU: "Неизвестно, ушло ли сообщение."}
	case BadRecipient:
		return Text{EN: "The number cannot receive messages.", RU: "На этот номер сообщения не доставляются."}
	case BlockedRecipient:
		return Text{EN: "The number is on a stop list.", RU: "Номер в стоп-листе."}
	case RejectedText:
		return Text{EN: "The operator refused the text.", RU: "Оператор не принял текст."}
	case BadSender:
		return Text{EN: "The sender name is not registered.", RU: "Имя отправителя не зарегистрировано."}
	case NoMoney:
		return Text{EN: "The account has run out of money or limit.", RU: "На счёте закончились деньги или лимит."}
	case Unauthorized:
		return Text{EN: "The operator refused the login.", RU: "Оператор не принял данные для входа."}
	case Expired:
		return Text{EN: "The message came too late to be of use.", RU: "Сообщение устарело и не отправлено."}
	case Unsupported:
		return Text{EN: "This account cannot send such a message.", RU: "Эта учётная запись не может отправить такое сообщение."}
	case Internal:
		return Text{EN: "The provider program did not understand the operator.", RU: "Модуль провайдера не понял ответ оператора."}
	}
	return Text{}
}

// Cure tells a person what to do about it. It is zero for an unknown reason.
func (r Reason) Cure() Text {
	switch r {
	case Unavailable:
		return Text{EN: "Check the internet connection and the operator's status page.", RU: "Проверьте интернет и страницу состояния оператора."}
	case RateLimited:
		return Text{EN: "Lower the account's limit per second or ask the operator for a higher one.", RU: "Уменьшите лимит в секунду или попросите оператора его поднять."}
	case UnknownOutcome:
		return Text{EN: "Look into the operator's cabinet, then resend or cancel by hand.", RU: "Проверьте отправку в кабинете оператора, затем отправьте снова или отмените вручную."}
	case BadRecipient:
		return Text{EN: "Ask the guest for another number.", RU: "Уточните номер у гостя."}
	case BlockedRecipient:
		return Text{EN: "Take the number off the stop list in the operator's cabinet, if the guest wishes so.", RU: "Уберите номер из стоп-листа в кабинете оператора, если гость этого хочет."}
	case RejectedText:
		return Text{EN: "Have the template approved by the operator or change the text.", RU: "Согласуйте шаблон с оператором или измените текст."}
	case BadSender:
		return Text{EN: "Register the sender name in the operator's cabinet or leave it empty.", RU: "Зарегистрируйте имя отправителя в кабинете оператора или оставьте его пустым."}
	case NoMoney:
		return Text{EN: "Top up the account or raise its limit.", RU: "Пополните счёт или поднимите лимит."}
	case Unauthorized:
		return Text{EN: "Check the key, and whether this server's address is allowed in the operator's cabinet.", RU: "Проверьте ключ и разрешён ли адрес этого сервера в кабинете оператора."}
	case Expired:
		return Text{EN: "Raise the notification's validity if this happens often.", RU: "Увеличьте срок годности уведомления, если это происходит часто."}
	case Unsupported:
		return Text{EN: "Use another account for such messages.", RU: "Используйте для таких сообщений другую учётную запись."}
	case Internal:
		return Text{EN: "Update the provider program; show its author the kept answer.", RU: "Обновите модуль провайдера; передайте сохранённый ответ его автору."}
	}
	return Text{}
}

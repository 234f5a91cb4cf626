package problem

import "net/http"

// adminWords gives the wording of the codes of the admin's calls.
func (c Code) adminWords() (Wording, bool) {
	switch c {
	case LoginRequired:
		return Wording{http.StatusUnauthorized, bearerChallenge, "Нужно войти", "Sign in first",
			"Сеанс закончился или ещё не начат. Войдите и повторите.", "The session has ended or not begun. Sign in and try again."}, true
	case NotAllowed:
		return Wording{http.StatusForbidden, "", "Недостаточно прав", "Not allowed",
			"Ваша роль или ключ не дают права на это действие. Попросите владельца.", "Your role or key does not permit this. Ask the owner."}, true
	case ConfirmRequired:
		return Wording{http.StatusForbidden, "", "Введите пароль ещё раз", "Enter the password again",
			"Это действие опасно: подтвердите его паролем.", "This is a dangerous act: confirm it with the password."}, true
	case NoSuchThing:
		return Wording{http.StatusNotFound, "", "Не найдено", "Not found",
			"Того, на что указывает адрес, нет: возможно, срок хранения вышел или запись удалена.",
			"What the address names is not there: its retention may have ended, or it was removed."}, true
	case Stale:
		return Wording{http.StatusConflict, "", "Кто-то уже сохранил другое", "Somebody else has saved since",
			"Пока вы правили, это изменил другой. Посмотрите его вариант и сохраните свой поверх, если нужно.",
			"While you were editing, somebody else changed this. Look at that version and save yours over it if you must."}, true
	case Declared:
		return Wording{http.StatusConflict, "", "Задано в orderbell.yaml", "Declared in orderbell.yaml",
			"Это значение задано в файле orderbell.yaml и меняется там.", "This value is declared in orderbell.yaml and is changed there."}, true
	case NameTaken:
		return Wording{http.StatusConflict, "", "Имя занято", "The name is taken",
			"Такое имя уже есть; выберите другое.", "There is one of that name already; choose another."}, true
	case InUse:
		return Wording{http.StatusConflict, "", "Используется", "In use",
			"Сначала уберите это оттуда, где оно используется.", "First take it away from where it is used."}, true
	case NotNow:
		return Wording{http.StatusConflict, "", "Сейчас это невозможно", "Not possible now",
			"Состояние уже другое. Обновите страницу и посмотрите, что изменилось.", "Its state has changed. Reload the page and see what it is now."}, true
	case NoAbility:
		return Wording{http.StatusConflict, "", "Провайдер этого не умеет", "The provider cannot do this",
			"У этого провайдера такой возможности нет.", "This provider does not have that ability."}, true
	case ProviderFailed:
		return Wording{http.StatusBadGateway, "", "Провайдер не ответил как нужно", "The provider did not answer as needed",
			"Проверьте настройки аккаунта и связь с провайдером; подробности — рядом с аккаунтом.",
			"Check the account's settings and the connection to the provider; details stand beside the account."}, true
	case RuleBroken:
		return Wording{http.StatusUnprocessableEntity, "", "Правило с ошибкой", "The rule has a fault",
			"Файл не сохранён: прежняя версия продолжает работать. Что и где исправить — в errors.",
			"The file was not saved: the version before it goes on serving. What to mend, and where, is in errors."}, true
	default:
		return Wording{}, false
	}
}

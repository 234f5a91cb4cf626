package message

// gatewayTexts are the texts of the reasons that only the gateway gives.
func gatewayTexts(r Reason) texts {
	switch r {
	case OrderGone:
		return texts{
			"Заказ закрыли или отменили раньше, чем ушло SMS.",
			"The order was closed or cancelled before the text went out.",
			"Ничего делать не нужно.",
			"Nothing needs to be done.",
		}
	case NoAccount:
		return texts{
			"Нет аккаунта провайдера, через который можно отправить.",
			"There is no provider account to send through.",
			"Добавьте аккаунт и укажите его в маршруте уведомлений.",
			"Add an account and name it in the route of the notifications.",
		}
	case ByPerson:
		return texts{
			"Так решил сотрудник.",
			"A member of staff decided so.",
			"Ничего делать не нужно.",
			"Nothing needs to be done.",
		}
	case AlreadyTold:
		return texts{
			"Гостю об этом уже написали.",
			"The guest has been told of this already.",
			"Ничего делать не нужно. Чтобы написать ещё раз, откройте сообщение и отправьте его повторно.",
			"Nothing needs to be done. To text once more, open the message and send it again.",
		}
	case NoPhone:
		return texts{
			"Телефон гостя не пришёл вовремя.",
			"No phone number of the guest came in time.",
			"Спрашивайте телефон при заказе или увеличьте время ожидания контакта.",
			"Ask for the phone when the order is taken, or raise the time to wait for a contact.",
		}
	case NoConsent:
		return texts{
			"Гость не давал согласия на такие сообщения или отозвал его.",
			"The guest did not agree to such messages, or took the consent back.",
			"Без согласия писать нельзя: попросите его при заказе.",
			"Without consent nobody may be texted: ask for it when the order is taken.",
		}
	case Suppressed:
		return texts{
			"Этому гостю писать нельзя: номер в стоп-листе.",
			"This guest must not be texted: the number is on the stop list.",
			"Снимите запрет в карточке контакта, только если гость сам об этом попросил.",
			"Lift the ban on the contact's page, only if the guest asked for it.",
		}
	case QuietHours:
		return texts{
			"Сейчас тихие часы ресторана.",
			"These are the restaurant's quiet hours.",
			"Ничего делать не нужно. Тихие часы меняются в настройках уведомлений.",
			"Nothing needs to be done. Quiet hours are changed in the notification settings.",
		}
	case StaleEvent:
		return texts{
			"Событие от кассы пришло слишком поздно, текст уже не нужен.",
			"The cash server's event came too late for the text to be of use.",
			"Если так бывает часто, проверьте связь с кассовым сервером и его часы.",
			"If it happens often, check the connection to the cash server and its clock.",
		}
	case RuleSkipped:
		return texts{
			"Правило решило не писать.",
			"The rule decided not to text.",
			"Если это не то, чего вы ждали, проверьте правило на этом заказе.",
			"If that is not what you expected, try the rule on this order.",
		}
	case RuleFailed:
		return texts{
			"Правило завершилось с ошибкой.",
			"The rule failed.",
			"Исправьте правило и проверьте его на этом заказе.",
			"Mend the rule and try it on this order.",
		}
	case SwitchedOff:
		return texts{
			"Уведомления выключены.",
			"Notifications are switched off.",
			"Включите их в настройках уведомлений.",
			"Switch them on in the notification settings.",
		}
	default:
		return texts{
			"Достигнут лимит сообщений.",
			"A limit on messages was reached.",
			"Дождитесь следующего дня или поднимите лимит в настройках аккаунта.",
			"Wait for the next day, or raise the limit in the account's settings.",
		}
	}
}

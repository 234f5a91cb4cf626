package problem

import "net/http"

// Codes of signing in, of users and of the audit log.
const (
	LoginWrong       Code = "login_wrong"     // name or password; never which
	LoginThrottled   Code = "login_throttled" // too many failed
	LoginBusy        Code = "login_busy"      // too many at the same time
	TOTPRequired     Code = "totp_required"   // name and password are right, the second factor is missing
	TOTPWrong        Code = "totp_wrong"
	TOTPOn           Code = "totp_on"         // there is a second factor already
	TOTPNotBegun     Code = "totp_not_begun"  // a code, but no secret was offered
	SetupDone        Code = "setup_done"      // there are users
	SetupWrong       Code = "setup_wrong"     // the link is wrong, used up or too old
	SetupElsewhere   Code = "setup_elsewhere" // not from this machine
	NameInvalid      Code = "name_invalid"    // of a user
	LastOwner        Code = "last_owner"
	UserLocked       Code = "user_locked" // everything that was typed is right, but the owner does not let the user in
	LockSelf         Code = "lock_self"
	PasswordShort    Code = "password_short"
	PasswordLong     Code = "password_long"
	PasswordCommon   Code = "password_common"
	PasswordNamed    Code = "password_like_name"
	PasswordWrong    Code = "password_wrong" // of who is signed in
	CrossSite        Code = "cross_site"     // a page of another site made the browser send this
	HostForeign      Code = "host_foreign"   // a name that is not ours points here
	AuditUnavailable Code = "audit_unavailable"
)

// sessionChallenge is what a 401 names where a browser's session would do.
const sessionChallenge = `OrderbellSession realm="orderbell"`

func accessCodes() []Code {
	return []Code{
		LoginWrong, LoginThrottled, LoginBusy, TOTPRequired, TOTPWrong, TOTPOn, TOTPNotBegun, SetupDone, SetupWrong, SetupElsewhere,
		NameInvalid, LastOwner, UserLocked, LockSelf, PasswordShort, PasswordLong, PasswordCommon, PasswordNamed, PasswordWrong, CrossSite, HostForeign,
		AuditUnavailable,
	}
}

// accessWords gives the wording of the codes of signing in and of what is refused before a call.
func (c Code) accessWords() (Wording, bool) {
	switch c {
	case LoginWrong:
		return Wording{http.StatusUnauthorized, sessionChallenge, "Имя или пароль неверны", "Wrong name or password",
			"Проверьте раскладку клавиатуры и Caps Lock. Забытый пароль меняет владелец или команда orderbell user reset-password.",
			"Check the keyboard layout and Caps Lock. The owner, or the command orderbell user reset-password, changes a forgotten password."}, true
	case LoginThrottled:
		return Wording{http.StatusTooManyRequests, "", "Слишком много неудачных входов", "Too many failed sign-ins",
			"Подождите время из Retry-After. С устройства, с которого вы уже входили, ждать обычно не нужно.",
			"Wait for the time in Retry-After. On a device from which you have signed in before there is usually no need to wait."}, true
	case LoginBusy:
		return Wording{http.StatusServiceUnavailable, "", "Слишком много входов сразу", "Too many sign-ins at once",
			"Сейчас проверяется много паролей. Повторите через несколько секунд.", "Many passwords are being checked now. Try again in a few seconds."}, true
	case TOTPRequired:
		return Wording{http.StatusUnauthorized, sessionChallenge, "Нужен код", "Code required",
			"Введите шесть цифр из приложения или код восстановления.", "Enter the six digits of the app, or a recovery code."}, true
	case TOTPWrong:
		return Wording{http.StatusUnauthorized, sessionChallenge, "Код не подошёл", "The code does not fit",
			"Введите новый код; если не помогает, проверьте часы телефона и этого компьютера. Каждый код действует один раз.",
			"Enter a new code; if that does not help, check the clocks of the phone and of this machine. Each code serves once."}, true
	case TOTPOn:
		return Wording{http.StatusConflict, "", "Второй фактор уже включён", "The second factor is on already",
			"Чтобы сменить его, сначала отключите прежний.", "To change it, first switch the present one off."}, true
	case TOTPNotBegun:
		return Wording{http.StatusConflict, "", "Подключение не начато", "Not begun",
			"Сначала получите QR-код, затем введите код из приложения.", "First get the QR code, then enter a code of the app."}, true
	case SetupDone:
		return Wording{http.StatusConflict, "", "Первая настройка уже сделана", "Set-up is done already",
			"Пользователь уже есть: войдите. Забытый пароль меняет команда orderbell user reset-password.",
			"There is a user: sign in. The command orderbell user reset-password changes a forgotten password."}, true
	case SetupWrong:
		return Wording{http.StatusForbidden, "", "Ссылка не действует", "The link is not valid",
			"Ссылка действует 30 минут и один раз. Перезапустите Orderbell, он напечатает новую, или выполните orderbell user add.",
			"The link serves once and for 30 minutes. Restart Orderbell, which prints a new one, or run orderbell user add."}, true
	case SetupElsewhere:
		return Wording{http.StatusForbidden, "", "Только с этого компьютера", "Only from this machine",
			"Первая настройка открывается на самом компьютере, где работает Orderbell. С другого используйте orderbell user add.",
			"Set-up is opened on the very machine that Orderbell runs on. From elsewhere use orderbell user add."}, true
	case LastOwner:
		return Wording{http.StatusConflict, "", "Это последний владелец", "This is the last owner",
			"Сначала сделайте владельцем кого-то ещё.", "Make somebody else an owner first."}, true
	case UserLocked:
		return Wording{http.StatusForbidden, "", "Вход закрыт", "Locked out",
			"Имя и пароль верны, но владелец закрыл вам вход. Обратитесь к нему.",
			"Name and password are right, but the owner has locked you out. Turn to the owner."}, true
	case LockSelf:
		return Wording{http.StatusConflict, "", "Это вы сами", "This is yourself",
			"Закрыть вход себе нельзя: это может сделать другой владелец.", "You cannot lock yourself out: another owner can."}, true
	case CrossSite:
		return Wording{http.StatusForbidden, "", "Запрос с чужого сайта", "A request of another site",
			"Браузер прислал этот запрос по просьбе чужой страницы; ничего не сделано. Откройте Orderbell по его собственному адресу.",
			"The browser sent this because a page of another site made it; nothing was done. Open Orderbell at its own address."}, true
	case HostForeign:
		return Wording{http.StatusMisdirectedRequest, "", "Чужое имя узла", "A name that is not ours",
			"Этот адрес открывается как http://127.0.0.1 или по public_url из настроек.",
			"This address is opened as http://127.0.0.1 or by public_url of the configuration."}, true
	case AuditUnavailable:
		return Wording{http.StatusServiceUnavailable, "", "Журнал аудита недоступен", "The audit log is not available",
			"Действие не выполнено: о нём нельзя сделать запись. Проверьте место на диске и повторите.",
			"The action was not done: no record of it could be kept. Check the space on the disk and try again."}, true
	default:
		return c.passwordWords()
	}
}

// passwordWords gives the wording of what is wrong with a name or a password.
func (c Code) passwordWords() (Wording, bool) {
	w := Wording{Status: http.StatusUnprocessableEntity}
	switch c {
	case NameInvalid:
		w.titleRU, w.titleEN = "Имя не подходит", "The name will not do"
		w.detailRU = "От 1 до 64 букв, цифр, пробелов и знаков . _ - @ +"
		w.detailEN = "1 to 64 letters, digits, spaces and . _ - @ +"
	case PasswordShort:
		w.titleRU, w.titleEN = "Пароль короткий", "The password is too short"
		w.detailRU = "Нужно не меньше 10 знаков; удобно взять несколько слов."
		w.detailEN = "At least 10 characters are needed; several words are easy to remember."
	case PasswordLong:
		w.titleRU, w.titleEN = "Пароль слишком длинный", "The password is too long"
		w.detailRU = "Не больше 128 знаков."
		w.detailEN = "At most 128 characters."
	case PasswordCommon:
		w.titleRU, w.titleEN = "Такой пароль пробуют первым", "This password is among the first that are tried"
		w.detailRU = "Возьмите несколько не связанных между собой слов."
		w.detailEN = "Take several words that have nothing to do with each other."
	case PasswordNamed:
		w.titleRU, w.titleEN = "Пароль похож на имя", "The password is like the name"
		w.detailRU = "Возьмите пароль, в котором нет вашего имени."
		w.detailEN = "Take a password without your name in it."
	case PasswordWrong:
		w.titleRU, w.titleEN = "Пароль неверен", "Wrong password"
		w.detailRU = "Это не ваш нынешний пароль. Проверьте раскладку и Caps Lock."
		w.detailEN = "This is not your present password. Check the keyboard layout and Caps Lock."
	default:
		return Wording{}, false
	}
	return w, true
}

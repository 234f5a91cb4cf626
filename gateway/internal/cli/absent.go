package cli

import (
	"fmt"

	"github.com/orderbell/orderbell/gateway/internal/app"
)

// What may be asked for by name, and where to see which there are.
var (
	noUser = word{"пользователя %q нет; кто есть: orderbell user list", "there is no user %q; who there is: orderbell user list"}
	noKey  = word{"ключа %q нет; какие есть: orderbell apikey list", "there is no key %q; which there are: orderbell apikey list"}
	noText = word{"сообщения %q нет: ID неверен или срок хранения вышел; последние: orderbell message list",
		"there is no message %q: the ID is wrong or its retention has ended; the latest: orderbell message list"}
	noOrder = word{"заказа %q нет: нужен номер, GUID или наш ID; что приходило: orderbell event list",
		"there is no order %q: give its number, its GUID or our ID; what has come: orderbell event list"}
	noEvent = word{"события %q нет: ID неверен или срок хранения вышел; последние: orderbell event list",
		"there is no event %q: the ID is wrong or its retention has ended; the latest: orderbell event list"}
)

// absent puts into words that what was named is not there; any other error stays as it is.
func (s *session) absent(err error, what word, name string) error {
	if !app.Absent(err) {
		return err
	}
	return fmt.Errorf(what.pick(s.lang), oneLine(name, 100))
}

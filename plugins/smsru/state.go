package main

import "github.com/orderbell/orderbell/sdk"

// state is what a delivery code means to us. The reason is empty where sms.ru gives none.
type state struct {
	status sdk.Status
	reason sdk.Reason
}

// states holds the delivery codes of sms.ru (pages sms/status and callback).
func states() map[int]state {
	return map[int]state{
		-1:  {status: sdk.StatusUnknown},
		100: {status: sdk.StatusAccepted}, // in sms.ru's queue
		101: {status: sdk.StatusAccepted}, // being passed to the operator
		102: {status: sdk.StatusAccepted}, // in transit
		103: {status: sdk.StatusDelivered},
		104: {status: sdk.StatusExpired, reason: sdk.Expired},
		105: {status: sdk.StatusUndelivered}, // deleted by the operator
		106: {status: sdk.StatusUndelivered}, // a failure of the handset
		107: {status: sdk.StatusUndelivered}, // cause unknown
		108: {status: sdk.StatusRejected},
		110: {status: sdk.StatusDelivered}, // and read
		150: {status: sdk.StatusRejected, reason: sdk.Unsupported},
	}
}

// stateOf reads a delivery code. A code of sending in its place means that the message was refused
// after sms.ru had taken it, unless the code is about the call; then, as with codes that are in no
// table, nobody knows.
func stateOf(code int) (sdk.Status, sdk.Reason) {
	if s, known := states()[code]; known {
		return s.status, s.reason
	}
	v, known := codes()[code]
	if known && (aboutMessage(v.reason) || v.reason == sdk.NoMoney || v.reason == sdk.RateLimited) {
		return sdk.StatusRejected, v.reason
	}
	return sdk.StatusUnknown, ""
}

package main

import (
	"slices"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// verdict is what a refusal of SMS Aero means to us. It has no numeric codes: a refusal names the
// field at fault (in data), or says something in words (in message, or in result as version 1 did).
type verdict struct {
	key    string // what the answer holds
	reason sdk.Reason
	words  string
}

// fields are the names of parameters under which a validation error is reported, the one that counts
// first: a wrong number is believed last, because it marks the guest's phone.
func fields() []verdict {
	return []verdict{
		{"sign", sdk.BadSender, "the signature was refused"},
		{"text", sdk.RejectedText, "the text was refused"},
		{"dateSend", sdk.RejectedText, "the time of sending was refused"},
		{"channel", sdk.Unsupported, "the channel was refused"},
		{"callbackUrl", sdk.Unsupported, "the callback address was refused; check callback_url"},
		{"callbackFormat", sdk.Unsupported, "the format of callbacks was refused"},
		{"shortLink", sdk.Unsupported, "short links were refused; check short_link"},
		{"number", sdk.BadRecipient, "the number was refused"},
		{"numbers", sdk.BadRecipient, "a number was refused"},
	}
}

// results are the values of result, which version 1 answered with and the official libraries still
// expect.
func results() []verdict {
	return []verdict{
		{"no credits", sdk.NoMoney, "no money on the account"},
		{"reject", sdk.RejectedText, "the message was refused"},
	}
}

// phrases are parts of message, in lower case. The first two are seen; the others are guesses that
// can only turn an unknown outcome into a known one, and each names money.
func phrases() []verdict {
	return []verdict{
		{"invalid credentials", sdk.Unauthorized, "wrong email or API key"},
		{"no credits", sdk.NoMoney, "no money on the account"},
		{"not enough money", sdk.NoMoney, "no money on the account"},
		{"insufficient funds", sdk.NoMoney, "no money on the account"},
		{"недостаточно средств", sdk.NoMoney, "no money on the account"},
	}
}

// standing is what one number of SMS Aero's statuses means.
type standing struct {
	status sdk.Status
	reason sdk.Reason // of a message refused after it was taken
}

// standings are the statuses by number. The words that come along (extendStatus) differ between the
// official libraries and one of them calls 3 "rejected", so that only the number counts. A failed
// delivery (2) says nothing about why.
func standings() map[int]standing {
	return map[int]standing{
		0: {status: sdk.StatusAccepted},                           // queued
		1: {status: sdk.StatusDelivered},                          // delivered
		2: {status: sdk.StatusUndelivered},                        // not delivered
		3: {status: sdk.StatusAccepted},                           // handed over
		4: {status: sdk.StatusAccepted},                           // waiting for the network's word
		6: {status: sdk.StatusRejected, reason: sdk.RejectedText}, // refused
		8: {status: sdk.StatusAccepted},                           // in moderation
	}
}

// statusRefused is the one status that a message may have right after sending and that means that it
// never will go out.
const statusRefused = 6

// judge finds out why a call was refused; nil if the answer does not say it in words that we know.
func (a answer) judge() *sdk.Failure {
	for _, v := range results() {
		if strings.EqualFold(strings.TrimSpace(string(a.Result)), v.key) {
			return v.failure(string(a.Reason))
		}
	}
	named := a.fields()
	for _, v := range fields() {
		if slices.Contains(named, v.key) {
			return v.failure(string(a.Message))
		}
	}
	for _, v := range phrases() {
		if strings.Contains(strings.ToLower(string(a.Message)), v.key) {
			return v.failure(string(a.Message))
		}
	}
	return nil
}

// failure carries the operator's own words, too.
func (v verdict) failure(theirs string) *sdk.Failure {
	f := sdk.Fail(v.reason, "%s", v.words).WithCode(v.key)
	if theirs != "" {
		f.Detail += " (" + theirs + ")"
	}
	return f
}

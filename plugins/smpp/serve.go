package main

import (
	"context"
	"sync"
	"time"

	"github.com/linxGnu/gosmpp/data"

	"github.com/orderbell/orderbell/sdk"
)

// run serves the link until it ends.
func (l *link) run(enquire time.Duration) {
	var parts sync.WaitGroup
	parts.Go(l.read)
	parts.Go(func() { l.enquire(enquire) })
	parts.Wait()
}

// read takes what the SMSC sends.
func (l *link) read() {
	for {
		f, err := readFrame(l.reader)
		if err != nil {
			l.end(failed(err))
			return
		}
		if f.answers() {
			l.settle(f)
			continue
		}
		if last := l.serve(f); last {
			return
		}
	}
}

// settle hands an answer to the request that it answers.
func (l *link) settle(f frame) {
	l.mu.Lock()
	r := l.waiting[f.head.SequenceNumber]
	delete(l.waiting, f.head.SequenceNumber)
	given := r != nil && r.given
	if r != nil && !given {
		r.answer <- f // has room for the one answer
	}
	l.mu.Unlock()
	switch {
	case r == nil:
		l.env.Log.Debug("an answer to no request, or one that came too late", "command", uint32(f.head.CommandID), "status", f.status())
		return
	case given && r.late != nil:
		r.late(f)
	}
	if r.free != nil {
		r.free()
	}
	if f.status() == statusNotBound {
		l.end(sdk.Fail(sdk.Unavailable, "the SMSC does not hold the session for bound any more"))
	}
}

// serve does what the SMSC asks for; last says that it was the end.
func (l *link) serve(f frame) (last bool) {
	n := f.head.SequenceNumber
	var answer []byte
	switch f.head.CommandID {
	case data.ENQUIRE_LINK:
		answer = header(data.ENQUIRE_LINK_RESP, data.ESME_ROK, n)
	case data.UNBIND:
		_ = l.answer(header(data.UNBIND_RESP, data.ESME_ROK, n))
		l.end(sdk.Fail(sdk.Unavailable, "the SMSC ended the session"))
		return true
	case data.DELIVER_SM, data.DATA_SM:
		answer = reply(f.head.CommandID|data.GENERIC_NACK, l.take(f), n)
	case data.ALERT_NOTIFICATION, data.OUTBIND:
		return false // have no answer
	default:
		answer = header(data.GENERIC_NACK, data.ESME_RINVCMDID, n)
	}
	return l.answer(answer) != nil
}

// take keeps what is delivered before it is acknowledged. What cannot be read is refused for good: it
// would come again for ever.
func (l *link) take(f frame) data.CommandStatusType {
	d, ok := delivered(f.unit)
	if !ok {
		l.env.Log.Warn("the SMSC delivered what cannot be read; it is refused", "bytes", len(f.raw))
		return data.ESME_RX_P_APPN
	}
	l.deliver(d)
	return data.ESME_ROK
}

func (l *link) answer(unit []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	err := l.write(ctx, unit)
	if err != nil {
		l.end(sdk.Fail(sdk.Unavailable, "the SMSC does not read"))
	}
	return err
}

// enquire asks for a sign of life at each interval. It keeps the session from idling out, and ends the
// link when nothing answers.
func (l *link) enquire(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-l.done:
			return
		}
		if err := l.enquireOnce(context.Background()); err != nil {
			l.end(sdk.Fail(sdk.Unavailable, "the SMSC gives no sign of life"))
			return
		}
	}
}

// enquireOnce waits for one sign of life.
func (l *link) enquireOnce(ctx context.Context) error {
	_, err := l.outside(ctx, data.ENQUIRE_LINK, l.patience)
	return err
}

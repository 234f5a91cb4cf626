package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"syscall"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"github.com/orderbell/orderbell/sdk"
)

// bindTimeout is how long connecting, TLS and bind may take together.
const bindTimeout = 10 * time.Second

// problem is a failure to connect that an admin can do something about: on which setting, and what.
type problem struct {
	field   string
	summary sdk.Text
	cure    sdk.Text
	failure *sdk.Failure
}

// Error is the failure's.
func (p *problem) Error() string { return p.failure.Error() }

// Unwrap returns the failure.
func (p *problem) Unwrap() error { return p.failure }

// connect dials, secures and binds. What it has in hand when ctx ends is closed.
func (a *account) connect(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, bindTimeout)
	defer cancel()
	raw, err := a.Dial(ctx, "tcp", a.address())
	if err != nil {
		return nil, sdk.Fail(sdk.Unavailable, "%s: %s", a.address(), plain(err))
	}
	wire := &counted{Conn: raw}
	stop := context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	l, err := a.bind(ctx, wire)
	if !stop() && err == nil {
		err = sdk.Fail(sdk.Unavailable, "%s", plain(ctx.Err())) // the deadline is in the past for good
	}
	if err != nil {
		_ = raw.Close()
		return nil, err
	}
	return l, nil
}

// bind secures the connection, if that is wanted, and logs in.
func (a *account) bind(ctx context.Context, wire *counted) (*link, error) {
	l := newLink(a.Env, wire, wire, a.Window, a.ResponseTimeout, a.delivered)
	if a.secured != nil {
		conn := tls.Client(wire, a.secured)
		if err := conn.HandshakeContext(ctx); err != nil {
			return nil, notSecured(err)
		}
		l = newLink(a.Env, conn, wire, a.Window, a.ResponseTimeout, a.delivered)
	}
	l.sequence = 1
	if _, err := l.conn.Write(encode(a.bindRequest(), l.sequence)); err != nil {
		return nil, sdk.Fail(sdk.Unavailable, "bind: %s", plain(err))
	}
	f, err := readFrame(l.reader)
	if err != nil {
		return nil, notBound(err)
	}
	if f.head.CommandID != data.BIND_TRANSCEIVER_RESP && f.head.CommandID != data.GENERIC_NACK {
		return nil, sdk.Fail(sdk.Unavailable, "the SMSC answered something else to the bind").WithRaw(shown(f.raw))
	}
	if f.status() != 0 || f.head.CommandID == data.GENERIC_NACK {
		return nil, a.refusedBind(f.status())
	}
	return l, nil
}

func (a *account) bindRequest() *pdu.BindRequest {
	bind := pdu.NewBindRequest(pdu.Transceiver)
	bind.SystemID, bind.Password, bind.SystemType = a.SystemID, string(a.Password), a.SystemType
	return bind
}

// notSecured explains what usually goes wrong with TLS.
func notSecured(err error) error {
	failure := sdk.Fail(sdk.Unavailable, "TLS: %s", plain(err))
	var (
		record    tls.RecordHeaderError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return &problem{
			field: "tls", failure: failure,
			summary: sdk.Text{EN: "The SMSC hung up when TLS began; this is probably the port without TLS.", RU: "SMS-центр оборвал соединение в начале TLS; вероятно, это порт без TLS."},
			cure:    noTLS(),
		}
	case errors.As(err, &record):
		return &problem{
			field: "tls", failure: failure,
			summary: sdk.Text{EN: "The port does not speak TLS.", RU: "Этот порт не поддерживает TLS."},
			cure:    noTLS(),
		}
	case errors.As(err, &authority):
		return &problem{
			field: "tls_ca", failure: failure,
			summary: sdk.Text{EN: "The SMSC's certificate comes from an authority that is not known here.", RU: "Сертификат SMS-центра выдан неизвестным удостоверяющим центром."},
			cure:    sdk.Text{EN: "Ask the operator for the CA certificate and paste it here.", RU: "Возьмите у оператора сертификат удостоверяющего центра и вставьте его сюда."},
		}
	case errors.As(err, &name):
		return &problem{
			field: "tls_server_name", failure: failure,
			summary: sdk.Text{EN: "The SMSC's certificate is for another name.", RU: "Сертификат SMS-центра выдан на другое имя."},
			cure:    sdk.Text{EN: "Enter the name in the certificate, if the operator confirms it.", RU: "Укажите имя из сертификата, если оператор его подтвердит."},
		}
	case errors.As(err, &invalid):
		return &problem{
			field: "host", failure: failure,
			summary: sdk.Text{EN: "The SMSC's certificate is not valid.", RU: "Сертификат SMS-центра недействителен."},
			cure:    sdk.Text{EN: "Check this machine's date; else it is the operator's to renew it.", RU: "Проверьте дату на этом компьютере; иначе обновить сертификат должен оператор."},
		}
	}
	return failure
}

func noTLS() sdk.Text {
	return sdk.Text{EN: "Ask the operator for the port with TLS, or switch TLS off.", RU: "Узнайте у оператора порт с TLS или отключите TLS."}
}

// notBound explains an end before the answer to the bind.
func notBound(err error) error {
	failure := failed(err)
	failure.Reason = sdk.Unavailable // nothing but the bind was said
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		failure.Detail = "bind: " + failure.Detail
		return &problem{
			field: "port", failure: failure,
			summary: sdk.Text{EN: "The SMSC hung up instead of answering the login.", RU: "SMS-центр оборвал соединение вместо ответа на вход."},
			cure: sdk.Text{
				EN: "Ask the operator whether this server's address is allowed, and whether the port wants TLS.",
				RU: "Узнайте у оператора, разрешён ли адрес этого сервера и нужен ли на этом порту TLS.",
			},
		}
	case !errors.Is(err, errNoSMPP):
		failure.Detail = "bind: " + failure.Detail
		return failure
	}
	return &problem{
		field: "port", failure: failure,
		summary: sdk.Text{EN: "What answers on this port does not speak SMPP.", RU: "На этом порту отвечает не SMPP."},
		cure:    sdk.Text{EN: "Check the port, and whether it wants TLS.", RU: "Проверьте порт и нужен ли для него TLS."},
	}
}

// refusedBind explains the SMSC's no.
func (a *account) refusedBind(s status) error {
	failure := a.table.bind(s)
	p := &problem{failure: failure, summary: failure.Reason.Sentence(), cure: failure.Reason.Cure()}
	switch s {
	case statusAlreadyBound:
		p.field = "system_id"
		p.summary = sdk.Text{EN: "Somebody is bound with this system_id already.", RU: "С этим system_id уже установлено соединение."}
		p.cure = sdk.Text{
			EN: "After a broken connection it passes by itself within minutes. Otherwise another program uses the login: ask the operator for a second one, or for more sessions.",
			RU: "После обрыва связи проходит само за несколько минут. Иначе логин использует другая программа: попросите у оператора ещё один логин или больше сессий.",
		}
	case statusInvalidPassword:
		p.field = "password"
	case statusInvalidSystemID:
		p.field = "system_id"
	case statusInvalidSystemType:
		p.field = "system_type"
	default: // of the account as a whole
	}
	return p
}

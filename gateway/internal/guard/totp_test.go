package guard_test

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// app is an authenticator app with the secret.
func (s *stand) app(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, s.clock.Now())
	must(t, err)
	return code
}

// withFactor is a user with a second factor, and what the app and the paper have.
func (s *stand) withFactor(t *testing.T, name string) (secret string, codes []string) {
	t.Helper()
	s.user(t, name, access.Owner)
	_, who := s.enter(t, name)
	offer, err := s.BeginTOTP(t.Context(), who)
	must(t, err)
	codes, err = s.ConfirmTOTP(t.Context(), who, s.app(t, offer.Secret))
	must(t, err)
	s.clock.pass(30 * time.Second)
	return offer.Secret, codes
}

func (s *stand) login(t *testing.T, name, code string) error {
	t.Helper()
	_, err := s.Login(t.Context(), from("192.0.2.1"), access.Login{Name: name, Password: good, Code: code})
	return err
}

func TestASecondFactorIsAskedForOnceItIsProved(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.user(t, "olga", access.Owner)
	elsewhere, _ := s.enter(t, "olga")
	_, who := s.enter(t, "olga")
	_, err := s.ConfirmTOTP(t.Context(), who, "000000")
	refused(t, "a code before an offer", err, problem.TOTPNotBegun)
	offer, err := s.BeginTOTP(t.Context(), who)
	must(t, err)
	must(t, s.login(t, "olga", "")) // offered, not proved
	_, err = s.ConfirmTOTP(t.Context(), who, "000000")
	refused(t, "a code that does not fit", err, problem.TOTPWrong)
	codes, err := s.ConfirmTOTP(t.Context(), who, s.app(t, offer.Secret))
	if err != nil || len(codes) != 10 {
		t.Fatalf("recovery codes %v, %v", codes, err)
	}
	_, err = s.BeginTOTP(t.Context(), who)
	refused(t, "a second offer", err, problem.TOTPOn)
	s.clock.pass(time.Minute)
	refused(t, "the password alone", s.login(t, "olga", ""), problem.TOTPRequired)
	must(t, s.login(t, "olga", s.app(t, offer.Secret)))
	refused(t, "a session from before, elsewhere", func() error { _, err := s.sessionOf(t, elsewhere.Secret); return err }(), problem.LoginRequired)
	if state, err := s.TOTP(t.Context(), who); err != nil || !state.On || state.Codes != 10 {
		t.Errorf("state %+v, %v", state, err)
	}
}

func TestTheOfferIsAPictureOfTheSameAddress(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.user(t, "olga", access.Owner)
	_, who := s.enter(t, "olga")
	offer, err := s.BeginTOTP(t.Context(), who)
	must(t, err)
	text, ok := strings.CutPrefix(offer.QR, "data:image/png;base64,")
	raw, err := base64.StdEncoding.DecodeString(text)
	must(t, err)
	picture, err := png.Decode(bytes.NewReader(raw))
	if !ok || err != nil || picture.Bounds().Dx() != 240 {
		t.Errorf("the picture: %v, %v", ok, err)
	}
	if !strings.HasPrefix(offer.URI, "otpauth://totp/Orderbell:olga?") || !strings.Contains(offer.URI, offer.Secret) {
		t.Errorf("the address is %s", offer.URI)
	}
}

func TestACodeServesOnceAndNotForLong(t *testing.T) {
	t.Parallel()
	s := setup(t)
	secret, _ := s.withFactor(t, "olga")
	code := s.app(t, secret)
	must(t, s.login(t, "olga", code))
	refused(t, "the same code again", s.login(t, "olga", code), problem.TOTPWrong)
	s.clock.pass(30 * time.Second)
	spaced := s.app(t, secret)
	must(t, s.login(t, "olga", spaced[:3]+" "+spaced[3:]))
	late := s.app(t, secret)
	s.clock.pass(2 * time.Minute)
	refused(t, "a code of two minutes ago", s.login(t, "olga", late), problem.TOTPWrong)
	for _, nonsense := range []string{"00000", "0000000", "abcdef", "١٢٣٤٥٦", strings.Repeat("9", 64)} {
		refused(t, "the code "+nonsense, s.login(t, "olga", nonsense), problem.TOTPWrong)
		s.clock.pass(10 * time.Minute)
	}
	_, err := s.Login(t.Context(), from("192.0.2.1"), access.Login{Name: "olga", Password: other, Code: s.app(t, secret)})
	refused(t, "a good code with a wrong password", err, problem.LoginWrong)
}

func TestCodesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.withFactor(t, "olga")
	looked := 0
	for range 100 {
		if isCode(s.login(t, "olga", "000000"), problem.TOTPWrong) {
			looked++
		}
	}
	if looked > 5 {
		t.Errorf("%d codes were looked at, want at most 5", looked)
	}
}

func TestARecoveryCodeServesOnce(t *testing.T) {
	t.Parallel()
	s := setup(t)
	_, codes := s.withFactor(t, "olga")
	must(t, s.login(t, "olga", strings.ToUpper(codes[0])))
	refused(t, "the same again", s.login(t, "olga", codes[0]), problem.TOTPWrong)
	must(t, s.login(t, "olga", strings.ReplaceAll(codes[1], "-", " ")))
	_, others := s.withFactor(t, "oleg")
	refused(t, "somebody else's", s.login(t, "olga", others[0]), problem.TOTPWrong)
	if got := s.log(t)[0]; got != "session.login olga refused: totp_wrong" {
		t.Errorf("the audit log ends with %q", got)
	}
}

func TestTheSecondFactorGoesWithThePasswordOrByTheOwner(t *testing.T) {
	t.Parallel()
	s := setup(t)
	secret, codes := s.withFactor(t, "olga")
	entry, err := s.Login(t.Context(), from("192.0.2.1"), access.Login{Name: "olga", Password: good, Code: s.app(t, secret)})
	must(t, err)
	who := s.as(t, entry.Secret)
	refused(t, "switching it off with a wrong password", s.DisableTOTP(t.Context(), who, other), problem.PasswordWrong)
	must(t, s.DisableTOTP(t.Context(), who, good))
	must(t, s.login(t, "olga", ""))
	if state, err := s.TOTP(t.Context(), who); err != nil || state.On || state.Codes != 0 {
		t.Errorf("state %+v, %v; recovery codes %v", state, err, codes)
	}
	s.withFactor(t, "oleg")
	_, err = s.SetPassword(t.Context(), boss(), "oleg", good, false)
	must(t, err)
	refused(t, "a new password alone", s.login(t, "oleg", ""), problem.TOTPRequired)
	_, err = s.SetPassword(t.Context(), boss(), "oleg", good, true)
	must(t, err)
	must(t, s.login(t, "oleg", ""))
}

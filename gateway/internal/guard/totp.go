package guard

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"image/png"
	"strings"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// Time-based codes as every authenticator app has them (RFC 6238): six digits, SHA-1, 30 seconds.
const (
	totpPeriod = 30 // seconds
	totpSkew   = 1  // steps that a clock may be off
	qrSize     = 240
)

// Recovery codes of one user: 80 random bits each, so that a plain hash is enough.
const (
	recoveryCodes = 10
	recoveryBytes = 10
)

// spent is what a sign-in used up.
type spent struct {
	step int64  // of the code; 0: none
	code string // hash of the recovery code; empty: none
}

// secondFactor checks the code of a user who has a second factor.
func (g *Guard) secondFactor(_ context.Context, user *access.User, code string) (spent, error) {
	code = strings.TrimSpace(code)
	switch {
	case user.TOTP == "":
		return spent{}, nil
	case code == "":
		return spent{}, problem.Refuse(problem.TOTPRequired)
	}
	if len(plainCode(code)) > 2*6 { // a recovery code; whether there is such a one, the store knows
		return spent{code: recoveryHash(user.ID, code)}, nil
	}
	secret, err := g.Sealer.Open(user.ID, user.TOTP)
	if err != nil {
		return spent{}, &problem.Refusal{Code: problem.InternalFault, Cause: err}
	}
	step, err := g.stepOf(secret, code)
	if err != nil || step == 0 || step <= user.TOTPStep {
		return spent{}, problem.Refuse(problem.TOTPWrong)
	}
	return spent{step: step}, nil
}

// stepOf tells of which time step a code is; 0: of none that counts now.
func (g *Guard) stepOf(secret, code string) (int64, error) {
	code = plainCode(code)
	now := g.Now().Unix() / totpPeriod
	found := int64(0)
	for step := now - totpSkew; step <= now+totpSkew; step++ {
		ok, err := hotp.ValidateCustom(code, uint64(step), secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}) //nolint:gosec // positive
		if err != nil {
			return 0, err
		}
		if ok {
			found = step
		}
	}
	return found, nil
}

// BeginTOTP offers the caller a second factor. It counts only after ConfirmTOTP.
func (g *Guard) BeginTOTP(ctx context.Context, who access.Call) (access.SecondFactor, error) {
	user, err := g.self(ctx, who)
	if err != nil {
		return access.SecondFactor{}, err
	}
	if user.TOTP != "" {
		return access.SecondFactor{}, problem.Refuse(problem.TOTPOn)
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: g.Issuer, AccountName: user.Name, Period: totpPeriod, SecretSize: 20})
	if err != nil {
		return access.SecondFactor{}, err
	}
	picture, err := key.Image(qrSize, qrSize)
	if err != nil {
		return access.SecondFactor{}, err
	}
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		return access.SecondFactor{}, err
	}
	if user.NewTOTP, err = g.Sealer.Seal(user.ID, key.Secret()); err != nil {
		return access.SecondFactor{}, err
	}
	if _, err := g.Store.ChangeUser(ctx, access.UserChange{User: *user, Record: who.Record("totp.begin", user.Name)}); err != nil {
		return access.SecondFactor{}, refusal(err)
	}
	return access.SecondFactor{
		Secret: key.Secret(), URI: key.URL(), QR: "data:image/png;base64," + base64.StdEncoding.EncodeToString(file.Bytes()),
	}, nil
}

// ConfirmTOTP switches the offered second factor on, once a code proves that the app has it, and gives
// the recovery codes, this one time. All other sessions of the user end.
func (g *Guard) ConfirmTOTP(ctx context.Context, who access.Call, code string) ([]string, error) {
	user, err := g.self(ctx, who)
	switch {
	case err != nil:
		return nil, err
	case user.TOTP != "":
		return nil, problem.Refuse(problem.TOTPOn)
	case user.NewTOTP == "":
		return nil, problem.Refuse(problem.TOTPNotBegun)
	}
	try, err := g.beginTry(ctx, []access.Subject{{Key: "totp:" + user.ID, Limits: access.NameLimits()}})
	if err != nil {
		return nil, err
	}
	secret, err := g.Sealer.Open(user.ID, user.NewTOTP)
	if err != nil {
		return nil, &problem.Refusal{Code: problem.InternalFault, Cause: err}
	}
	step, err := g.stepOf(secret, code)
	if err != nil || step == 0 {
		return nil, problem.RefuseField("code", problem.TOTPWrong)
	}
	user.TOTP, user.NewTOTP, user.TOTPStep = user.NewTOTP, "", step
	codes, hashes := newRecoveryCodes(user.ID)
	_, err = g.Store.ChangeUser(ctx, access.UserChange{
		User: *user, EndAll: true, Keep: who.Session, Codes: hashes, Record: who.Record("totp.on", user.Name),
	})
	if err != nil {
		return nil, refusal(err)
	}
	return codes, unlessNil(g.Store.ForgiveTry(ctx, try))
}

// DisableTOTP switches the caller's second factor off, with the password.
func (g *Guard) DisableTOTP(ctx context.Context, who access.Call, password string) error {
	user, err := g.checkOwn(ctx, who, password)
	if err != nil {
		return err
	}
	user.TOTP, user.NewTOTP = "", ""
	_, err = g.Store.ChangeUser(ctx, access.UserChange{User: *user, Codes: []string{}, Record: who.Record("totp.off", user.Name)})
	return refusal(err)
}

// TOTP tells how it stands with the caller's second factor.
func (g *Guard) TOTP(ctx context.Context, who access.Call) (access.FactorState, error) {
	user, err := g.self(ctx, who)
	if err != nil {
		return access.FactorState{}, err
	}
	codes, err := g.Store.RecoveryCodes(ctx, user.ID)
	return access.FactorState{On: user.TOTP != "", Codes: codes}, unlessNil(err)
}

func newRecoveryCodes(userID string) (codes, hashes []string) {
	for range recoveryCodes {
		var raw [recoveryBytes]byte
		_, _ = rand.Read(raw[:]) // never fails (crypto/rand)
		text := strings.ToLower(base32.StdEncoding.EncodeToString(raw[:]))
		code := text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
		codes = append(codes, code)
		hashes = append(hashes, recoveryHash(userID, code))
	}
	return codes, hashes
}

func recoveryHash(userID, code string) string {
	return access.HashSecret(userID + " " + plainCode(code))
}

// plainCode takes out of a code what people put in to read it.
func plainCode(code string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(code))
}

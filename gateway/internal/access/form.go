package access

// Login is what somebody signs in with.
type Login struct {
	Name     string
	Password string
	Code     string // of the second factor, or a recovery code; empty: none
	Device   string // secret of the cookie of a known device; empty: none
}

// Entry is a sign-in that was let in. The secrets go into cookies and nowhere else.
type Entry struct {
	User    User
	Session Session
	Secret  string
	Device  string // secret of the known device
}

// SetupForm is what the owner is made of at the first start.
type SetupForm struct {
	Token    string // secret of the one-time link
	Local    bool   // no proxy lent a stranger this machine's address
	Device   string // secret of the cookie of a known device; empty: none
	Name     string
	Password string
	Language string // "ru" or "en"
}

// UserForm is a user as somebody fills it in.
type UserForm struct {
	Name     string
	Role     Role
	Language string // "ru" or "en"
	Password string // of a new user
	Revision int64  // that was seen, of one who is changed
}

// KeyForm is an API key as somebody asks for it.
type KeyForm struct {
	Name   string
	Scopes []Scope
	Days   int // until it expires; 0: never
}

// SecondFactor is what the user of an authenticator app needs to take up.
type SecondFactor struct {
	Secret string // base 32, to be typed in
	URI    string // otpauth://
	QR     string // the same as a picture: a PNG as a data: address
}

// FactorState is how it stands with somebody's second factor.
type FactorState struct {
	On    bool
	Codes int // recovery codes that are left
}

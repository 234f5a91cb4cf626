package message_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"unicode"

	"github.com/orderbell/orderbell/gateway/internal/message"
)

// declared reads the constants of type Reason out of the source.
func declared(t *testing.T) []message.Reason {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []message.Reason
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, message.Reason(text))
		return true
	})
	return out
}

func TestReasonsListsEveryDeclaredReason(t *testing.T) {
	t.Parallel()
	want, got := declared(t), message.Reasons()
	slices.Sort(want)
	slices.Sort(got)
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("Reasons: got %v, want %v", got, want)
	}
	for _, r := range want {
		if !r.Known() {
			t.Errorf("%s is not known", r)
		}
	}
	if message.Reason("").Known() || message.Reason("FOO").Known() {
		t.Error("a reason that is not declared is known")
	}
}

func TestPolicyOfIsTheTableOfTheArchitecture(t *testing.T) {
	t.Parallel()
	type effects = message.Effects
	tests := map[message.Reason]message.Policy{
		message.Unavailable:      {SameAccount: message.BackOff, OtherAccount: true, Effects: effects{TripBreaker: true}},
		message.RateLimited:      {SameAccount: message.BackOff, OtherAccount: true, Effects: effects{SlowDown: true}},
		message.UnknownOutcome:   {SameAccount: message.IfResending, Effects: effects{LookUp: true, HoldForPerson: true}},
		message.BadRecipient:     {SameAccount: message.Never, Effects: effects{MarkPhone: true}},
		message.BlockedRecipient: {SameAccount: message.Never, Effects: effects{SuppressContact: true}},
		message.RejectedText:     {SameAccount: message.Never, OtherAccount: true, Effects: effects{ShowText: true}},
		message.BadSender:        {SameAccount: message.Never, OtherAccount: true, Effects: effects{Alarm: true}},
		message.NoMoney:          {SameAccount: message.AfterCure, OtherAccount: true, Effects: effects{Alarm: true, StopAccount: true}},
		message.Unauthorized:     {SameAccount: message.AfterCure, OtherAccount: true, Effects: effects{Alarm: true, StopAccount: true}},
		message.PastDeadline:     {SameAccount: message.Never},
		message.Unsupported:      {SameAccount: message.Never, OtherAccount: true},
		message.Internal:         {SameAccount: message.IfResending, Effects: effects{LookUp: true, HoldForPerson: true, Alarm: true}},
		message.NoAccount:        {SameAccount: message.Never, OtherAccount: true},
		message.LimitExceeded:    {SameAccount: message.Never, Effects: effects{Alarm: true}},
		message.RuleFailed:       {SameAccount: message.Never, Effects: effects{Alarm: true}},
	}
	for _, r := range message.Reasons() {
		want, listed := tests[r]
		if !listed { // the gateway's own decisions: nothing follows
			want = message.Policy{SameAccount: message.Never}
		}
		if got := message.PolicyOf(r); got != want {
			t.Errorf("PolicyOf(%s): got %+v, want %+v", r, got, want)
		}
	}
	for _, r := range []message.Reason{"", "A_REASON_OF_TOMORROW"} {
		if got := message.PolicyOf(r); got != tests[message.Internal] {
			t.Errorf("PolicyOf(%q): got %+v, want that of INTERNAL", r, got)
		}
	}
}

func TestEveryReasonHasASentenceAndACureInBothLanguages(t *testing.T) {
	t.Parallel()
	seen := map[string]message.Reason{}
	for _, r := range declared(t) {
		for _, lang := range []string{"ru", "en"} {
			sentence, cure := message.Sentence(r, lang), message.Cure(r, lang)
			for _, text := range []string{sentence, cure} {
				if text == "" || text[len(text)-1] != '.' || isRussian(text) != (lang == "ru") {
					t.Errorf("%s in %s: %q is no sentence in that language", r, lang, text)
				}
			}
			if other, taken := seen[sentence]; taken {
				t.Errorf("%s and %s share the sentence %q", r, other, sentence)
			}
			seen[sentence] = r
		}
	}
	if message.Sentence("", "ru") != "" || message.Cure("", "en") != "" {
		t.Error("where nothing went wrong there is nothing to say")
	}
	if got, want := message.Sentence("FOO", "en"), message.Sentence(message.Internal, "en"); got != want {
		t.Errorf("a reason of tomorrow: got %q, want that of INTERNAL", got)
	}
	if message.Sentence(message.NoMoney, "RU-ru") != message.Sentence(message.NoMoney, "ru") || message.Sentence(message.NoMoney, "") != message.Sentence(message.NoMoney, "en") {
		t.Error("ru in any spelling is Russian, anything else is English")
	}
}

func TestByHandNothingIsPromisedToBeTriedAgain(t *testing.T) {
	t.Parallel()
	promises := regexp.MustCompile(`повторится|сама\.|отметьте|tried again|by itself|mark it`)
	for _, r := range declared(t) {
		for _, lang := range []string{"ru", "en"} {
			if cure := message.CureByHand(r, lang); cure == "" || cure[len(cure)-1] != '.' || promises.MatchString(cure) {
				t.Errorf("%s in %s: %q is no advice to whoever sent it by hand", r, lang, cure)
			}
		}
		if want := r == message.UnknownOutcome || r == message.Internal; r.Doubtful() != want {
			t.Errorf("%s: doubtful is %v, want %v", r, r.Doubtful(), want)
		}
	}
}

func isRussian(text string) bool {
	for _, r := range text {
		if unicode.Is(unicode.Cyrillic, r) {
			return true
		}
	}
	return false
}

package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
)

// TestARealTextIsAskedForWheneverSomebodyCanAnswer runs where the output has no colours and may go into a
// file: that tells nothing about who is there to answer.
func TestARealTextIsAskedForWheneverSomebodyCanAnswer(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string][]string{
		"ru_RU.UTF-8": {"Отправить настоящее SMS на +7999•••0001", "не отправлено"},
		"en_US.UTF-8": {"Send a real text to +7999•••0001", "not sent"},
	} {
		var out, errs bytes.Buffer
		code := Main(OS{
			Args:    []string{"account", "send", "main", "--to", "+79990000001", "--text", "hello", "--data", t.TempDir()},
			Environ: []string{"LANG=" + lang}, Stdin: strings.NewReader("n\n"), Stdout: &out, Stderr: &errs, Asks: true, Now: time.Now,
			Signals: func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(ctx) },
		})
		if code != exitFailed || !strings.Contains(errs.String(), want[0]) || !strings.Contains(errs.String(), "orderbell: "+want[1]) || out.Len() > 0 {
			t.Errorf("in %s: %d, %q, %q; want %d and %q", lang, code, out.String(), errs.String(), exitFailed, want)
		}
	}
}

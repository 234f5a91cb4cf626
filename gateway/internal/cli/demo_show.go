package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/lunch"
)

// Colours of the demo, as terminals number them.
const (
	plain  = ""
	grey   = "90"
	amber  = "33"
	green  = "32"
	red    = "31"
	strong = "1"
)

var stageWords = map[string]word{
	"sent":      {"отправлен на кухню", "sent to the kitchen"},
	"started":   {"готовится", "cooking"},
	"ready":     {"приготовлен", "ready"},
	"out":       {"забран с кухни", "taken from the kitchen"},
	"collected": {"собран", "assembled"},
	"closed":    {"закрыт", "closed"},
	"cancelled": {"отменён", "cancelled"},
}

var noteWords = map[string]word{
	lunch.NoteRepeat:   {"касса повторила событие", "the cash server repeated itself"},
	lunch.NoteJump:     {"стадии перескочили", "stages were jumped over"},
	lunch.NoteBack:     {"стадия вернулась назад", "the stage went back"},
	lunch.NoteOld:      {"вчерашнее событие из истории", "yesterday's event from the history"},
	lunch.NoteCyrillic: {"в кодировке windows-1251", "in windows-1251"},
	lunch.NoteNumeric:  {"статус числом", "the status as a number"},
	lunch.NoteCancel:   {"заказ отменили", "the order was cancelled"},
	lunch.NoteHurried:  {"гость ушёл, не оставив телефона", "the guest left without leaving a phone"},
	lunch.NoteLate:     {"телефон пришёл позже готовности", "the phone came after the stage"},
	lunch.NoteRefused:  {"без согласия на SMS", "without agreeing to texts"},
}

func (p *player) say(text string) { _, _ = io.WriteString(p.out, text) }

// paint colours a text on a terminal and leaves it alone in a pipe.
func (p *player) paint(colour, text string) string {
	if !p.Terminal || colour == plain {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// at shows the time of the lunch hour, which begins at noon.
func (p *player) at(since time.Duration) string {
	noon := time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC)
	return p.paint(grey, noon.Add(since).Format("15:04"))
}

func (p *player) showEvent(step lunch.Step, status string) {
	what := "№ " + step.Number + "  " + stageWords[step.Stage].pick(p.lang)
	colour := plain
	switch {
	case step.Note == lunch.NoteGarbage:
		what, colour = word{"оборванное событие — отложено в карантин", "a torn event: put into quarantine"}.pick(p.lang), red
	case status == "duplicate":
		colour = grey
	}
	note := ""
	if w, ok := noteWords[step.Note]; ok {
		note = "  " + p.paint(grey, "("+w.pick(p.lang)+")")
	}
	p.say(fmt.Sprintf("%s  %s  %s%s\n", p.at(step.At), word{"касса", "till "}.pick(p.lang), p.paint(colour, what), note))
}

func (p *player) showPhone(step lunch.Step) {
	note := ""
	if w, ok := noteWords[step.Note]; ok {
		note = "  " + p.paint(grey, "("+w.pick(p.lang)+")")
	}
	p.say(fmt.Sprintf("%s  %s  № %s  %s%s\n", p.at(step.At), word{"гость", "guest"}.pick(p.lang), step.Number,
		word{"оставил телефон ", "left the phone "}.pick(p.lang)+contact.StoredPhone(step.Phone).String(), note))
}

// showTexts shows what the provider was given since the last look.
func (p *player) showTexts(since time.Duration) error {
	f, err := os.Open(p.sent)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Seek(p.read, io.SeekStart); err != nil {
		return err
	}
	lines := bufio.NewReader(f)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil { // a line that is not whole yet is read next time
			return nil
		}
		p.read += int64(len(line))
		var text struct{ To, Text string }
		if err := json.Unmarshal(line, &text); err != nil {
			return fmt.Errorf("%s: %w", p.sent, err)
		}
		p.texts++
		p.say(fmt.Sprintf("%s  %s  %s  %s\n", p.at(since), p.paint(amber, "✉ SMS"), contact.StoredPhone(text.To), p.paint(strong, "«"+text.Text+"»")))
	}
}

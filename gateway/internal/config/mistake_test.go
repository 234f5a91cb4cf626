package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestMistakes reads one file for each mistake that a person can make and compares what he is told.
func TestMistakes(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/mistakes/*.yaml")
	if err != nil || len(files) < 30 {
		t.Fatalf("found %d files with mistakes (%v), want at least 30", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			told := tell(t, Sources{File: filepath.ToSlash(file)})
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(told), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), told); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// tell loads what must not load and gives the sentences in both languages.
func tell(t *testing.T, from Sources) string {
	t.Helper()
	cfg, err := Load(from)
	var faults Faults
	if !errors.As(err, &faults) || cfg != nil {
		t.Fatalf("Load(%+v) = %v, %v; want Faults and no Config", from, cfg, err)
	}
	if err.Error() != faults.Sentence("en") {
		t.Errorf("Error() = %q, want the English sentence", err.Error())
	}
	for _, f := range faults {
		if f.Problem.RU == "" || f.Problem.EN == "" || f.Source == "" {
			t.Errorf("fault %+v lacks a text or a source", f)
		}
	}
	told := faults.Sentence("ru") + "\n" + faults.Sentence("en") + "\n"
	if strings.Contains(told, "secret-word") {
		t.Errorf("a secret is in what is told: %s", told)
	}
	return told
}

func TestMistakesOutsideTheFile(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		from Sources
		want []string // English sentences, in order
	}{
		{
			name: "a file that is not there",
			from: Sources{File: "testdata/none.yaml"},
			want: []string{"testdata/none.yaml: the file cannot be read: it does not exist. " +
				"Check the path and the permissions; without a file the program serves with defaults"},
		},
		{
			name: "a folder instead of a file",
			from: Sources{File: "testdata"},
			want: []string{"testdata: the file cannot be read: it is not a regular file. " +
				"Check the path and the permissions; without a file the program serves with defaults"},
		},
		{
			name: "a variable with a bad value names the variable",
			from: Sources{Env: []string{"ORDERBELL_LOG_LEVEL=loud"}},
			want: []string{`ORDERBELL_LOG_LEVEL: log.level = "loud": there is no such value. ` +
				"Possible: trace, debug, info, warn, error"},
		},
		{
			name: "a nested variable is checked like its key",
			from: Sources{Env: []string{"ORDERBELL_NOTIFICATIONS_QUIET_HOURS_FROM=22"}},
			want: []string{`ORDERBELL_NOTIFICATIONS_QUIET_HOURS_FROM: notifications.quiet_hours.from = "22": ` +
				"this is not a time of the day. Hours and minutes: 00:00 to 23:59"},
		},
		{
			name: "a list of objects does not come from the environment",
			from: Sources{Env: []string{"ORDERBELL_ACCOUNTS=name=main,key=secret-word"}},
			want: []string{`ORDERBELL_ACCOUNTS: accounts = •••: lists of objects are not read from the environment. ` +
				"Describe it in orderbell.yaml"},
		},
		{
			name: "a secret in a variable is not told",
			from: Sources{Env: []string{"ORDERBELL_DATABASE=postgres://root:secret-word@host/x"}},
			want: []string{"ORDERBELL_DATABASE: database = •••: this version keeps its data only in SQLite, " +
				"in the data folder. Remove this line"},
		},
		{
			name: "a variable that is nearly ours",
			from: Sources{Env: []string{"ORDERBELL_LISTN=127.0.0.1:1"}},
			want: []string{"ORDERBELL_LISTN: there is no such variable. Did you mean ORDERBELL_LISTEN?"},
		},
		{
			name: "what a variable put into the file is not told, even where no secret belongs",
			from: Sources{File: "testdata/substituted.yaml", Env: []string{"WORD=secret-word"}},
			want: []string{
				`testdata/substituted.yaml:1:11: language = "${WORD}": there is no such value. Possible: ru, en`,
				`testdata/substituted.yaml:2:9: listen = "127.0.0.1:${WORD}": this is not an address of the form host:port. ` +
					"For example: 127.0.0.1:11010; ports go up to 65535",
				`testdata/substituted.yaml:4:24: accounts[0].limits.per_day = "${WORD}": a whole number within bounds is needed. ` +
					"From 1 to 1000000000",
			},
		},
		{
			name: "a flag with a bad value names the flag",
			from: Sources{Flags: Flags{Listen: "nowhere", AdminListen: "127.0.0.1:99999"}},
			want: []string{
				`--listen: listen = "nowhere": this is not an address of the form host:port. ` +
					"For example: 127.0.0.1:11010; ports go up to 65535",
				`--admin-listen: admin_listen = "127.0.0.1:99999": this is not an address of the form host:port. ` +
					"For example: 127.0.0.1:11010; ports go up to 65535",
			},
		},
		{
			name: "mistakes of all sources come together, the file's first",
			from: Sources{
				File:  "testdata/mistakes/language-unknown.yaml",
				Env:   []string{"ORDERBELL_LOG_FORMAT=xml"},
				Flags: Flags{Listen: ":x"},
			},
			want: []string{
				`testdata/mistakes/language-unknown.yaml:1:11: language = "de": there is no such value. Possible: ru, en`,
				`ORDERBELL_LOG_FORMAT: log.format = "xml": there is no such value. Possible: text, json`,
				`--listen: listen = ":x": this is not an address of the form host:port. ` +
					"For example: 127.0.0.1:11010; ports go up to 65535",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tell(t, test.from)
			_, err := Load(test.from)
			var faults Faults
			errors.As(err, &faults)
			var got []string
			for _, f := range faults {
				got = append(got, f.Sentence("en"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Load(%+v) (-want +got):\n%s", test.from, diff)
			}
		})
	}
}

// What rule.Check lets a message hold is what a template may be: 670 Cyrillic letters, 1530 Latin ones.
func TestATemplateMayBeAsLongAsAMessage(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("ж", 670) + "{order_number}{restaurant_name}", strings.Repeat("x", 1530) + "{order_number}", strings.Repeat("€", 10*76),
	} {
		cfg, err := Load(Sources{Env: []string{"ORDERBELL_NOTIFICATIONS_TEMPLATE=" + text}})
		if err != nil || cfg.Notifications.Template != text {
			t.Errorf("%.20s…: %v, want it taken", text, err)
		}
		if _, err := Load(Sources{Env: []string{"ORDERBELL_NOTIFICATIONS_TEMPLATE=" + text + "ж"}}); err == nil {
			t.Errorf("%.20s… with one letter more: taken, want it refused", text)
		}
	}
}

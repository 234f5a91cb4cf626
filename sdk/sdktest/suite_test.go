package sdktest_test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orderbell/orderbell/sdk/sdktest"
)

func TestMain(m *testing.M) { sdktest.Main(m, goodPlugin()) }

func TestAGoodProviderPasses(t *testing.T) {
	t.Parallel()
	sdktest.Run(t, goodPlugin(), trialOperator())
}

// viceVariable names the bad provider that TestVice is to run, in a child of the test binary.
const viceVariable = "ORDERBELL_SDKTEST_VICE"

// TestVice runs the suite on a bad provider and fails, as TestEachBadProviderIsCaught expects.
func TestVice(t *testing.T) {
	vice, named := vices()[os.Getenv(viceVariable)]
	if !named {
		t.Skip("runs in the children of TestEachBadProviderIsCaught")
	}
	vice.run(t)
}

func TestEachBadProviderIsCaughtWhereItIsBad(t *testing.T) {
	t.Parallel()
	for name, vice := range vices() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			arguments := []string{"-test.run=^TestVice$", "-test.v", "-test.parallel=8"}
			if !slices.Contains(vice.want, "process/starts") {
				arguments = append(arguments, "-test.short") // its fault is not one of the process
			}
			run := exec.CommandContext(t.Context(), os.Args[0], arguments...)
			run.Env = append(os.Environ(), viceVariable+"="+name)
			output, err := run.CombinedOutput()
			if (err == nil) != (vice.want == nil) {
				t.Fatalf("want it caught by %v, got %v:\n%s", vice.want, err, complaints(string(output)))
			}
			if diff := cmp.Diff(vice.want, failures(string(output))); diff != "" {
				t.Errorf("caught by (-want +got):\n%s\n%s", diff, complaints(string(output)))
			}
			if got := strings.Contains(string(output), "DOES NOT CONFORM"); got != (err != nil) {
				t.Errorf("the card says that it does not conform: %v, want the opposite", got)
			}
		})
	}
}

// failures returns the innermost failed subtests of TestVice, sorted.
func failures(output string) []string {
	var failed []string
	for _, match := range regexp.MustCompile(`--- FAIL: TestVice/(\S+)`).FindAllStringSubmatch(output, -1) {
		failed = append(failed, match[1])
	}
	inner := slices.DeleteFunc(slices.Clone(failed), func(name string) bool {
		return slices.ContainsFunc(failed, func(other string) bool { return strings.HasPrefix(other, name+"/") })
	})
	slices.Sort(inner)
	return inner
}

// complaints returns what the suite says, without its table of contents.
func complaints(output string) string {
	var lines []string
	for line := range strings.Lines(output) {
		if !strings.Contains(line, "=== ") && !strings.Contains(line, "--- PASS") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

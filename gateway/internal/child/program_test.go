//go:build unix

package child

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestFilesThatCannotRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	sum := sha256.Sum256([]byte("#!/bin/sh\n"))
	foreign := "\x7fELF\x02\x01\x01\x00" + strings.Repeat("\x00", 8) + "\x02\x00\xf3\x00\x01\x00\x00\x00" + strings.Repeat("\x00", 40)
	cases := []struct {
		name, path string
		sum        []byte
		want       FaultKind
		russian    string
	}{
		{"no such file", filepath.Join(dir, "absent"), nil, Missing, "такого файла нет"},
		{"no right to execute", write("plain", "#!/bin/sh\n", 0o644), nil, NotExecutable, "нельзя выполнить"},
		{"a folder", dir, nil, NotExecutable, "нельзя выполнить"},
		{"a text", write("text", "not a program", 0o755), nil, WrongFormat, "не программа для этого компьютера"},
		{"another CPU", write("riscv", foreign, 0o755), nil, WrongFormat, "не программа для этого компьютера"},
		{"an empty file", write("empty", "", 0o755), nil, WrongFormat, "не программа"},
		{"a wrong sum", write("swapped", "#!/bin/sh\nexit 0\n", 0o755), sum[:], SumMismatch, "другая сумма SHA-256"},
		{"writable by all", write("open", "#!/bin/sh\n", 0o777), sum[:], Writable, "могут подменить"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			spec := testSpec(t, "serve")
			spec.Path, spec.Sum = c.path, c.sum
			s := start(t, spec)
			await(t, s, "seen to fail", func(st Status) bool { return st.State == Backoff })
			var refused ErrNotServing
			_, err := s.Acquire(t.Context())
			var fault *Fault
			if !errors.As(err, &refused) || !errors.As(err, &fault) || fault.Kind != c.want {
				t.Fatalf("Acquire = %v; want ErrNotServing with %s at once", err, c.want)
			}
			if got := fault.Sentence("ru"); !strings.Contains(got, c.russian) {
				t.Errorf("sentence = %q; want %q in it", got, c.russian)
			}
			if st := s.Status(); st.Deaths != 0 {
				t.Errorf("deaths = %d; a program that never ran has not died", st.Deaths)
			}
		})
	}
}

func TestFaultHealsByItself(t *testing.T) {
	t.Parallel()
	spec := testSpec(t, "serve")
	program := spec.Path
	spec.Path = filepath.Join(t.TempDir(), "late")
	s := start(t, spec)
	await(t, s, "seen to fail", func(st Status) bool { return st.State == Backoff })
	copyFile(t, program, spec.Path)
	await(t, s, "serving", func(st Status) bool { return st.State == Serving })
}

func copyFile(t *testing.T, from, to string) []byte {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	temp := to + ".new"
	out, err := os.OpenFile(temp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(out, hash), in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temp, to); err != nil {
		t.Fatal(err)
	}
	return hash.Sum(nil)
}

// TestSwap: the wrong program leaves a mark when it runs. It must never be there, however the name is
// changed: before a restart, and all the time while the child is being restarted, by hard link (a plain
// file takes the name) and by symlink.
func TestSwap(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere the file is checked and then executed by name")
	}
	spec := testSpec(t, "serve")
	dir := t.TempDir()
	path, mark := filepath.Join(dir, "provider"), filepath.Join(dir, "mark")
	good, wrong := filepath.Join(dir, "good"), filepath.Join(dir, "wrong")
	spec.Env = append(spec.Env, "CHILD_TEST_MARK="+mark)
	spec.Sum = copyFile(t, spec.Path, good)
	copyFile(t, spec.Path, wrong)
	file, err := os.OpenFile(wrong, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(wrongTail); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	swap := func(link func(string, string) error, target string) {
		temp := path + ".link"
		_ = os.Remove(temp)
		if err := link(target, temp); err != nil {
			t.Error(err)
		}
		if err := os.Rename(temp, path); err != nil {
			t.Error(err)
		}
	}

	swap(os.Link, good)
	spec.Path = path
	s := start(t, spec)
	lease := acquire(t, s)
	if got, err := call(t, lease, "echo:right"); err != nil || got != "right" {
		t.Fatalf("the approved program: %q, %v", got, err)
	}
	swap(os.Link, wrong)
	lease.Kill("restart")
	lease.Release()
	st := await(t, s, "refused", func(st Status) bool { return st.State == Backoff })
	var fault *Fault
	if !errors.As(st.LastError, &fault) || fault.Kind != SumMismatch {
		t.Errorf("last error = %v; want %s", st.LastError, SumMismatch)
	}

	// It goes on until the right bytes have run, too: on a slow machine few starts fit into the time.
	before := s.Status().Starts
	enough, limit := time.After(3*time.Second), time.After(time.Minute)
	for running, timeIsUp := true, false; running; {
		select {
		case <-enough:
			timeIsUp = true
		case <-limit:
			running = false
		default:
			running = !timeIsUp || s.Status().Starts == before
			for _, link := range []func(string, string) error{os.Link, os.Symlink} {
				swap(link, wrong)
				swap(link, good)
			}
			if s.Status().State == Serving {
				s.Restart()
			}
		}
	}
	if _, err := os.Stat(mark); !os.IsNotExist(err) {
		t.Errorf("wrong bytes were run: %v", err)
	}
	after := s.Status().Starts
	if after == before {
		t.Error("the right bytes were never run while the name changed; the test shows nothing")
	}
	t.Logf("0 runs of wrong bytes, %d of the right ones", after-before)
}

func TestNoChildOutlivesItsHost(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, environment string }{
		{"the system's own signal", orderKey + "=serve"},
		{"the watchdog", orderKey + "=serve,CHILD_TEST_NO_SIGNAL=1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			host := exec.Command(os.Args[0])
			host.Env = append(os.Environ(), orderKey+"=host:"+c.environment)
			out, err := host.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := host.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(out).ReadString('\n')
			if err != nil {
				t.Fatalf("the host said %q, %v", line, err)
			}
			_ = host.Process.Kill()
			_ = host.Wait()
			awaitDead(t, strings.TrimSpace(line))
		})
	}
}

func TestGrandchildDiesWithIt(t *testing.T) {
	t.Parallel()
	s := start(t, testSpec(t, "serve"))
	lease := acquire(t, s)
	pid, err := call(t, lease, "grandchild")
	if runtime.GOOS != "linux" {
		t.Skipf("no grandchild here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, _ = call(t, lease, "exit")
	select {
	case <-lease.Dead():
	case <-time.After(10 * time.Second):
		t.Fatal("a grandchild that holds the pipes keeps the death from being seen")
	}
	lease.Release()
	awaitDead(t, pid)
}

// awaitDead waits until no process with the number runs; a zombie without a parent's care counts as dead.
func awaitDead(t *testing.T, pid string) {
	t.Helper()
	number, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatalf("not a process id: %q", pid)
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if syscall.Kill(number, 0) != nil || isZombie(number) {
			return
		}
	}
	t.Errorf("process %d is still there", number)
	_ = syscall.Kill(number, syscall.SIGKILL)
}

func isZombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return runtime.GOOS == "linux"
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(after, "Z")
}

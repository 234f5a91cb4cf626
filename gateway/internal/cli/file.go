package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// readInput reads a file that the user names; "-" is standard input.
func readInput(s *session, file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(s.Stdin)
	}
	body, err := os.ReadFile(file) // #nosec G304 -- the user names the file
	if err != nil {
		return nil, &fileError{file: file, err: err}
	}
	return body, nil
}

// fileError says why a file cannot be read or written: the system's own words are English.
type fileError struct {
	file    string
	err     error
	writing bool
}

// Error tells it in English.
func (e *fileError) Error() string { return e.Sentence("en") }

// Unwrap gives what the system said.
func (e *fileError) Unwrap() error { return e.err }

// Sentence tells it in the language.
func (e *fileError) Sentence(lang string) string {
	var said word
	reason := e.err
	if inner, ok := errors.AsType[*fs.PathError](e.err); ok {
		reason = inner.Err // without the name, which is told already
	}
	switch {
	case errors.Is(e.err, fs.ErrNotExist) && e.writing:
		said = word{"%q не записать: такой папки нет", "%q cannot be written: there is no such folder"}
	case errors.Is(e.err, fs.ErrNotExist):
		said = word{"файла %q нет", "there is no file %q"}
	case errors.Is(e.err, fs.ErrPermission) && e.writing:
		said = word{"%q не записать: нет права", "%q may not be written by this user"}
	case errors.Is(e.err, fs.ErrPermission):
		said = word{"файл %q не прочитать: нет права", "the file %q may not be read by this user"}
	case e.writing:
		return fmt.Sprintf(word{"%q не записать: %v", "%q cannot be written: %v"}.pick(lang), oneLine(e.file, 200), reason)
	default:
		return fmt.Sprintf(word{"%q не прочитать: %v", "%q cannot be read: %v"}.pick(lang), oneLine(e.file, 200), reason)
	}
	return fmt.Sprintf(said.pick(lang), oneLine(e.file, 200))
}

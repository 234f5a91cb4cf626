package vault

import "fmt"

// Kind says what is wrong, for callers that branch.
type Kind string

// Kinds of faults.
const (
	KeyMissing    Kind = "key_missing"    // the value was sealed by a key that is not in the folder
	Damaged       Kind = "damaged"        // changed, cut short, or moved from another place
	KeyUnreadable Kind = "key_unreadable" // a key file cannot be read or is not one
	KeyExposed    Kind = "key_exposed"    // others than the owner can read a key file
)

// Fault is every error of this package. It holds no part of a key or a value.
type Fault struct {
	Kind  Kind
	Place Place  // of the value; zero for a fault of a key file
	Path  string // of the key file or its folder
	Key   string // id of the key that is needed
	Err   error  // what the system said; may be nil
}

// Error tells it in English.
func (f *Fault) Error() string { return f.Sentence("en") }

// Unwrap gives what the system said.
func (f *Fault) Unwrap() error { return f.Err }

// Sentence tells what is wrong and what to do, in a language.
func (f *Fault) Sentence(lang string) string {
	ru, en := f.sentences()
	if lang == "en" {
		return en
	}
	return ru
}

func (f *Fault) sentences() (ru, en string) {
	switch f.Kind {
	case KeyMissing:
		return fmt.Sprintf("секрет %s зашифрован ключом %s, а его нет в папке %s. Верните папку keys из резервной копии или введите секрет заново", f.Place, f.Key, f.Path),
			fmt.Sprintf("the secret %s is sealed by key %s, which is not in %s. Put the keys folder back from a backup, or enter the secret again", f.Place, f.Key, f.Path)
	case KeyExposed:
		return fmt.Sprintf("файл ключа %s доступен не только владельцу. Закройте его: chmod 600", f.Path),
			fmt.Sprintf("others than its owner can read the key file %s. Close it: chmod 600", f.Path)
	case KeyUnreadable:
		return fmt.Sprintf("файл ключа %s не читается: %v. Верните его из резервной копии", f.Path, f.Err),
			fmt.Sprintf("the key file %s cannot be read: %v. Put it back from a backup", f.Path, f.Err)
	case Damaged:
	}
	return fmt.Sprintf("секрет %s повреждён или перенесён из другого места базы. Введите его заново", f.Place),
		fmt.Sprintf("the secret %s is damaged, or was moved there from elsewhere in the database. Enter it again", f.Place)
}

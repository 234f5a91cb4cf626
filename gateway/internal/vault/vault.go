// Package vault seals secrets that live in the database, so that who has only the database, or a copy of
// it, cannot read them. It protects against a stolen disk, backup or file; not against a program that
// runs as the gateway's own user.
//
// Sealed values are XChaCha20-Poly1305 under a key of the folder, with the key's id in front and the
// place of the value as associated data: a value that is moved to another row or column does not open.
package vault

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// Place is where a sealed value is kept.
type Place struct{ Table, Row, Column string }

// Vault seals and opens. It is made by Open and safe for concurrent use.
type Vault struct {
	folder string
	keys   map[keyID]cipher.AEAD
	newest keyID

	trouble *Fault // of a key file that could not be read; nil: none
}

// formatOne starts every sealed value: one byte, so that other formats can follow.
const formatOne = 1

const headSize = 1 + keyIDSize + chacha20poly1305.NonceSizeX

// Seal makes a value that only Open at the same place gives back. Two seals of one value differ.
func (v *Vault) Seal(at Place, value []byte) []byte {
	sealed := make([]byte, headSize, headSize+len(value)+chacha20poly1305.Overhead)
	sealed[0] = formatOne
	copy(sealed[1:], v.newest[:])
	nonce := sealed[1+keyIDSize : headSize]
	_, _ = rand.Read(nonce) // never fails
	return v.keys[v.newest].Seal(sealed, nonce, value, at.data(sealed[:1+keyIDSize]))
}

// Open gives the value that was sealed at the place. The error is a *Fault.
func (v *Vault) Open(at Place, sealed []byte) ([]byte, error) {
	if len(sealed) < headSize+chacha20poly1305.Overhead || sealed[0] != formatOne {
		return nil, &Fault{Kind: Damaged, Place: at}
	}
	var id keyID
	copy(id[:], sealed[1:])
	key, ok := v.keys[id]
	if !ok && v.trouble != nil {
		return nil, v.trouble
	}
	if !ok {
		return nil, &Fault{Kind: KeyMissing, Place: at, Path: v.folder, Key: id.String()}
	}
	value, err := key.Open(nil, sealed[1+keyIDSize:headSize], sealed[headSize:], at.data(sealed[:1+keyIDSize]))
	if err != nil {
		return nil, &Fault{Kind: Damaged, Place: at}
	}
	return value, nil
}

// data is the place as associated data. Lengths go first, so that no two places look alike.
func (p Place) data(head []byte) []byte {
	data := append([]byte("orderbell vault\x00"), head...)
	for _, part := range []string{p.Table, p.Row, p.Column} {
		data = binary.BigEndian.AppendUint32(data, uint32(len(part)))
		data = append(data, part...)
	}
	return data
}

// String names the place for an error.
func (p Place) String() string { return fmt.Sprintf("%s/%s/%s", p.Table, p.Row, p.Column) }

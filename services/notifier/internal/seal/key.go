package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

var (
	// ErrKey: the key cannot be used.
	ErrKey = errors.New("the key for stored secrets cannot be used")
	// ErrSealed: what is sealed was made with another key, or was changed.
	ErrSealed = errors.New("the secret was sealed with another key")
)

const (
	keySize = 32
	// version begins everything that is sealed, so that its form can change.
	version = 1
	keyMode = 0o600
)

// Key seals and opens. It hides itself when it is printed.
type Key struct{ gcm cipher.AEAD }

// String hides the key.
func (*Key) String() string { return "key" }

// Load reads the key of a file, 32 bytes in base64, and makes a new one when there
// is no file. Whoever loses the file loses what was sealed.
func Load(path string) (*Key, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = create(path)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(raw) != keySize {
		return nil, fmt.Errorf("%w: %s has to hold %d bytes in base64", ErrKey, path, keySize)
	}
	return New(raw)
}

// New returns the key of 32 bytes.
func New(raw []byte) (*Key, error) {
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return &Key{gcm: gcm}, nil
}

// create writes a new key, or returns the one that somebody else has just written.
func create(path string) ([]byte, error) {
	raw := make([]byte, keySize)
	_, _ = rand.Read(raw) // never fails
	text := []byte(base64.StdEncoding.EncodeToString(raw) + "\n")
	temporary, err := os.CreateTemp(filepath.Dir(path), ".key-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	_, err = temporary.Write(text)
	err = errors.Join(err, temporary.Chmod(keyMode), temporary.Sync(), temporary.Close())
	if err != nil {
		return nil, err
	}
	if err := os.Link(temporary.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path)
}

// Seal encrypts a secret under a name.
func (k *Key) Seal(name string, secret []byte) []byte {
	var noNonce []byte                                                // the cipher makes a random one and puts it in front
	return k.gcm.Seal([]byte{version}, noNonce, secret, []byte(name)) //nolint:gosec // see above
}

// Open decrypts what Seal returned for the name; anything else is [ErrSealed].
func (k *Key) Open(name string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 || sealed[0] != version {
		return nil, ErrSealed
	}
	secret, err := k.gcm.Open(nil, nil, sealed[1:], []byte(name))
	if err != nil {
		return nil, ErrSealed
	}
	return secret, nil
}

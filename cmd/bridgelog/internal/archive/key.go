package archive

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
)

// KeyFile is the name of the file that holds the key which signs exports.
const KeyFile = "export-key.pem"

// pemType marks the seed of an Ed25519 key.
const pemType = "BRIDGELOG EXPORT KEY"

// LoadKey reads the key of a file, or makes one from random and keeps it there
// with mode 0600.
func LoadKey(path string, random io.Reader) (ed25519.PrivateKey, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newKey(path, random)
	}
	if err != nil {
		return nil, fmt.Errorf("read export key: %w", err)
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != pemType || len(block.Bytes) != ed25519.SeedSize {
		return nil, fmt.Errorf("read export key: %s holds no such key", path)
	}
	return ed25519.NewKeyFromSeed(block.Bytes), nil
}

func newKey(path string, random io.Reader) (ed25519.PrivateKey, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return nil, fmt.Errorf("make export key: %w", err)
	}
	if err := client.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: seed})); err != nil {
		return nil, fmt.Errorf("make export key: %w", err)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// Fingerprint is a public key in a form to note and compare.
func Fingerprint(public []byte) string {
	sum := sha256.Sum256(public)
	return "ed25519:" + hex.EncodeToString(sum[:16])
}

// ParseKey reads a public key in base64, as it stands in a manifest.
func ParseKey(text string) (ed25519.PublicKey, error) {
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("not a public key: give the base64 text of public_key in a manifest")
	}
	return key, nil
}

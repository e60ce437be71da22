package host

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/auth"
)

// storedToken returns the token of a name that was kept in the data directory,
// and makes and keeps it the first time. The file is readable by its owner only.
func storedToken(dataDir, name string) (auth.Token, error) {
	dir := filepath.Join(dataDir, "secrets")
	path := filepath.Join(dir, name+"-token")
	content, err := os.ReadFile(path)
	if err == nil {
		token, err := auth.ParseToken(strings.TrimSpace(string(content)))
		if err != nil {
			return auth.Token{}, fmt.Errorf("read %s: %w; delete the file to get a new token", path, err)
		}
		return token, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return auth.Token{}, fmt.Errorf("read %s: %w", path, err)
	}
	token, err := auth.NewToken(rand.Reader)
	if err != nil {
		return auth.Token{}, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return auth.Token{}, fmt.Errorf("keep token %s: %w", name, err)
	}
	return token, writeSecret(path, []byte(token.Reveal()+"\n"))
}

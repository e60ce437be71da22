package private

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// cluster is the place of a server's files. Everything below root/cluster
// belongs to the account that the server runs as, the rest to this process.
type cluster struct {
	root string
	who  account
}

func (c cluster) home() string         { return filepath.Join(c.root, "cluster") }
func (c cluster) data() string         { return filepath.Join(c.home(), "data") }
func (c cluster) passwordFile() string { return filepath.Join(c.root, "password") }
func (c cluster) logFile() string      { return filepath.Join(c.root, "server.log") }

// major returns the version that made the cluster; 0 when there is none.
func (c cluster) major() (int, error) {
	text, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read version of cluster: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("read version of cluster: %w", err)
	}
	return major, nil
}

// choose returns the binaries for the cluster: those that made it, or the best
// ones when it is new. It returns [ErrVersion] when the former are not here.
func (c cluster) choose(found []Binaries) (b Binaries, fresh bool, err error) {
	major, err := c.major()
	if err != nil {
		return Binaries{}, false, err
	}
	if major == 0 {
		return found[0], true, nil
	}
	for _, b := range found {
		if b.Major == major {
			return b, false, nil
		}
	}
	return Binaries{}, false, fmt.Errorf("%w: install PostgreSQL %d, or pass --database-url: %s was made by it", ErrVersion, major, c.root)
}

// password returns the superuser's password; it is made on first use.
func (c cluster) password() (string, error) {
	text, err := os.ReadFile(c.passwordFile())
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read database password: %w", err)
	}
	secret := rand.Text()
	if err := os.WriteFile(c.passwordFile(), []byte(secret+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keep database password: %w", err)
	}
	return secret, nil
}

// create makes the cluster under another name, flushes it and moves it into
// place, so that an interrupted start leaves nothing half made.
func (c cluster) create(ctx context.Context, b Binaries, password string, unsafe bool) error {
	making := c.home() + ".new"
	if err := os.RemoveAll(making); err != nil {
		return fmt.Errorf("make database cluster: %w", err)
	}
	if err := c.fill(ctx, making, b, password); err != nil {
		return fmt.Errorf("make database cluster: %w", err)
	}
	if !unsafe {
		if err := settle(making); err != nil {
			return fmt.Errorf("make database cluster: %w", err)
		}
	}
	if err := os.RemoveAll(c.home()); err != nil {
		return fmt.Errorf("make database cluster: %w", err)
	}
	if err := os.Rename(making, c.home()); err != nil {
		return fmt.Errorf("make database cluster: %w", err)
	}
	return nil
}

func (c cluster) fill(ctx context.Context, home string, b Binaries, password string) error {
	if err := os.Mkdir(home, 0o700); err != nil {
		return err
	}
	secret := filepath.Join(home, "secret")
	if err := os.WriteFile(secret, []byte(password+"\n"), 0o600); err != nil {
		return err
	}
	if err := c.who.own(secret); err != nil {
		return err
	}
	if err := c.who.own(home); err != nil {
		return err
	}
	if err := c.initdb(ctx, home, b, "C.UTF-8"); err != nil {
		// Not every system knows the locale; plain C folds only ASCII letters.
		if err := os.RemoveAll(filepath.Join(home, "data")); err != nil {
			return err
		}
		if again := c.initdb(ctx, home, b, "C"); again != nil {
			return err
		}
	}
	return os.Remove(secret)
}

func (c cluster) initdb(ctx context.Context, home string, b Binaries, ctype string) error {
	// The kernel ends the child with the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, filepath.Join(b.Dir, "initdb")) //nolint:gosec // FindBinaries found it.
	place, opened, err := attach(cmd, c.who, home)
	if err != nil {
		return err
	}
	if opened != nil {
		defer opened.Close() //nolint:errcheck // Opened for reading.
	}
	cmd.Args = append(cmd.Args, "-D", place+"/data", "-U", superuser, "--pwfile", place+"/secret",
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--lc-ctype="+ctype, "--no-sync", "--no-instructions")
	cmd.Env = environment()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, lastLines(out.String()))
	}
	return nil
}

// environment keeps settings of other servers (PGDATA, PGPORT and so on) and
// the locale of the caller out.
func environment() []string {
	env := []string{"LC_ALL=C", "TZ=UTC"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// lastLines returns the end of a program's output as one line.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > 5 {
		lines = lines[len(lines)-5:]
	}
	return strings.Join(lines, "; ")
}

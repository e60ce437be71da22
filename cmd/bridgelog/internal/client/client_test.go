package client_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func dirsIn(t *testing.T) client.Dirs {
	t.Helper()
	root := t.TempDir()
	return client.Dirs{
		Config: filepath.Join(root, "config"), State: filepath.Join(root, "state"), Data: filepath.Join(root, "data"),
	}
}

func env(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func writeEndpoints(t *testing.T, dir, content string) {
	t.Helper()
	if err := client.WriteFile(filepath.Join(dir, client.EndpointsFile), []byte(content)); err != nil {
		t.Fatal(err)
	}
}

func TestFindDirs(t *testing.T) {
	dirs, err := client.FindDirs(env(map[string]string{"HOME": "/home/ada", "XDG_STATE_HOME": "/var/state"}))
	want := client.Dirs{
		Config: "/home/ada/.config/bridgelog", State: "/var/state/bridgelog", Data: "/home/ada/.local/share/bridgelog",
	}
	if err != nil || dirs != want {
		t.Errorf("%+v, %v; want %+v", dirs, err, want)
	}
	if _, err := client.FindDirs(env(nil)); err == nil {
		t.Error("no HOME and no directories: want an error")
	}
}

// TestResolutionOrder adds one source after the other, the weakest first.
func TestResolutionOrder(t *testing.T) {
	dirs := dirsIn(t)
	vars := map[string]string{}
	var o client.Options
	check := func(name, server, token string, obvious bool) {
		t.Helper()
		target, err := client.Resolve(o, dirs, env(vars))
		if err != nil {
			t.Fatal(err)
		}
		if target.Name != name || target.Server != server || target.Token != token || target.Obvious != obvious {
			t.Errorf("got %+v, want name %q, server %q, token %q, obvious %t", target, name, server, token, obvious)
		}
	}
	check("this machine", "", "", true)
	writeEndpoints(t, dirs.Data, `{"grpc": "127.0.0.1:7420", "token": "local"}`)
	check("this machine", "127.0.0.1:7420", "local", true)

	contexts := client.Contexts{Current: "prod"}
	if err := contexts.Put(client.Context{Name: "prod", Server: "ops.example:7420", Token: "ctx"}); err != nil {
		t.Fatal(err)
	}
	if err := contexts.Put(client.Context{Name: "lab", Server: "https://lab.example", Token: "lab"}); err != nil {
		t.Fatal(err)
	}
	if err := contexts.Save(dirs); err != nil {
		t.Fatal(err)
	}
	check("prod", "ops.example:7420", "ctx", false)
	vars["BRIDGELOG_SERVER"] = "env.example"
	check("env.example:7420", "env.example:7420", "", false)
	vars["BRIDGELOG_TOKEN"] = "envtoken"
	check("env.example:7420", "env.example:7420", "envtoken", false)
	o.Context = "lab"
	check("lab", "lab.example:443", "envtoken", false)
	o.Server, o.Token = "[::1]:99", "flag"
	check("[::1]:99", "[::1]:99", "flag", false)
}

func TestExplicitDataDirWinsOverContext(t *testing.T) {
	dirs := dirsIn(t)
	contexts := client.Contexts{Current: "prod", Contexts: []client.Context{{Name: "prod", Server: "ops.example"}}}
	if err := contexts.Save(dirs); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	writeEndpoints(t, other, `{"grpc": "127.0.0.1:9", "demo": true}`)
	target, err := client.Resolve(client.Options{DataDir: other}, dirs, env(nil))
	if err != nil || target.Server != "127.0.0.1:9" || target.Obvious || !target.Demo {
		t.Errorf("%+v, %v", target, err)
	}
}

func TestEncryption(t *testing.T) {
	dirs := dirsIn(t)
	for server, plaintext := range map[string]bool{
		"127.0.0.1:7420": true, "localhost": true, "[::1]:7420": true, "::1": true, "http://ops.example:80": true,
		"https://127.0.0.1:7420": false, "ops.example:7420": false, "https://ops.example": false, "10.0.0.1": false,
	} {
		target, err := client.Resolve(client.Options{Server: server}, dirs, env(nil))
		if err != nil || target.Plaintext != plaintext {
			t.Errorf("%s: plaintext %t, %v; want %t", server, target.Plaintext, err, plaintext)
		}
	}
	if target, _ := client.Resolve(client.Options{Server: "localhost", TLS: true}, dirs, env(nil)); target.Plaintext {
		t.Error("--tls on loopback: want encryption")
	}
	for _, bad := range []string{"ftp://x", "https://", "a b", "https://x/path", ":7420", "user@host:1"} {
		if _, err := client.Resolve(client.Options{Server: bad}, dirs, env(nil)); !errors.Is(err, client.ErrAddress) {
			t.Errorf("%q: %v, want ErrAddress", bad, err)
		}
	}
}

func TestContextsFile(t *testing.T) {
	dirs := dirsIn(t)
	var contexts client.Contexts
	if err := contexts.Put(client.Context{Name: "a/b", Server: "x"}); !errors.Is(err, client.ErrContextName) {
		t.Errorf("bad name: %v", err)
	}
	if err := contexts.Put(client.Context{Name: "a", Server: "x", Token: "secret"}); err != nil {
		t.Fatal(err)
	}
	if err := contexts.Put(client.Context{Name: "a", Server: "y"}); err != nil {
		t.Fatal(err)
	}
	contexts.Current = "a"
	if err := contexts.Save(dirs); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dirs.Config, "contexts.yaml"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	loaded, err := client.LoadContexts(dirs)
	if err != nil || len(loaded.Contexts) != 1 || loaded.Contexts[0].Server != "y" || loaded.Current != "a" {
		t.Errorf("loaded %+v, %v", loaded, err)
	}
	if err := loaded.Remove("a"); err != nil || loaded.Current != "" || len(loaded.Contexts) != 0 {
		t.Errorf("after remove %+v, %v", loaded, err)
	}
	if err := loaded.Remove("a"); !errors.Is(err, client.ErrNoContext) {
		t.Errorf("remove twice: %v", err)
	}
}

func TestConnectSaysSoonThatNothingAnswers(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err = client.Connect(ctx, client.Target{Server: addr, Plaintext: true})
	if !errors.Is(err, client.ErrUnreachable) {
		t.Errorf("closed port: %v, want ErrUnreachable", err)
	}
	if _, err = client.Connect(t.Context(), client.Target{Name: "this machine"}); !errors.Is(err, client.ErrUnreachable) {
		t.Errorf("nothing runs: %v, want ErrUnreachable", err)
	}
}

func TestDamagedEndpoints(t *testing.T) {
	dir := t.TempDir()
	if _, err := client.ReadEndpoints(dir); !errors.Is(err, client.ErrNotRunning) {
		t.Errorf("no file: %v", err)
	}
	for _, content := range []string{"{", "{}", "[]"} {
		writeEndpoints(t, dir, content)
		if _, err := client.ReadEndpoints(dir); err == nil || errors.Is(err, client.ErrNotRunning) {
			t.Errorf("%s: %v, want a complaint about the file", content, err)
		}
	}
}

package client

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
)

// DefaultPort is the port of the gRPC door when an address names none.
const DefaultPort = "7420"

// ErrAddress: the text is not the address of a server.
var ErrAddress = errors.New("not a server address: use HOST:PORT or https://HOST:PORT")

// Options are what a person said about the system to use.
type Options struct {
	// Server, Token, Context, DataDir and TLS are the global flags.
	Server, Token, Context, DataDir string
	// TLS demands encryption.
	TLS bool
	// CAFile is a file of certificates to trust instead of the machine's.
	CAFile string
}

// Target is one system and how to reach it.
type Target struct {
	// Name is how people know it: a context's name, the address, or "this machine".
	Name string
	// Key names the system in files of the state directory.
	Key string
	// Server is host:port; empty when nothing runs on this machine.
	Server string
	// Token is the bearer token; may be empty.
	Token string
	// Plaintext is true when the connection is not encrypted.
	Plaintext bool
	// CAFile is a file of certificates to trust instead of the machine's.
	CAFile string
	// Obvious is true when nobody could have meant another system.
	Obvious bool
	// Demo is true when the system holds made-up data.
	Demo bool
	// DataDir is the data directory of a system on this machine; else empty.
	DataDir string
	// Console is the URL of its console, if known.
	Console string
	// Intake is the URL of its doors for alerts, if known.
	Intake string
}

// StatePath is a file of the state directory about the system; what says about
// which of its matters.
func (t Target) StatePath(dirs Dirs, what string) string {
	sum := sha256.Sum256([]byte(t.Key))
	return filepath.Join(dirs.State, what+"-"+hex.EncodeToString(sum[:8]))
}

// Resolve finds the target in the order that the package's comment gives. A
// local system that does not run has an empty Server and is no error.
func Resolve(o Options, dirs Dirs, getenv func(string) string) (Target, error) {
	target, err := choose(o, dirs, getenv)
	if err != nil {
		return Target{}, err
	}
	if token := firstOf(o.Token, getenv("BRIDGELOG_TOKEN")); token != "" {
		target.Token = token
	}
	if o.CAFile != "" {
		target.CAFile = o.CAFile
	}
	if o.TLS || target.CAFile != "" {
		target.Plaintext = false
	}
	return target, nil
}

func choose(o Options, dirs Dirs, getenv func(string) string) (Target, error) {
	switch {
	case o.Server != "":
		return address(o.Server)
	case o.Context != "":
		return named(o.Context, dirs)
	case o.DataDir != "":
		return local(o.DataDir, dirs)
	case getenv("BRIDGELOG_SERVER") != "":
		return address(getenv("BRIDGELOG_SERVER"))
	}
	contexts, err := LoadContexts(dirs)
	if err != nil {
		return Target{}, err
	}
	if name := firstOf(getenv("BRIDGELOG_CONTEXT"), contexts.Current); name != "" {
		return named(name, dirs)
	}
	return local(dirs.Data, dirs)
}

// address is a target that a person named by its address.
func address(text string) (Target, error) {
	server, plaintext, err := parseAddress(text)
	if err != nil {
		return Target{}, err
	}
	return Target{Name: server, Key: "server:" + server, Server: server, Plaintext: plaintext}, nil
}

func named(name string, dirs Dirs) (Target, error) {
	contexts, err := LoadContexts(dirs)
	if err != nil {
		return Target{}, err
	}
	context, err := contexts.Find(name)
	if err != nil {
		return Target{}, err
	}
	server, plaintext, err := parseAddress(context.Server)
	if err != nil {
		return Target{}, fmt.Errorf("context %q: %w", name, err)
	}
	return Target{
		Name: name, Key: "context:" + name, Server: server, Token: context.Token,
		Plaintext: plaintext && !context.TLS, CAFile: context.CAFile,
	}, nil
}

func local(dir string, dirs Dirs) (Target, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return Target{}, fmt.Errorf("find data directory: %w", err)
	}
	target := Target{
		Name: "this machine", Key: "local:" + absolute, Plaintext: true, DataDir: absolute, Obvious: true,
	}
	if absolute != dirs.Data {
		target.Name, target.Obvious = absolute, false
	}
	endpoints, err := ReadEndpoints(absolute)
	if errors.Is(err, ErrNotRunning) {
		return target, nil
	}
	if err != nil {
		return Target{}, err
	}
	target.Server, target.Token = endpoints.GRPC, endpoints.Token
	target.Demo, target.Console, target.Intake = endpoints.Demo, endpoints.Console, endpoints.Intake
	return target, nil
}

// parseAddress splits what a person typed into host:port and whether the
// connection is in plain text: on loopback, or when http:// asks for it.
func parseAddress(text string) (server string, plaintext bool, err error) {
	rest, scheme := strings.TrimSpace(text), ""
	if strings.Contains(rest, "://") {
		u, err := url.Parse(rest)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
			return "", false, fmt.Errorf("%q: %w", text, ErrAddress)
		}
		rest, scheme = u.Host, u.Scheme
	}
	host, port, err := net.SplitHostPort(rest)
	if err != nil {
		host, port = strings.Trim(rest, "[]"), DefaultPort
		if scheme == "https" {
			port = "443"
		}
	}
	if host == "" || port == "" || strings.ContainsAny(host, " /@?#[]%") || strings.Contains(host, ":") && net.ParseIP(host) == nil {
		return "", false, fmt.Errorf("%q: %w", text, ErrAddress)
	}
	return net.JoinHostPort(host, port), scheme == "http" || scheme == "" && loopback(host), nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

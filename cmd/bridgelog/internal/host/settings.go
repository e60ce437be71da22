package host

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/bridgelog/bridgelog/pkg/natsserver"
)

// Default ports on the loopback interface.
const (
	portGRPC       = 7420
	portStatuspage = 7422
	portIntake     = 7423
	portHealth     = 7424
	portNATS       = 7425
	portAPI        = 7426
)

// Ports says which ports `up` listens on.
const (
	portsDefault = "default"
	portsAuto    = "auto"
)

// minLogBytes is the smallest log that makes sense.
const minLogBytes = 1 << 20

// Settings is the configuration of `up` and `serve`. Defaults stand in
// [DefaultSettings]; every field is a flag, and every flag has an environment
// variable.
type Settings struct {
	// DataDir keeps everything that has to survive a restart.
	DataDir string
	// Ports is "default" or "auto".
	Ports string
	// Listen is the address that all listeners bind to.
	Listen string
	// PublicURL is where customers read the status page; empty: where it listens.
	PublicURL string
	// NATSURL is an external NATS; empty: an embedded one (`up` only).
	NATSURL string
	// NATSPasswords are the passwords of our users at an external NATS, by user;
	// see deploy/nats. A user without one connects by the login of NATSURL. With
	// those of system and bootstrap, the log is created and attested. Secrets.
	NATSPasswords map[natsserver.User]string
	// NATSReplicas is how many servers keep each stream that is created: 1 or 3.
	NATSReplicas int
	// DatabaseURL is an external Postgres; empty: a private one (`up` only).
	DatabaseURL string
	// LogMaxBytes bounds the log, which refuses appends beyond it; 0: by the room
	// on the disk.
	LogMaxBytes int64
	// AllowPrivateReceivers lets webhooks and mails go to private addresses, as CIDR
	// ranges.
	AllowPrivateReceivers []string
	// CommandServer is the gRPC address of command, for services in another
	// process.
	CommandServer string
	// ServiceToken is what services show to command. A secret.
	ServiceToken string
	// BootstrapToken is created as an admin token when it is not there. A secret.
	BootstrapToken string
	// AllowUnattested lets services run on a log whose durability nobody has
	// checked. For tests.
	AllowUnattested bool
	// LogLevel is debug, info, warn or error.
	LogLevel string
	// StopTimeout bounds a clean stop.
	StopTimeout time.Duration
}

// DefaultSettings are those of a laptop with nothing configured.
func DefaultSettings() Settings {
	return Settings{
		DataDir:      DefaultDataDir(),
		Ports:        portsDefault,
		Listen:       "127.0.0.1",
		NATSReplicas: 1,
		LogLevel:     "warn",

		NATSPasswords: map[natsserver.User]string{},
		StopTimeout:   10 * time.Second,
	}
}

// DefaultDataDir is $XDG_DATA_HOME/bridgelog, or ~/.local/share/bridgelog.
func DefaultDataDir() string {
	if base := os.Getenv("XDG_DATA_HOME"); base != "" {
		return filepath.Join(base, "bridgelog")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return filepath.Join(os.TempDir(), "bridgelog")
	}
	return filepath.Join(home, ".local", "share", "bridgelog")
}

// secretFlags are never printed.
func isSecret(flag string) bool {
	return flag == "service-token" || flag == "bootstrap-token" || strings.HasPrefix(flag, passwordPrefix) && flag != "nats-url" && flag != "nats-replicas"
}

// passwordPrefix begins the flags with passwords of NATS users: "nats-command".
const passwordPrefix = "nats-"

// natsUsers are the users of an external NATS in the order of the flags.
func natsUsers() []natsserver.User {
	return []natsserver.User{
		natsserver.UserSystem, natsserver.UserBootstrap, natsserver.UserCommand, natsserver.UserReader, natsserver.UserNotifier,
		natsserver.UserIntake, natsserver.UserPublisher, natsserver.UserStatusPage,
	}
}

func bindPasswords(flags *pflag.FlagSet, passwords map[natsserver.User]string) {
	for _, user := range natsUsers() {
		flags.Func(passwordPrefix+string(user), "password of the user "+string(user)+" at an external NATS", func(value string) error {
			passwords[user] = value
			return nil
		})
	}
}

// bind adds the settings to a command's flags.
func (s *Settings) bind(flags *pflag.FlagSet) {
	flags.StringVar(&s.DataDir, "data-dir", s.DataDir, "directory that keeps everything")
	flags.StringVar(&s.Ports, "ports", s.Ports, "\"default\" or \"auto\" (any free ports, see endpoints.json)")
	flags.StringVar(&s.Listen, "listen", s.Listen, "address to listen on")
	flags.StringVar(&s.PublicURL, "public-url", s.PublicURL, "where customers read the status page")
	flags.StringVar(&s.NATSURL, "nats-url", s.NATSURL, "an external NATS instead of the embedded one")
	bindPasswords(flags, s.NATSPasswords)
	flags.IntVar(&s.NATSReplicas, "nats-replicas", s.NATSReplicas, "servers that keep each stream: 1 or 3")
	flags.StringVar(&s.DatabaseURL, "database-url", s.DatabaseURL, "an external Postgres instead of a private one")
	flags.Int64Var(&s.LogMaxBytes, "log-max-bytes", s.LogMaxBytes, "largest size of the log in bytes; 0: by the room on the disk")
	flags.StringSliceVar(&s.AllowPrivateReceivers, "allow-private-receivers", s.AllowPrivateReceivers, "private address ranges that webhooks and mails may go to, for example 10.0.0.0/8")
	flags.StringVar(&s.CommandServer, "command-server", s.CommandServer, "gRPC address of the command service, when it runs elsewhere")
	flags.StringVar(&s.ServiceToken, "service-token", s.ServiceToken, "token that services show to command")
	flags.StringVar(&s.BootstrapToken, "bootstrap-token", s.BootstrapToken, "token that becomes an admin's when it is not known yet")
	flags.BoolVar(&s.AllowUnattested, "allow-unattested", s.AllowUnattested, "run although nobody has checked that the log is durable (tests only)")
	flags.StringVar(&s.LogLevel, "log-level", s.LogLevel, "debug, info, warn or error")
	flags.DurationVar(&s.StopTimeout, "stop-timeout", s.StopTimeout, "how long a clean stop may take")
}

// Validate names the first setting that cannot be used.
func (s *Settings) Validate() error {
	switch {
	case s.DataDir == "":
		return &SettingError{"data-dir", "is empty: give a directory"}
	case s.Ports != portsDefault && s.Ports != portsAuto:
		return &SettingError{"ports", fmt.Sprintf("is %q: give \"default\" or \"auto\"", s.Ports)}
	case net.ParseIP(s.Listen) == nil:
		return &SettingError{"listen", fmt.Sprintf("is %q: give an IP address such as 127.0.0.1", s.Listen)}
	case s.NATSReplicas != 1 && s.NATSReplicas != 3:
		return &SettingError{"nats-replicas", "must be 1 or 3"}
	case s.LogMaxBytes != 0 && s.LogMaxBytes < minLogBytes:
		return &SettingError{"log-max-bytes", fmt.Sprintf("must be 0 or at least %d (1 MiB)", minLogBytes)}
	}
	for _, address := range []struct{ name, value string }{
		{"nats-url", s.NATSURL}, {"database-url", s.DatabaseURL}, {"public-url", s.PublicURL},
	} {
		if err := validateURL(address.name, address.value); err != nil {
			return err
		}
	}
	return nil
}

func validateURL(name, value string) error {
	if value == "" {
		return nil
	}
	parsed, err := url.Parse(value)
	if err != nil || parsed.Scheme == "" || parsed.Host == "" && parsed.RawQuery == "" {
		return &SettingError{name, "is not a URL with a scheme and a host"}
	}
	return nil
}

// address is where one listener binds: the default port, or any free one.
func (s *Settings) address(port int) string {
	if s.Ports == portsAuto {
		port = 0
	}
	return net.JoinHostPort(s.Listen, strconv.Itoa(port))
}

// receivers are the private ranges that webhooks and mails may go to.
func (s *Settings) receivers() ([]netip.Prefix, error) {
	var ranges []netip.Prefix
	for _, text := range s.AllowPrivateReceivers {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, &SettingError{"allow-private-receivers", fmt.Sprintf("%q is not a range of addresses such as 10.0.0.0/8", text)}
		}
		ranges = append(ranges, prefix)
	}
	return ranges, nil
}

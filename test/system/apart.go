package system

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
)

// Meeting is the NATS that services apart meet at: one server or a cluster, both
// of package natstest.
type Meeting interface {
	// URL is where a user reaches it, the login included; several addresses are
	// separated by commas.
	URL(user natsserver.User) string
}

// Apart is the services as processes of their own around one NATS and one
// Postgres, as a deployment runs them.
type Apart struct {
	// Token is the admin's.
	Token string
	// Database is the Postgres that they share.
	Database *pgtest.Outage

	binary string
	subnet string
	count  int
	shared []string
	rights map[string][]string
}

// NewApart prepares a deployment at a NATS with the given number of replicas;
// nothing runs yet.
func NewApart(t testing.TB, meeting Meeting, replicas int) *Apart {
	t.Helper()
	admin, services := newToken(t), newToken(t)
	a := &Apart{
		Token: admin.Reveal(), Database: pgtest.NewOutage(t), binary: Binary(t),
		subnet: fmt.Sprintf("127.%d.%d", 1+mathrand.IntN(250), mathrand.IntN(250)), rights: map[string][]string{},
	}
	addresses, _ := split(t, meeting.URL(natsserver.UserReader))
	a.shared = append(outside(),
		"BRIDGELOG_NATS_URL="+addresses, fmt.Sprintf("BRIDGELOG_NATS_REPLICAS=%d", replicas),
		"BRIDGELOG_LOG_MAX_BYTES=1073741824", "BRIDGELOG_DATABASE_URL="+a.Database.URL(),
		"BRIDGELOG_BOOTSTRAP_TOKEN="+a.Token, "BRIDGELOG_SERVICE_TOKEN="+services.Reveal(),
		"BRIDGELOG_COMMAND_SERVER="+a.address(1)+":7420")
	for service, users := range usersOf() {
		for _, user := range users {
			_, password := split(t, meeting.URL(user))
			a.rights[service] = append(a.rights[service], "BRIDGELOG_NATS_"+strings.ToUpper(string(user))+"="+password)
		}
	}
	return a
}

// usersOf are the users of NATS that each service connects as.
func usersOf() map[string][]natsserver.User {
	return map[string][]natsserver.User{
		"command":    {natsserver.UserSystem, natsserver.UserBootstrap, natsserver.UserCommand},
		"timeline":   {natsserver.UserReader},
		"notifier":   {natsserver.UserNotifier},
		"statuspage": {natsserver.UserReader, natsserver.UserPublisher, natsserver.UserStatusPage},
		"intake":     {natsserver.UserIntake},
	}
}

// Service is one process of a deployment.
type Service struct {
	process

	// Name is the service that it runs.
	Name string
	// Host is its loopback address, where it listens on the default ports.
	Host string

	env []string
	dir string
}

// Serve starts one more process that runs a service and waits until it is ready.
// The first one has to be command, which creates the log; it is the one that
// intake speaks to. The process ends with the test.
func (a *Apart) Serve(t testing.TB, name string) *Service {
	t.Helper()
	a.count++
	s := &Service{
		process: process{name: name, binary: a.binary}, Name: name, Host: a.address(a.count),
		env: a.Environment(name), dir: dataDir(t),
	}
	s.Start(t)
	t.Cleanup(s.end)
	return s
}

// Environment is what a service is given, as NAME=value, except where it listens
// and keeps its data.
func (a *Apart) Environment(service string) []string {
	return append(slices.Clip(a.shared), a.rights[service]...)
}

// Set changes one NAME=value of what services are given that start later.
func (a *Apart) Set(assignment string) { a.shared = append(a.shared, assignment) }

func (a *Apart) address(n int) string { return fmt.Sprintf("%s.%d", a.subnet, n) }

// Start runs the process again at the same address, with more NAME=value of the
// environment, and waits until it is ready.
func (s *Service) Start(t testing.TB, env ...string) {
	t.Helper()
	env = append(slices.Clip(s.env), env...)
	s.launch(t, append(env, "BRIDGELOG_LISTEN="+s.Host, "BRIDGELOG_DATA_DIR="+s.dir), "serve", s.Name)
	s.awaitReady(t)
}

// GRPC is HOST:PORT of its gRPC door.
func (s *Service) GRPC() string { return s.Host + ":7420" }

// Health is the URL of its health, metrics and profiles.
func (s *Service) Health() string { return "http://" + s.Host + ":7424" }

// Running tells whether the process has not ended.
func (s *Service) Running() bool {
	select {
	case <-s.exited:
		return false
	default:
		return true
	}
}

// Try runs a client command as the admin against a service.
func (a *Apart) Try(t testing.TB, s *Service, args ...string) Result {
	t.Helper()
	return try(t, s.GRPC(), a.Token, s.dir, args)
}

func newToken(t testing.TB) auth.Token {
	t.Helper()
	token, err := auth.NewToken(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// split takes the login out of the addresses of a NATS.
func split(t testing.TB, urls string) (addresses, password string) {
	t.Helper()
	var bare []string
	for one := range strings.SplitSeq(urls, ",") {
		parsed, err := url.Parse(one)
		if err != nil {
			t.Fatalf("the address of NATS: %v", err)
		}
		password, _ = parsed.User.Password()
		parsed.User = nil
		bare = append(bare, parsed.String())
	}
	return strings.Join(bare, ","), password
}

// outside is the environment of this process without our own settings.
func outside() []string {
	var kept []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "BRIDGELOG_") {
			kept = append(kept, variable)
		}
	}
	return kept
}

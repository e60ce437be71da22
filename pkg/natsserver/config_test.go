package natsserver

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
)

// TestDeployedPermissionsAreTheEmbeddedOnes holds deploy/nats against this
// package: what one of them allows, the other must allow too.
func TestDeployedPermissionsAreTheEmbeddedOnes(t *testing.T) {
	env := map[string]string{
		"NAME": "n1", "LISTEN": "127.0.0.1:4222", "STORE": t.TempDir(), "ROUTE": "proute",
		"CLUSTER_LISTEN": "127.0.0.1:6222", "ROUTES": "[nats://127.0.0.1:6223]",
	}
	for _, user := range Users() {
		env[strings.ToUpper(string(user))] = "p" + string(user)
	}
	for name, value := range env {
		t.Setenv("BRIDGELOG_NATS_"+name, value)
	}
	for _, file := range []string{"single.conf", "cluster.conf"} {
		opts, err := server.ProcessConfigFile(filepath.Join("..", "..", "deploy", "nats", file))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if !opts.SyncAlways || opts.StoreDir != env["STORE"] || opts.SystemAccount != systemAccount || opts.MaxPayload != 1<<20 {
			t.Errorf("%s: sync always %v, store %q, system account %q, payload %d", file, opts.SyncAlways, opts.StoreDir, opts.SystemAccount, opts.MaxPayload)
		}
		checkUsers(t, file, opts.Users)
	}
}

func checkUsers(t *testing.T, file string, users []*server.User) {
	t.Helper()
	want := permissions()
	for _, u := range users {
		allowed, ok := want[User(u.Username)]
		if !ok {
			t.Errorf("%s: user %s is unknown here", file, u.Username)
			continue
		}
		delete(want, User(u.Username))
		if got, want := u.Account.Name, accountOf(User(u.Username)); got != want {
			t.Errorf("%s: %s is in account %s, embedded in %s", file, u.Username, got, want)
		}
		if got := sortedSet(u.Permissions.Publish.Allow); !slices.Equal(got, sortedSet(allowed)) {
			t.Errorf("%s: %s may publish\n%v, embedded\n%v", file, u.Username, got, sortedSet(allowed))
		}
		if got := u.Permissions.Subscribe.Allow; !slices.Equal(got, []string{inboxPrefix(User(u.Username)) + ".>"}) {
			t.Errorf("%s: %s may subscribe to %v", file, u.Username, got)
		}
		if len(u.Permissions.Publish.Deny)+len(u.Permissions.Subscribe.Deny) > 0 {
			t.Errorf("%s: %s has deny rules", file, u.Username)
		}
	}
	for user := range want {
		t.Errorf("%s: user %s is missing", file, user)
	}
}

func sortedSet(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

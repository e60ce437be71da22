package natsserver

import (
	"crypto/rand"

	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/crypto/bcrypt"
)

// User is an identity that may connect.
type User string

// The users of the embedded server.
const (
	// UserSystem is in the system account: it sees the servers' settings, which
	// the bootstrap attests, and no stream.
	UserSystem User = "system"
	// UserBootstrap creates and changes the streams.
	UserBootstrap User = "bootstrap"
	// UserCommand appends to the log and erases what was redacted.
	UserCommand User = "command"
	// UserReader reads the log and nothing else: timeline and the
	// commands that verify and export.
	UserReader User = "reader"
	// UserNotifier reads the log and keeps the mark of what was sent.
	UserNotifier User = "notifier"
	// UserIntake keeps raw signals and the last pings of heartbeats.
	UserIntake User = "intake"
	// UserPublisher makes the stream of public documents, writes and erases them. It
	// is in an account of its own with [UserStatusPage] and cannot see the log.
	UserPublisher User = "publisher"
	// UserStatusPage reads the public documents and can see nothing else.
	UserStatusPage User = "statuspage"
)

const (
	mainAccount   = "BRIDGELOG"
	publicAccount = "PUBLIC"
	systemAccount = "SYS"
)

// accountOf is where a user lives. Accounts share no subject: what customers can
// read is on the other side of a wall, whatever the permissions say.
func accountOf(user User) string {
	switch user {
	case UserSystem:
		return systemAccount
	case UserPublisher, UserStatusPage:
		return publicAccount
	case UserBootstrap, UserCommand, UserReader, UserNotifier, UserIntake:
	}
	return mainAccount
}

// inboxPrefix is where a user's replies arrive: no other user may listen there.
func inboxPrefix(user User) string { return "_INBOX." + string(user) }

// newSecrets makes a password for each user; they live as long as the process.
func newSecrets() map[User]string {
	secrets := make(map[User]string)
	for user := range permissions() {
		secrets[user] = rand.Text()
	}
	return secrets
}

func addUsers(o *server.Options, secrets map[User]string) {
	accounts := map[string]*server.Account{}
	for _, name := range []string{mainAccount, publicAccount, systemAccount} {
		accounts[name] = server.NewAccount(name)
		o.Accounts = append(o.Accounts, accounts[name])
	}
	o.SystemAccount = systemAccount
	for user, publish := range permissions() {
		u := &server.User{Username: string(user), Password: hashed(secrets[user]), Account: accounts[accountOf(user)]}
		u.Permissions = &server.Permissions{
			Publish:   &server.SubjectPermission{Allow: publish},
			Subscribe: &server.SubjectPermission{Allow: []string{inboxPrefix(user) + ".>"}},
		}
		o.Users = append(o.Users, u)
	}
}

// hashed is what the server keeps of a password. The lowest cost does: the
// passwords are random and live as long as the process.
func hashed(password string) string {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		return password // longer than bcrypt takes, which ours are not
	}
	return string(hash)
}

// permissions lists what each user may publish. They are allow-lists only: deny
// rules have been by-passed before. The configuration under deploy/nats says the
// same for servers of their own.
func permissions() map[User][]string {
	writeLog := []string{"incident.*", "alert.*", "page.*", "change.*", "catalog.*.*", "number.*", "redaction.*"}
	return map[User][]string{
		UserSystem:    {"$SYS.REQ.SERVER.PING.JSZ", "$SYS.REQ.SERVER.PING.VARZ"},
		UserBootstrap: {"$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.CREATE.*", "$JS.API.STREAM.UPDATE.*", "$JS.API.STREAM.INFO.*"},
		UserCommand: join(writeLog, readStream("LOG"), readStream("SIGNALS"), []string{
			"$JS.API.STREAM.MSG.DELETE.LOG",
		}),
		UserReader:   readStream("LOG"),
		UserNotifier: join([]string{"mark.notifier.*"}, readStream("MARKS"), readStream("LOG"), getFrom("SIGNALS")),
		UserIntake: join([]string{"signal.>", "$JS.API.CONSUMER.RESET.SIGNALS.*", "heartbeat.>"}, readStream("SIGNALS"),
			readStream("HEARTBEATS"), readStream("LOG")),
		UserPublisher: join([]string{"public.>"}, readStream("PUBLIC"), []string{
			"$JS.API.STREAM.CREATE.PUBLIC", "$JS.API.STREAM.UPDATE.PUBLIC", "$JS.API.STREAM.MSG.DELETE.PUBLIC",
		}),
		UserStatusPage: readStream("PUBLIC"),
	}
}

// getFrom is what looking up messages of a stream takes: its description, and messages by
// sequence and subject. Consumers of others are out of reach.
func getFrom(name string) []string {
	return []string{
		"$JS.API.INFO",
		"$JS.API.STREAM.INFO." + name,
		"$JS.API.STREAM.MSG.GET." + name,
		"$JS.API.DIRECT.GET." + name,
		"$JS.API.DIRECT.GET." + name + ".>",
	}
}

// readStream is what reading one stream takes: what looking up takes, and consumers.
func readStream(name string) []string {
	return append(getFrom(name),
		"$JS.API.CONSUMER.CREATE."+name,
		"$JS.API.CONSUMER.CREATE."+name+".>",
		"$JS.API.CONSUMER.INFO."+name+".*",
		"$JS.API.CONSUMER.MSG.NEXT."+name+".*",
		"$JS.API.CONSUMER.DELETE."+name+".*",
		"$JS.ACK."+name+".>",
	)
}

func join(lists ...[]string) []string {
	var all []string
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// Users lists all users.
func Users() []User {
	return []User{UserSystem, UserBootstrap, UserCommand, UserReader, UserNotifier, UserIntake, UserPublisher, UserStatusPage}
}

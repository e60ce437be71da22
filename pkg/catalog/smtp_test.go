package catalog_test

import (
	"maps"
	"net/mail"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// smtpSpec is an integration of a URL, settings and secrets.
func smtpSpec(url string, settings, secrets map[string]string) *catalogv1.IntegrationSpec {
	return &catalogv1.IntegrationSpec{Type: catalog.TypeSMTP, Url: url, Settings: settings, Secrets: secrets}
}

func TestMailServersAreRead(t *testing.T) {
	t.Parallel()
	from := mail.Address{Name: "Bridgelog", Address: "pages@example.org"}
	for name, c := range map[string]struct {
		url               string
		settings, secrets map[string]string
		want              catalog.SMTP
		address           string
	}{
		"submission": {
			"smtp://mail.example.org", nil, nil,
			catalog.SMTP{Host: "mail.example.org", Port: 587, From: from},
			"mail.example.org:587",
		},
		"signed in": {
			"smtp://mail.example.org:2525",
			map[string]string{"username": "bridgelog", "tls": "starttls"},
			map[string]string{"password": "env:MAIL_PASSWORD"},
			catalog.SMTP{Host: "mail.example.org", Port: 2525, From: from, Username: "bridgelog", Password: "env:MAIL_PASSWORD"},
			"mail.example.org:2525",
		},
		"TLS first": {
			"smtps://mail.example.org",
			map[string]string{"tls": "implicit"},
			nil,
			catalog.SMTP{Host: "mail.example.org", Port: 465, Security: catalog.SMTPImplicitTLS, From: from},
			"mail.example.org:465",
		},
		"in the clear": {
			"smtp://10.0.0.5:25/",
			map[string]string{"tls": "none"},
			nil,
			catalog.SMTP{Host: "10.0.0.5", Port: 25, Security: catalog.SMTPPlain, From: from},
			"10.0.0.5:25",
		},
		"signed in, in the clear, here": {
			"smtp://[::1]:25",
			map[string]string{"tls": "none", "username": "bridgelog"},
			map[string]string{"password": "file:/run/secrets/mail"},
			catalog.SMTP{Host: "::1", Port: 25, Security: catalog.SMTPPlain, From: from, Username: "bridgelog", Password: "file:/run/secrets/mail"},
			"[::1]:25",
		},
	} {
		settings := map[string]string{"from": "Bridgelog <pages@example.org>"}
		maps.Copy(settings, c.settings)
		got, flaws := catalog.SMTPOf(smtpSpec(c.url, settings, c.secrets))
		if len(flaws) > 0 || got != c.want || got.Address() != c.address {
			t.Errorf("%s: %+v at %s, %+v, want %+v at %s", name, got, got.Address(), flaws, c.want, c.address)
		}
	}
}

func TestWhatIsWrongAboutAMailServer(t *testing.T) {
	t.Parallel()
	from := map[string]string{"from": "pages@example.org"}
	with := func(name, value string) map[string]string {
		return map[string]string{"from": "pages@example.org", name: value}
	}
	const good = "smtp://mail.example.org"
	for name, c := range map[string]struct {
		url               string
		settings, secrets map[string]string
		field, reason     string
	}{
		"no URL":               {"", from, nil, "spec.url", "not_a_mail_server"},
		"a link":               {"https://mail.example.org", from, nil, "spec.url", "not_a_mail_server"},
		"no host":              {"smtp://:25", from, nil, "spec.url", "not_a_mail_server"},
		"opaque":               {"smtp:mail.example.org", from, nil, "spec.url", "not_a_mail_server"},
		"a password in it":     {"smtp://a:b@mail.example.org", from, nil, "spec.url", "user_in_url"},
		"a path":               {good + "/inbox", from, nil, "spec.url", "more_than_a_host"},
		"a query":              {good + "?tls=none", from, nil, "spec.url", "more_than_a_host"},
		"no such port":         {good + ":70000", from, nil, "spec.url", "not_a_port"},
		"port 0":               {good + ":0", from, nil, "spec.url", "not_a_port"},
		"no sender":            {good, nil, nil, "spec.settings.from", "not_an_address"},
		"two senders":          {good, with("from", "a@example.org, b@example.org"), nil, "spec.settings.from", "not_an_address"},
		"two lines of sender":  {good, with("from", "a@example.org\r\nBcc: eve@example.org"), nil, "spec.settings.from", "not_an_address"},
		"no password":          {good, with("username", "u"), nil, "spec.secrets.password", "required"},
		"no user":              {good, from, map[string]string{"password": "env:P"}, "spec.settings.username", "required"},
		"two lines of user":    {good, with("username", "u\r\nQUIT"), map[string]string{"password": "env:P"}, "spec.settings.username", "control_character"},
		"no such TLS":          {good, with("tls", "maybe"), nil, "spec.settings.tls", "unknown_value"},
		"TLS and none":         {"smtps://mail.example.org", with("tls", "none"), nil, "spec.settings.tls", "contradicts_url"},
		"TLS and STARTTLS":     {"smtps://mail.example.org", with("tls", "starttls"), nil, "spec.settings.tls", "contradicts_url"},
		"a password in clear":  {good, map[string]string{"from": "a@b.example", "tls": "none", "username": "u"}, map[string]string{"password": "env:P"}, "spec.settings.tls", "password_in_clear"},
		"an unknown setting":   {good, with("form", "x"), nil, "spec.settings.form", "unknown_setting"},
		"an unknown secret":    {good, from, map[string]string{"api_key": "env:P"}, "spec.secrets.api_key", "unknown_secret"},
		"a blank in the name":  {"smtp://mail%20x.example", from, nil, "spec.url", "not_a_mail_server"},
		"a secret in settings": {good, with("password", "sesame"), nil, "", ""}, // is said for every integration
	} {
		_, flaws := catalog.SMTPOf(smtpSpec(c.url, c.settings, c.secrets))
		switch {
		case c.field == "" && len(flaws) > 0:
			t.Errorf("%s: %+v", name, flaws)
		case c.field != "" && (len(flaws) != 1 || flaws[0].Field != c.field || flaws[0].Reason != c.reason || flaws[0].Message == ""):
			t.Errorf("%s: %+v, want %s %s", name, flaws, c.field, c.reason)
		}
	}
}

func TestMailServersAreCheckedWhenTheyAreApplied(t *testing.T) {
	t.Parallel()
	const server = "{kind: Integration, name: mail, spec: {type: smtp, url: 'smtp://mail.example.org', settings: {from: pages@example.org, username: u}, secrets: {password: 'env:P'}}}\n---\n"
	for name, c := range map[string]struct {
		document   string
		manager    bool
		where, why string
	}{
		"as it should be":      {document: server + "{kind: Person, name: ada, spec: {contacts: [{type: email, address: ada@example.org, integration: mail}]}}"},
		"by a manager":         {document: server, manager: true, where: "integration/mail: spec.secrets", why: "role_too_low"},
		"without a sender":     {document: "{kind: Integration, name: mail, spec: {type: smtp, url: 'smtp://mail.example.org'}}", where: "integration/mail: spec.settings.from", why: "not_an_address"},
		"a contact by another": {document: "{kind: Integration, name: chat, spec: {type: slack}}\n---\n{kind: Person, name: ada, spec: {contacts: [{type: email, address: ada@example.org, integration: chat}]}}", where: "person/ada: spec.contacts[0].integration", why: "cannot_carry"},
	} {
		b := newBench(t)
		if c.manager {
			b.options.Role = authv1.AccountRole_ACCOUNT_ROLE_MANAGER
		}
		_, err := catalog.Plan(b.given(""), b.parse(c.document), b.options)
		violations, _ := err.(catalog.Violations) //nolint:errorlint // documented to be this type
		switch {
		case c.why == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.why != "" && (len(violations) == 0 || violations[0].Where() != c.where || violations[0].Reason != c.why):
			t.Errorf("%s: %v, want %s %s", name, err, c.where, c.why)
		}
	}
}

// FuzzMailServersAreRead: whatever is written, what has no flaw names one host, one port and
// one address, in one line each.
func FuzzMailServersAreRead(f *testing.F) {
	f.Add("smtp://mail.example.org:587", "Bridgelog <pages@example.org>", "bridgelog", "starttls")
	f.Add("smtps://[::1%25eth0]:465", "a@b", "", "")
	f.Add("smtp://u:p@h/p?q#f", "\r\n", "\x00", "none")
	f.Fuzz(func(t *testing.T, url, from, username, tls string) {
		settings := map[string]string{"from": from}
		secrets := map[string]string{}
		if tls != "" {
			settings["tls"] = tls
		}
		if username != "" {
			settings["username"], secrets["password"] = username, "env:P"
		}
		got, flaws := catalog.SMTPOf(smtpSpec(url, settings, secrets))
		if len(flaws) > 0 {
			for _, one := range flaws {
				if one.Field == "" || one.Reason == "" || one.Message == "" {
					t.Errorf("flaw %+v", one)
				}
			}
			return
		}
		if got.Host == "" || got.Port < 1 || got.Port > 65535 || strings.ContainsAny(got.Host+got.From.Address+got.Username, "\r\n\x00") {
			t.Errorf("%q, %q, %q: %+v", url, from, username, got)
		}
		if again, err := mail.ParseAddress(got.From.String()); err != nil || again.Address != got.From.Address {
			t.Errorf("from %q: %v, %v", from, again, err)
		}
	})
}

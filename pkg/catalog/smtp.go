package catalog

import (
	"maps"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// TypeSMTP is the type of integrations that carry e-mail.
const TypeSMTP = "smtp"

// SMTPSecret names the secret of an integration of the type smtp.
const SMTPSecret = "password"

// Names of the settings of an integration of the type smtp.
const (
	smtpFrom     = "from"
	smtpUsername = "username"
	smtpTLS      = "tls"
)

// SMTPSecurity is how a connection to a mail server is kept from others.
type SMTPSecurity int

const (
	// SMTPStartTLS begins in the clear and asks for TLS before anything is said; a server
	// that does not offer it gets no mail.
	SMTPStartTLS SMTPSecurity = iota
	// SMTPImplicitTLS begins with TLS.
	SMTPImplicitTLS
	// SMTPPlain has no TLS at all. A password is then sent to this machine only.
	SMTPPlain
)

// Ports that are meant where a URL has none: submission, and submission over TLS.
const (
	portSubmission  = 587
	portSubmissions = 465
)

// SMTP is a mail server as an integration of the type smtp describes it.
type SMTP struct {
	// Host is a name or an address, Port a number.
	Host string
	Port int
	// Security is how the connection is protected.
	Security SMTPSecurity
	// From is whom mails are from.
	From mail.Address
	// Username is empty where the server wants nobody to sign in.
	Username string
	// Password is the reference to the secret; empty without a user name.
	Password string
}

// Flaw is what is wrong about one field of an integration.
type Flaw struct {
	// Field is below the resource, for example "spec.url", Reason a word for machines.
	Field, Reason string
	// Message says what is wrong and what to do.
	Message string
}

// SMTPOf reads an integration of the type smtp, and says everything that is wrong about it.
// With a flaw the server must not be used.
func SMTPOf(spec *catalogv1.IntegrationSpec) (SMTP, []Flaw) {
	var s SMTP
	flaws := s.address(spec.GetUrl())
	flaws = append(flaws, s.sender(spec)...)
	flaws = append(flaws, s.protection(spec)...)
	for _, name := range slices.Sorted(maps.Keys(spec.GetSettings())) {
		if name != smtpFrom && name != smtpUsername && name != smtpTLS && !soundsSecret(name) {
			flaws = append(flaws, Flaw{"spec.settings." + name, "unknown_setting", "a mail server has no setting " + quote(name) + ": there are from, username and tls"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(spec.GetSecrets())) {
		if name != SMTPSecret {
			flaws = append(flaws, Flaw{"spec.secrets." + name, "unknown_secret", "a mail server has no secret " + quote(name) + ": there is password"})
		}
	}
	return s, flaws
}

// address reads where the server is.
func (s *SMTP) address(text string) []Flaw {
	flaw := func(reason, message string) []Flaw { return []Flaw{{"spec.url", reason, message}} }
	u, err := url.Parse(text)
	if text == "" || err != nil || u.Opaque != "" || (u.Scheme != "smtp" && u.Scheme != "smtps") || u.Hostname() == "" {
		return flaw("not_a_mail_server", quote(text)+" is no mail server: write smtp://mail.example.org:587, or smtps://mail.example.org:465 where TLS comes first")
	}
	if u.User != nil {
		return flaw("user_in_url", "leave the user name out of the URL: it is settings.username, and the password secrets.password")
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return flaw("more_than_a_host", "a mail server is a host and a port: leave out what follows them")
	}
	s.Host, s.Port, s.Security = u.Hostname(), portSubmission, SMTPStartTLS
	if u.Scheme == "smtps" {
		s.Port, s.Security = portSubmissions, SMTPImplicitTLS
	}
	if strings.ContainsFunc(s.Host, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return flaw("not_a_mail_server", quote(s.Host)+" is no name of a host")
	}
	if port := u.Port(); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			return flaw("not_a_port", quote(port)+" is no port: there are 1 to 65535")
		}
		s.Port = n
	}
	return nil
}

// sender reads whom mails are from, and who signs in.
func (s *SMTP) sender(spec *catalogv1.IntegrationSpec) []Flaw {
	var flaws []Flaw
	from := spec.GetSettings()[smtpFrom]
	if a, err := mail.ParseAddress(from); err != nil {
		flaws = append(flaws, Flaw{"spec.settings.from", "not_an_address", quote(from) + " is no e-mail address: say whom mails are from, for example \"Bridgelog <pages@example.org>\""})
	} else {
		s.From = *a
	}
	s.Username, s.Password = spec.GetSettings()[smtpUsername], spec.GetSecrets()[SMTPSecret]
	switch {
	case s.Username != "" && s.Password == "":
		flaws = append(flaws, Flaw{"spec.secrets.password", "required", "whoever signs in needs a password: add password: env:NAME to the secrets, or leave settings.username out"})
	case s.Username == "" && s.Password != "":
		flaws = append(flaws, Flaw{"spec.settings.username", "required", "a password without a user name signs nobody in: add username to the settings, or leave secrets.password out"})
	}
	if strings.ContainsFunc(s.Username, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		flaws = append(flaws, Flaw{"spec.settings.username", "control_character", "a user name has no control characters: take them out"})
	}
	return flaws
}

// protection reads whether there is TLS.
func (s *SMTP) protection(spec *catalogv1.IntegrationSpec) []Flaw {
	const field = "spec.settings.tls"
	how, given := spec.GetSettings()[smtpTLS]
	switch {
	case !given || (how == "starttls" && s.Security == SMTPStartTLS) || (how == "implicit" && s.Security == SMTPImplicitTLS):
		return nil
	case how == "none" && s.Security == SMTPStartTLS:
		s.Security = SMTPPlain
	case how == "none" || how == "starttls" || how == "implicit":
		return []Flaw{{field, "contradicts_url", "tls: " + how + " contradicts the URL: smtps:// is TLS from the begin, smtp:// is starttls, or none"}}
	default:
		return []Flaw{{field, "unknown_value", quote(how) + " is no way of protecting mail: leave it out for STARTTLS, or write none for a server on a network of yours"}}
	}
	if s.Username != "" && !isLoopback(s.Host) {
		return []Flaw{{field, "password_in_clear", "a password would travel in the clear: leave tls out, or leave settings.username out"}}
	}
	return nil
}

// isLoopback tells whether a host is this machine.
func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && addr.Unmap().IsLoopback())
}

// Address is host and port, as they are dialled.
func (s *SMTP) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

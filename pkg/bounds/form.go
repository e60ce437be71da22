package bounds

import "strings"

// Of is the form that an expression asks for in the field of a name. The zero Form means
// that nobody has found words for it, which a test prevents.
func Of(pattern, field string) Form {
	if f, ok := forms()[pattern]; ok {
		return f
	}
	what, ok := identified()[strings.TrimSuffix(field, "_id")]
	if !ok {
		return Form{}
	}
	switch pattern {
	case "^[A-Za-z0-9_-]{4,64}$", "^([A-Za-z0-9_-]{4,64})?$":
		what.Says += " by its id, or by the first characters of it, at least four: letters, digits, - and _"
	case "^[A-Za-z0-9_-]{1,64}$", "^[A-Za-z0-9_-]{0,64}$", "^[A-Za-z0-9_-]{0,128}$":
		what.Says += " by its id: letters, digits, - and _"
	default:
		return Form{}
	}
	return what
}

// identified is what has an id, by the names of fields without "_id".
func identified() map[string]Form {
	person := Form{Says: "a person is named", Example: "ada", Listed: "bridgelog get person"}
	return map[string]Form{
		"alert":      {Says: "an alert is named", Example: "6f9d6d86", Listed: "bridgelog alerts list"},
		"change":     {Says: "a change is named", Example: "6f9d6d86", Listed: "bridgelog change list"},
		"page":       {Says: "a page is named", Example: "6f9d6d86", Listed: "bridgelog pages list"},
		"person":     person,
		"author":     person,
		"created_by": person,
		"sender":     {Says: "a sender is named", Example: "alertmanager", Listed: "bridgelog get sender"},
		"id":         {Says: "a resource is named", Example: "k2xq4h7c", Listed: "bridgelog get KIND -o json"},
		"run":        {Says: "a run of checks is named", Example: "after-the-rollback"},
	}
}

// forms are the others, by expression.
func forms() map[string]Form {
	name := Form{
		Says:    "a name begins with a letter or a digit and goes on with letters, digits, dots, - and _, 128 in all at most",
		Example: "checkout-db.2",
	}
	door := Form{Says: "a door is named by small letters, digits, - and _, 64 at most", Example: "alertmanager"}
	secret := Form{Says: "a secret is named and never written down: use env:NAME or file:PATH", Example: "env:PAGERDUTY_TOKEN"}
	header := Form{Says: "the name of an HTTP header is letters, digits and -, 64 at most", Example: "X-Signature"}
	clock := Form{Says: "a time of day is hours and minutes, from 00:00 to 23:59", Example: "09:30"}
	return map[string]Form{
		"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$":                      name,
		"^([A-Za-z0-9][A-Za-z0-9._-]{0,127})?$":                   name,
		"^[a-z0-9_-]{1,64}$":                                      door,
		"^[a-z0-9_-]{0,64}$":                                      door,
		"^[a-z0-9][a-z0-9-]{0,63}$":                               {Says: "an id begins with a small letter or a digit and goes on with those and -, 64 in all at most", Example: "recent-deploy"},
		"^[a-z][a-z0-9-]{0,63}$":                                  {Says: "a type begins with a small letter and goes on with small letters, digits and -, 64 in all at most", Example: "prometheus"},
		"^[a-z_]{0,64}$":                                          {Says: "a reason is a word of small letters and _, 64 at most", Example: "no_contact"},
		"^[A-Za-z0-9-]{0,64}$":                                    header,
		"^[0-9]{4}-[0-9]{2}-[0-9]{2}$":                            {Says: "a date is year, month and day", Example: "2026-12-24"},
		"^([01][0-9]|2[0-3]):[0-5][0-9]$":                         clock,
		"^$|^([01][0-9]|2[0-3]):[0-5][0-9]$":                      clock,
		"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$":                 {Says: "a time of day is hours and minutes, from 00:00 to 24:00", Example: "17:30"},
		"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$":                  secret,
		"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|stored:[a-z0-9]+)$": secret,
	}
}

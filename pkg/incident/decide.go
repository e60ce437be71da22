package incident

import "fmt"

// Decide says which events follow from a command, or why it is refused. No
// events and no error means that what is wanted is so already. Every error is a
// *Rejection.
//
// Events are meant to be recorded together, in order, at Context.When.
func Decide(s State, cmd Command, c Context) ([]Event, error) {
	if c.Actor == "" || c.Authority == Nobody {
		return nil, denied("not_authenticated", "nobody is signed in: sign in, or send a token")
	}
	if err := checkName("actor", string(c.Actor), true); err != nil {
		return nil, err
	}
	if _, declares := cmd.(Declare); !declares && !CanSee(s, c.Actor, c.Authority) {
		return nil, notFound("incident", "no_such_incident", "there is no such incident: check its number")
	}
	if c.Authority < Responder {
		return nil, denied("not_responder", "your account may only read: ask an admin for the responder role")
	}
	if err := checkWritable(s, cmd); err != nil {
		return nil, err
	}
	if err := c.checkTime(); err != nil {
		return nil, err
	}
	return cmd.decide(s, c)
}

// checkWritable refuses commands on incidents that nothing can be added to.
func checkWritable(s State, cmd Command) error {
	if s.Frozen {
		return wrongState("newer_version",
			"a later version has written to this incident: upgrade this server, or send the command to an upgraded one")
	}
	if _, curates := cmd.(curating); s.MergedInto != "" && !curates {
		if m, merges := cmd.(Merge); merges && m.Into == s.MergedInto {
			return nil
		}
		return goOnAt("merged", s.MergedInto,
			fmt.Sprintf("this incident was merged into %s: go on there", s.MergedInto))
	}
	return nil
}

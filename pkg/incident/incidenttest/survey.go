package incidenttest

import (
	"cmp"
	"maps"
	"reflect"
	"slices"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Standing is how somebody stands to an incident, and to what a command is about.
type Standing string

// The standings. A responder who has several is counted with none of them.
const (
	Anyone         Standing = "every responder"
	Leading        Standing = "whoever leads the incident"
	WhileNoneLeads Standing = "every responder while nobody leads"
	Communications Standing = "the communications lead"
	Authoring      Standing = "the author of the entry"
	Holding        Standing = "the holder of the role"
	Named          Standing = "whom the command names"
	Managing       Standing = "managers"
	Administering  Standing = "admins"
)

// Cause says that a command led to an event, and who could give it.
type Cause struct {
	// Event and Command are names, for example "incident.closed" and "close".
	Event, Command string
	// Always are those whom the rules never refused for who they are, Partly those
	// whom they refused in some cases, in the order above.
	Always, Partly []Standing
}

// Move says that a command led from one status to another. From is unknown for
// declaring; Merged is true when the incident goes on as another one.
type Move struct {
	From, To incident.Status
	Command  string
	Merged   bool
}

// Survey is what the rules were seen to allow.
type Survey struct {
	Causes []Cause
	Moves  []Move
}

// Explore explores the rules with many random histories and asks at each step who
// else could have given the command. What it reports is what the rules did, not what
// somebody wrote about them. pick is chance, see [Explorer]; the same chance gives the
// same survey.
func Explore(histories int, words []string, pick func(n int) int) Survey {
	s := surveyor{causes: map[[2]string]map[Standing]*tally{}, moves: map[Move]bool{}}
	for range histories {
		s.history(pick, words)
	}
	return s.result()
}

type tally struct{ accepted, denied int }

type surveyor struct {
	causes map[[2]string]map[Standing]*tally // by event and command
	moves  map[Move]bool
}

func (s *surveyor) history(pick func(n int) int, words []string) {
	const longest = 50
	people := People()
	h := New("inc-41")
	x := Explorer{Pick: pick, Words: words}
	for range pick(longest) {
		const patience = 40
		cmd := x.Sensible(h, patience)
		s.ask(h, cmd)
		before := h.State
		who, a := people[pick(len(people))], incident.Authority(2+pick(3))
		recorded, err := h.Do(who, a, cmd)
		if err != nil {
			continue
		}
		for _, r := range recorded {
			x.Learn(r.Event)
		}
		s.moved(before, h.State, cmd)
	}
}

func (s *surveyor) moved(before, after incident.State, cmd incident.Command) {
	m := Move{From: before.Status, To: after.Status, Command: cmd.Name(), Merged: before.MergedInto != after.MergedInto}
	if m.From != m.To || m.Merged {
		s.moves[m] = true
	}
}

// ask lets everybody give the command and notes what the rules say.
func (s *surveyor) ask(h *History, cmd incident.Command) {
	events := []string{}
	type answer struct {
		standing Standing
		err      error
	}
	var answers []answer
	try := func(standing Standing, who incident.PersonID, a incident.Authority) {
		found, err := incident.Decide(h.State, cmd, incident.Context{Actor: who, Authority: a, Now: h.Now})
		answers = append(answers, answer{standing, err})
		for _, e := range found {
			events = append(events, e.Type())
		}
	}
	try(Administering, "p-root", incident.Admin)
	if !h.State.Private { // whoever does not see it is refused for that
		try(Managing, "p-mia", incident.Manager)
	}
	for _, who := range append(People(), "p-zed") {
		if standing, one := standingOf(h.State, cmd, who); one && canAsk(h.State, who) {
			try(standing, who, incident.Responder)
		}
	}
	slices.Sort(events)
	for _, event := range slices.Compact(events) {
		key := [2]string{event, cmd.Name()}
		if s.causes[key] == nil {
			s.causes[key] = map[Standing]*tally{}
		}
		for _, a := range answers {
			t := s.causes[key][a.standing]
			if t == nil {
				t = &tally{}
				s.causes[key][a.standing] = t
			}
			switch {
			case a.err == nil:
				t.accepted++
			case incident.KindOf(a.err) == incident.Denied:
				t.denied++
			}
		}
	}
}

// canAsk reports whether the incident exists for a responder, or is to be declared.
func canAsk(s incident.State, who incident.PersonID) bool {
	return !s.Declared() || incident.CanSee(s, who, incident.Responder)
}

// standingOf is how a responder stands to it; false when in several ways.
func standingOf(s incident.State, cmd incident.Command, who incident.PersonID) (Standing, bool) {
	if !s.Declared() {
		return Anyone, true
	}
	var found []Standing
	add := func(standing Standing, so bool) {
		if so {
			found = append(found, standing)
		}
	}
	add(WhileNoneLeads, s.Leader() == "")
	add(Leading, s.Leader() == who)
	about := aboutWhom(s, cmd, who)
	add(Communications, !about.role && s.Holder(incident.CommunicationsLead) == who)
	add(Authoring, about.author)
	add(Holding, about.holder)
	add(Named, about.named)
	if len(found) == 0 {
		return Anyone, true
	}
	return found[0], len(found) == 1
}

// whom tells how a command is about somebody.
type whom struct{ author, role, holder, named bool }

func aboutWhom(s incident.State, cmd incident.Command, who incident.PersonID) whom {
	var w whom
	v := reflect.ValueOf(cmd)
	for i := range v.NumField() {
		switch f := v.Field(i).Interface().(type) {
		case uint64:
			e, ok := s.Entry(f)
			w.author = w.author || ok && v.Type().Field(i).Name == "Entry" && e.Author == who
		case incident.Role:
			w.role = true
			w.holder = w.holder || f != incident.Commander && s.Holder(f) == who
		case incident.PersonID:
			w.named = w.named || f == who
		default:
		}
	}
	return w
}

func (s *surveyor) result() Survey {
	out := Survey{Moves: slices.Collect(maps.Keys(s.moves))}
	slices.SortFunc(out.Moves, func(a, b Move) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Command, b.Command))
	})
	for key, tallies := range s.causes {
		c := Cause{Event: key[0], Command: key[1]}
		for _, standing := range []Standing{
			Anyone, Leading, WhileNoneLeads, Communications, Authoring, Holding, Named, Managing, Administering,
		} {
			switch t := tallies[standing]; {
			case t == nil || t.accepted == 0:
			case t.denied == 0:
				c.Always = append(c.Always, standing)
			default:
				c.Partly = append(c.Partly, standing)
			}
		}
		out.Causes = append(out.Causes, c)
	}
	slices.SortFunc(out.Causes, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(a.Event, b.Event), cmp.Compare(a.Command, b.Command))
	})
	return out
}

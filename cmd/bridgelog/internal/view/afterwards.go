package view

import timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"

// Checklist is one that was taken up, with the text that it had then.
type Checklist struct {
	Name        string          `json:"name"`
	Title       string          `json:"title"`
	Revision    uint64          `json:"revision"`
	Items       []ChecklistLine `json:"items"`
	StartedTime Time            `json:"started_time"`
	Entry       uint64          `json:"entry"`
}

// ChecklistLine is one line of a checklist.
type ChecklistLine struct {
	ID         string `json:"id"`
	Text       string `json:"text"`
	Ticked     bool   `json:"ticked"`
	By         string `json:"by"`
	ByName     string `json:"by_name"`
	TickedTime Time   `json:"ticked_time"`
	Note       string `json:"note"`
}

// Postmortem is where the post-mortem stands.
type Postmortem struct {
	Owner     string `json:"owner"`
	OwnerName string `json:"owner_name"`
	// State is draft, in_review, published or closed.
	State     string `json:"state"`
	SinceTime Time   `json:"since_time"`
}

// Member may see the incident when it is private.
type Member struct {
	Person string `json:"person"`
	Name   string `json:"name"`
}

// Leader is who leads.
type Leader struct {
	Person string `json:"person"`
	Name   string `json:"name"`
	// Declarer is true when the person who declared leads until someone takes over.
	Declarer bool `json:"declarer"`
}

func ofChecklists(in []*timelinev1.Checklist) []Checklist {
	out := make([]Checklist, 0, len(in))
	for _, c := range in {
		list := Checklist{
			Name: c.GetName(), Title: c.GetTitle(), Revision: c.GetRevision(), Items: []ChecklistLine{},
			StartedTime: timeOf(c.GetStartedTime()), Entry: c.GetEntry(),
		}
		for _, l := range c.GetItems() {
			list.Items = append(list.Items, ChecklistLine{
				ID: l.GetId(), Text: l.GetText(), Ticked: l.GetTicked(), By: l.GetBy(), ByName: l.GetByName(),
				TickedTime: timeOf(l.GetTickedTime()), Note: l.GetNote(),
			})
		}
		out = append(out, list)
	}
	return out
}

func ofPostmortem(p *timelinev1.Postmortem) *Postmortem {
	if p == nil {
		return nil
	}
	return &Postmortem{Owner: p.GetOwner(), OwnerName: p.GetOwnerName(), State: Word(p.GetState()), SinceTime: timeOf(p.GetSinceTime())}
}

func ofMembers(in []*timelinev1.Member) []Member {
	out := make([]Member, 0, len(in))
	for _, m := range in {
		out = append(out, Member{Person: m.GetPerson(), Name: m.GetName()})
	}
	return out
}

func ofLeader(l *timelinev1.Leader) *Leader {
	if l == nil {
		return nil
	}
	return &Leader{Person: l.GetPerson(), Name: l.GetName(), Declarer: l.GetDeclarer()}
}

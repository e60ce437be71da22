package record

import (
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (e *encoder) VisitRoleAssigned(v incident.RoleAssigned) {
	e.facts = &incidentv1.RoleAssignedFacts{
		Role: incidentv1.Role(v.Role), Person: string(v.Person), Previous: string(v.Previous),
	}
}

func roleAssigned(f *incidentv1.RoleAssignedFacts) incident.RoleAssigned {
	return incident.RoleAssigned{
		Role: term[incident.Role](f.Role), Person: incident.PersonID(f.Person), Previous: incident.PersonID(f.Previous),
	}
}

func (e *encoder) VisitRoleHandedOver(v incident.RoleHandedOver) {
	e.facts = &incidentv1.RoleHandedOverFacts{Role: incidentv1.Role(v.Role), From: string(v.From), To: string(v.To)}
	e.content = &incidentv1.RoleHandedOverContent{Summary: v.Summary}
}

func roleHandedOver(f *incidentv1.RoleHandedOverFacts, c *incidentv1.RoleHandedOverContent) incident.RoleHandedOver {
	return incident.RoleHandedOver{
		Role: term[incident.Role](f.Role), From: incident.PersonID(f.From), To: incident.PersonID(f.To), Summary: c.Summary,
	}
}

func (e *encoder) VisitRoleReleased(v incident.RoleReleased) {
	e.facts = &incidentv1.RoleReleasedFacts{Role: incidentv1.Role(v.Role), Person: string(v.Person)}
}

func roleReleased(f *incidentv1.RoleReleasedFacts) incident.RoleReleased {
	return incident.RoleReleased{Role: term[incident.Role](f.Role), Person: incident.PersonID(f.Person)}
}

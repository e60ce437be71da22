package source

import (
	"encoding/json"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/change"
)

// ArgoCD reads what Argo CD's notifications send with the template of our guide: a sync of
// an application, from when it begins until it is over. What an application's template
// leaves out is not known.
type ArgoCD struct{}

// Name implements [Source].
func (ArgoCD) Name() string { return "argocd" }

// argoBody is the template.
type argoBody struct {
	App         string   `json:"app"`
	Namespace   string   `json:"namespace"`
	Project     string   `json:"project"`
	Cluster     string   `json:"cluster"`
	ArgoURL     string   `json:"argocdUrl"`
	URL         string   `json:"url"`
	RepoURL     string   `json:"repoURL"`
	Revision    string   `json:"revision"`
	Phase       string   `json:"phase"`
	Health      string   `json:"healthStatus"`
	StartedAt   string   `json:"startedAt"`
	FinishedAt  string   `json:"finishedAt"`
	InitiatedBy string   `json:"initiatedBy"`
	Automated   bool     `json:"automated"`
	Message     string   `json:"message"`
	Images      []string `json:"images"`
}

// Parse implements [Source]. All that is told of one sync of one revision is one change.
func (ArgoCD) Parse(s Signal) (Batch, error) {
	var b argoBody
	if err := json.Unmarshal(s.Body, &b); err != nil || b.App == "" {
		return Batch{}, malformed("the body names no app: use the template of the guide to changes")
	}
	r := change.Report{
		Kind: change.Deployment, Service: b.App, Environment: b.Namespace, Version: shortHash(b.Revision),
		StartedAt: instant(b.StartedAt, s.ReceivedAt), AuthorName: b.InitiatedBy, Title: "Sync " + b.App + " to " + shortHash(b.Revision),
		Description: b.Message, Link: b.URL,
		Labels: map[string]string{
			"project": b.Project, "cluster": b.Cluster, "repository": b.RepoURL, "health": b.Health, "images": strings.Join(b.Images, " "),
		},
	}
	if b.Automated && r.AuthorName == "" {
		r.AuthorName = "Argo CD"
	}
	switch b.Phase {
	case "Running", "Terminating":
		r.Outcome = change.Started
	case "Succeeded":
		r.Outcome = change.Succeeded
	case "Failed", "Error":
		r.Outcome = change.Failed
	default:
		return nothing(), nil
	}
	if r.Outcome.Final() {
		r.EndedAt = instant(b.FinishedAt, s.ReceivedAt)
	}
	whose := b.ArgoURL
	if whose == "" {
		whose = s.Sender
	}
	r.Key = strings.Join([]string{whose, b.App, b.Revision, b.StartedAt}, "/")
	return changed(r), nil
}

package source

import (
	"encoding/json"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/change"
)

// GitLab reads GitLab's webhooks: deployments, pushes to the default branch, releases. All
// else is evidence of no change. Source: GitLab's documentation of webhook events.
type GitLab struct{}

// Name implements [Source].
func (GitLab) Name() string { return "gitlab" }

// gitLabBody are the fields that are understood.
type gitLabBody struct {
	ObjectKind string `json:"object_kind"`
	Project    struct {
		Path          string `json:"path_with_namespace"`
		DefaultBranch string `json:"default_branch"`
		WebURL        string `json:"web_url"`
	} `json:"project"`

	// Of deployments.
	Status       string `json:"status"`
	StatusAt     string `json:"status_changed_at"`
	DeploymentID word   `json:"deployment_id"`
	DeployableID word   `json:"deployable_id"` // of older servers
	Environment  string `json:"environment"`
	ShortSHA     string `json:"short_sha"`
	CommitTitle  string `json:"commit_title"`
	CommitURL    string `json:"commit_url"`
	DeployURL    string `json:"deployable_url"`
	User         struct {
		Username string `json:"username"`
		Name     string `json:"name"`
	} `json:"user"`

	// Of releases.
	Action      string `json:"action"`
	Tag         string `json:"tag"`
	Name        string `json:"name"`
	Description string `json:"description"`
	URL         string `json:"url"`
	ReleasedAt  string `json:"released_at"`

	// Of pushes.
	Ref      string `json:"ref"`
	Before   string `json:"before"`
	After    string `json:"after"`
	Username string `json:"user_username"`
	UserName string `json:"user_name"`
	Commits  []struct {
		ID      string `json:"id"`
		Message string `json:"message"`
		URL     string `json:"url"`
	} `json:"commits"`
}

// Parse implements [Source].
func (GitLab) Parse(s Signal) (Batch, error) {
	var head struct {
		Kind string `json:"object_kind"`
	}
	if err := json.Unmarshal(s.Body, &head); err != nil || head.Kind == "" {
		return Batch{}, malformed("the body is no webhook of GitLab: object_kind is missing")
	}
	var b gitLabBody
	if err := json.Unmarshal(s.Body, &b); err != nil {
		return nothing(), nil // an event of another form, which reports no change
	}
	r, ok := b.report(s)
	if !ok || b.Project.Path == "" {
		return nothing(), nil
	}
	r.Key, r.Service = b.Project.Path+"/"+r.Key, lastPart(b.Project.Path)
	if r.Labels == nil {
		r.Labels = map[string]string{}
	}
	r.Labels["repository"] = b.Project.Path
	return changed(r), nil
}

func (b *gitLabBody) report(s Signal) (change.Report, bool) {
	switch b.ObjectKind {
	case "deployment":
		return b.deployment(s)
	case "release":
		return change.Report{
			Key: "release/" + b.Tag, Kind: change.Other, Version: b.Tag, Outcome: change.Succeeded, EndedAt: instant(b.ReleasedAt, s.ReceivedAt),
			Title: "Release " + b.Name, Description: b.Description, Link: b.URL,
		}, b.Tag != "" && (b.Action == "create" || b.Action == "update")
	case "push":
		return b.push()
	}
	return change.Report{}, false
}

func (b *gitLabBody) deployment(s Signal) (change.Report, bool) {
	r := change.Report{
		Key: "deployment/" + string(b.DeploymentID), Kind: change.Deployment, Environment: b.Environment, Version: b.ShortSHA,
		AuthorName: b.User.Username, Title: "Deploy " + b.Ref + " to " + b.Environment, Description: b.CommitTitle, Link: b.DeployURL,
		Labels: map[string]string{"ref": b.Ref},
	}
	if b.DeploymentID == "" {
		r.Key = "job/" + string(b.DeployableID)
	}
	if r.AuthorName == "" {
		r.AuthorName = b.User.Name
	}
	if r.Link == "" {
		r.Link = b.CommitURL
	}
	switch b.Status {
	case "created", "blocked":
		r.Outcome = change.Planned
	case "running":
		r.Outcome = change.Started
	case "success":
		r.Outcome = change.Succeeded
	case "failed":
		r.Outcome = change.Failed
	case "canceled":
		r.Outcome = change.Canceled
	default:
		return r, false
	}
	return at(r, instant(b.StatusAt, s.ReceivedAt)), b.DeploymentID != "" || b.DeployableID != ""
}

// push is a change when it moves the default branch. It names no time: a commit's is not
// when it was pushed.
func (b *gitLabBody) push() (change.Report, bool) {
	branch, ok := strings.CutPrefix(b.Ref, "refs/heads/")
	if !ok || branch != b.Project.DefaultBranch || strings.Trim(b.After, "0") == "" {
		return change.Report{}, false
	}
	r := change.Report{
		Key: pushKey(b.Before, b.After), Kind: change.Other, Version: shortHash(b.After), Outcome: change.Succeeded, AuthorName: b.Username,
		Title: "Push to " + branch, Labels: map[string]string{"branch": branch},
	}
	if r.AuthorName == "" {
		r.AuthorName = b.UserName
	}
	for _, c := range b.Commits {
		if c.ID == b.After {
			first, rest, _ := strings.Cut(c.Message, "\n")
			r.Title, r.Description, r.Link = "Push to "+branch+": "+first, strings.TrimSpace(rest), c.URL
		}
	}
	return r, true
}

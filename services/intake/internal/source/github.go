package source

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/change"
)

// GitHub reads GitHub's webhooks: deployments and their statuses, pushes to the default
// branch, releases, and runs of workflows that deploy. All else is evidence of no change.
// Which event it is shows in the body, which holds what the event is named after. Source:
// GitHub's documentation of webhook events and payloads.
type GitHub struct{}

// Gitea reads the webhooks of Gitea and Forgejo, whose pushes and releases are like
// GitHub's.
type Gitea struct{}

// Name implements [Source].
func (GitHub) Name() string { return "github" }

// Name implements [Source].
func (Gitea) Name() string { return "gitea" }

// Parse implements [Source].
func (GitHub) Parse(s Signal) (Batch, error) { return gitHubLike("GitHub", s) }

// Parse implements [Source].
func (Gitea) Parse(s Signal) (Batch, error) { return gitHubLike("Gitea", s) }

// gitHubBody are the fields that are understood.
type gitHubBody struct {
	Action string `json:"action"`

	Deployment *struct {
		ID          word   `json:"id"`
		SHA         string `json:"sha"`
		Ref         string `json:"ref"`
		Task        string `json:"task"`
		Environment string `json:"environment"`
		Description string `json:"description"`
		CreatedAt   string `json:"created_at"`
		Creator     login  `json:"creator"`
	} `json:"deployment"`
	DeploymentStatus *struct {
		State       string `json:"state"`
		Description string `json:"description"`
		Environment string `json:"environment"`
		TargetURL   string `json:"target_url"`
		LogURL      string `json:"log_url"`
		CreatedAt   string `json:"created_at"`
	} `json:"deployment_status"`
	Release *struct {
		ID          word   `json:"id"`
		TagName     string `json:"tag_name"`
		Name        string `json:"name"`
		Body        string `json:"body"`
		HTMLURL     string `json:"html_url"`
		Draft       bool   `json:"draft"`
		PublishedAt string `json:"published_at"`
		Author      login  `json:"author"`
	} `json:"release"`
	WorkflowRun *struct {
		ID         word   `json:"id"`
		Attempt    word   `json:"run_attempt"`
		Name       string `json:"name"`
		Title      string `json:"display_title"`
		Path       string `json:"path"`
		Event      string `json:"event"`
		Conclusion string `json:"conclusion"`
		HeadSHA    string `json:"head_sha"`
		HTMLURL    string `json:"html_url"`
		StartedAt  string `json:"run_started_at"`
		UpdatedAt  string `json:"updated_at"`
		Actor      login  `json:"actor"`
	} `json:"workflow_run"`

	Ref        string `json:"ref"`
	Before     string `json:"before"`
	After      string `json:"after"`
	Deleted    bool   `json:"deleted"`
	Compare    string `json:"compare"`
	HeadCommit *struct {
		Message string `json:"message"`
		URL     string `json:"url"`
	} `json:"head_commit"`
	Pusher login `json:"pusher"`

	Repository struct {
		Name          string `json:"name"`
		FullName      string `json:"full_name"`
		DefaultBranch string `json:"default_branch"`
		PushedAt      word   `json:"pushed_at"`
	} `json:"repository"`
}

// login is who did something; pushes of GitHub give a name in its place.
type login struct {
	Login string `json:"login"`
	Name  string `json:"name"`
}

func (l login) String() string {
	if l.Login != "" {
		return l.Login
	}
	return l.Name
}

func gitHubLike(whose string, s Signal) (Batch, error) {
	body := s.Body
	if s.ContentType == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(body))
		if err != nil || form.Get("payload") == "" {
			return Batch{}, malformed("the form has no field payload: choose application/json in the webhook")
		}
		body = []byte(form.Get("payload"))
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil || object == nil {
		return Batch{}, malformed("the body is no webhook of %s: an object is expected", whose)
	}
	var b gitHubBody
	if err := json.Unmarshal(body, &b); err != nil {
		return nothing(), nil // an event of another form, which reports no change
	}
	r, ok := b.report(s)
	if !ok || b.Repository.FullName == "" {
		return nothing(), nil
	}
	r.Key, r.Service = b.Repository.FullName+"/"+r.Key, b.Repository.Name
	if r.Labels == nil {
		r.Labels = map[string]string{}
	}
	r.Labels["repository"] = b.Repository.FullName
	return changed(r), nil
}

// report is what the event says of a change; false when it says nothing.
func (b *gitHubBody) report(s Signal) (change.Report, bool) {
	switch {
	case b.DeploymentStatus != nil && b.Deployment != nil:
		return b.deploymentStatus(s)
	case b.Deployment != nil:
		return b.deployment(s), b.Action == "created"
	case b.Release != nil:
		return b.release(s)
	case b.WorkflowRun != nil:
		return b.workflowRun(s)
	case b.Ref != "" && b.After != "":
		return b.push(s)
	}
	return change.Report{}, false
}

func (b *gitHubBody) deployment(s Signal) change.Report {
	d := b.Deployment
	title := "Deploy " + shortHash(d.Ref)
	if d.Environment != "" {
		title += " to " + d.Environment
	}
	return change.Report{
		Key: "deployment/" + string(d.ID), Kind: kindOf(d.Task, change.Deployment), Environment: d.Environment, Version: shortHash(d.SHA),
		StartedAt: instant(d.CreatedAt, s.ReceivedAt), Outcome: change.Started, AuthorName: d.Creator.String(),
		Title: title, Description: d.Description, Labels: map[string]string{"ref": d.Ref, "task": d.Task},
	}
}

func (b *gitHubBody) deploymentStatus(s Signal) (change.Report, bool) {
	r, d := b.deployment(s), b.DeploymentStatus
	switch d.State {
	case "pending", "queued", "waiting":
		r.Outcome = change.Planned
	case "in_progress":
		r.Outcome = change.Started
	case "success":
		r.Outcome = change.Succeeded
	case "failure", "error":
		r.Outcome = change.Failed
	default: // inactive: another one took its place
		return r, false
	}
	if r.Outcome.Final() {
		r.EndedAt = instant(d.CreatedAt, s.ReceivedAt)
	}
	if d.Description != "" {
		r.Description = d.Description
	}
	for _, l := range []string{d.TargetURL, d.LogURL} {
		if l != "" {
			r.Link = l
		}
	}
	return r, true
}

func (b *gitHubBody) release(s Signal) (change.Report, bool) {
	rel := b.Release
	if rel.Draft || b.Action != "published" && b.Action != "released" && b.Action != "prereleased" {
		return change.Report{}, false
	}
	name := rel.Name
	if name == "" {
		name = rel.TagName
	}
	return change.Report{
		Key: "release/" + string(rel.ID), Kind: change.Other, Version: rel.TagName, Outcome: change.Succeeded,
		EndedAt: instant(rel.PublishedAt, s.ReceivedAt), AuthorName: rel.Author.String(), Title: "Release " + name,
		Description: rel.Body, Link: rel.HTMLURL,
	}, true
}

// workflowRun is a change when the workflow says that it deploys: by what began it, its
// name or that of its file.
func (b *gitHubBody) workflowRun(s Signal) (change.Report, bool) {
	w := b.WorkflowRun
	kind := kindOf(w.Name+" "+w.Path, change.Other)
	if w.Event == "deployment" && kind == change.Other {
		kind = change.Deployment
	}
	if kind != change.Deployment && kind != change.Rollback && kind != change.Migration {
		return change.Report{}, false
	}
	r := change.Report{
		Key: "workflow_run/" + string(w.ID) + "/" + string(w.Attempt), Kind: kind, Version: shortHash(w.HeadSHA), Outcome: change.Started,
		StartedAt: instant(w.StartedAt, s.ReceivedAt), AuthorName: w.Actor.String(), Title: strings.TrimSpace(w.Name + ": " + w.Title), Link: w.HTMLURL,
	}
	if b.Action != "completed" {
		return r, true
	}
	switch w.Conclusion {
	case "success":
		r.Outcome = change.Succeeded
	case "failure", "timed_out", "startup_failure":
		r.Outcome = change.Failed
	default: // cancelled, skipped, neutral
		r.Outcome = change.Canceled
	}
	r.EndedAt = instant(w.UpdatedAt, s.ReceivedAt)
	return r, true
}

// push is a change when it moves the default branch. A commit's time is not when it was
// pushed, so a push of Gitea names none.
func (b *gitHubBody) push(s Signal) (change.Report, bool) {
	branch, ok := strings.CutPrefix(b.Ref, "refs/heads/")
	if !ok || branch != b.Repository.DefaultBranch || b.Deleted || strings.Trim(b.After, "0") == "" {
		return change.Report{}, false
	}
	r := change.Report{
		Key: pushKey(b.Before, b.After), Kind: change.Other, Version: shortHash(b.After), Outcome: change.Succeeded,
		AuthorName: b.Pusher.String(), Title: "Push to " + branch, Link: b.Compare, Labels: map[string]string{"branch": branch},
		EndedAt: instant(string(b.Repository.PushedAt), s.ReceivedAt),
	}
	if c := b.HeadCommit; c != nil {
		first, rest, _ := strings.Cut(c.Message, "\n")
		r.Title, r.Description = "Push to "+branch+": "+first, strings.TrimSpace(rest)
		if r.Link == "" {
			r.Link = c.URL
		}
	}
	return r, true
}

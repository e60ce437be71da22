package source

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/cloudevents/sdk-go/v2/event"

	"github.com/bridgelog/bridgelog/pkg/change"
)

// cdEvents begins the types of events that pipelines send, as in
// "dev.cdevents.service.deployed.0.2.0". Source: the specification of CDEvents, and its
// binding to CloudEvents.
const cdEvents = "dev.cdevents."

// cdEventData are the fields of the data that are understood. A sender may leave out the
// frame around the content.
type cdEventData struct {
	cdEventContent

	Context struct {
		Timestamp string `json:"timestamp"`
	} `json:"context"`
	Subject struct {
		ID      word           `json:"id"`
		Content cdEventContent `json:"content"`
	} `json:"subject"`
	CustomData map[string]json.RawMessage `json:"customData"`
}

// cdEventContent is what an event says of its subject.
type cdEventContent struct {
	Environment named  `json:"environment"`
	ArtifactID  word   `json:"artifactId"`
	Revision    word   `json:"revision"`
	Version     word   `json:"version"`
	Service     named  `json:"service"`
	Author      named  `json:"author"`
	Name        word   `json:"name"`
	Pipeline    word   `json:"pipelineName"`
	Outcome     word   `json:"outcome"`
	Errors      word   `json:"errors"`
	URL         string `json:"url"`
	URI         string `json:"uri"`
}

// named is the text of a field that is a name, or an object with an id or a name.
type named string

// UnmarshalJSON takes either.
func (n *named) UnmarshalJSON(data []byte) error {
	var object struct {
		ID   word `json:"id"`
		Name word `json:"name"`
	}
	if json.Unmarshal(data, &object) == nil {
		*n = named(either(string(object.ID), string(object.Name)))
		return nil
	}
	var name word
	if err := json.Unmarshal(data, &name); err != nil {
		return err
	}
	*n = named(name)
	return nil
}

// cdEventChange is the change that an event of a pipeline reports; false when it reports
// none. Services that are deployed and environments that are changed are changes, and so
// are runs of pipelines that say by their name that they deploy.
func cdEventChange(s Signal, e *event.Event) (change.Report, bool) {
	rest, ok := strings.CutPrefix(strings.ToLower(e.Type()), cdEvents)
	parts := strings.Split(rest, ".")
	if !ok || len(parts) < 2 {
		return change.Report{}, false
	}
	var d cdEventData
	_ = json.Unmarshal(e.Data(), &d) // a field of another form is as one that is missing
	if d.Subject.ID == "" {
		d.Subject.ID = word(e.Subject())
	}
	r := d.facts(e)
	switch parts[0] {
	case "service":
		ok = d.service(parts[1], &r)
	case "environment":
		ok = d.environment(parts[1], &r)
	case "pipelinerun":
		ok = d.pipelineRun(parts[1], &r)
	default:
		ok = false
	}
	r.Key = s.Sender + "/" + e.Source() + "#" + either(r.Key, e.ID())
	when := believed(e.Time(), s.ReceivedAt)
	if when.IsZero() {
		when = instant(d.Context.Timestamp, s.ReceivedAt)
	}
	return at(r, when), ok
}

// facts are what all events may say. The custom data, which senders fill as they like, may
// name what the specification has no field for.
func (d *cdEventData) facts(e *event.Event) change.Report {
	in, out := d.Subject.Content, d.cdEventContent
	artifact := either(string(in.ArtifactID), string(out.ArtifactID))
	r := change.Report{
		Service: either(string(in.Service), string(out.Service)), Environment: either(string(in.Environment), string(out.Environment)),
		Version:     either(string(in.Version), string(out.Version), string(in.Revision), string(out.Revision), versionOf(artifact)),
		AuthorName:  either(string(in.Author), string(out.Author)),
		Description: either(string(in.Errors), string(out.Errors)), Link: either(in.URL, in.URI, out.URL, out.URI),
		Labels: map[string]string{},
	}
	for name, value := range d.CustomData {
		r.Labels[name] = plain(value)
	}
	for name, into := range map[string]*string{
		"service": &r.Service, "environment": &r.Environment, "version": &r.Version, "author": &r.AuthorName, "link": &r.Link,
	} {
		*into = either(r.Labels[name], *into)
	}
	r.Version = shortHash(r.Version)
	for name, value := range map[string]string{"type": e.Type(), "source": e.Source(), "subject": string(d.Subject.ID), "artifact": artifact} {
		if value != "" {
			r.Labels[name] = value
		}
	}
	return r
}

// service is what happened to a service.
func (d *cdEventData) service(what string, r *change.Report) bool {
	var did string
	to, in := r.Version, " in "
	switch what {
	case "deployed":
		r.Kind, did = change.Deployment, "Deploy "
	case "upgraded":
		r.Kind, did = change.Deployment, "Upgrade "
	case "rolledback":
		r.Kind, did = change.Rollback, "Roll back "
	case "published":
		r.Kind, did, to = change.Other, "Publish ", ""
	case "removed":
		r.Kind, did, to, in = change.Other, "Remove ", "", " from "
	default:
		return false
	}
	r.Outcome, r.Service = change.Succeeded, either(r.Service, lastPart(strings.TrimRight(string(d.Subject.ID), "/")))
	r.Title = did + either(r.Service, "a service")
	if to != "" {
		r.Title += " to " + to
	}
	if r.Environment != "" {
		r.Title += in + r.Environment
	}
	return true
}

// environment is a change of where services run.
func (d *cdEventData) environment(what string, r *change.Report) bool {
	did := map[string]string{"created": "Create", "modified": "Modify", "deleted": "Delete"}[what]
	r.Kind, r.Outcome = change.Configuration, change.Succeeded
	r.Environment = either(r.Environment, string(d.Subject.Content.Name), string(d.Name), string(d.Subject.ID))
	r.Title = did + " environment " + r.Environment
	return did != ""
}

// pipelineRun is a change when its pipeline says that it deploys. All that is told of one
// run is one change.
func (d *cdEventData) pipelineRun(what string, r *change.Report) bool {
	name := either(string(d.Subject.Content.Pipeline), string(d.Pipeline))
	r.Kind = kindOf(name, change.Other)
	if d.Subject.ID == "" || r.Kind != change.Deployment && r.Kind != change.Rollback && r.Kind != change.Migration {
		return false
	}
	r.Key, r.Title, r.Labels["pipeline"] = "pipelinerun/"+string(d.Subject.ID), "Run "+name, name
	switch what {
	case "queued":
		r.Outcome = change.Planned
	case "started":
		r.Outcome = change.Started
	case "finished":
		r.Outcome = cdEventOutcome(either(string(d.Subject.Content.Outcome), string(d.Outcome)))
	default:
		return false
	}
	return true
}

// cdEventOutcome is how a run ended. One that does not say how went well as far as is known.
func cdEventOutcome(said string) change.Outcome {
	switch strings.ToLower(said) {
	case "success", "succeeded", "":
		return change.Succeeded
	case "cancel", "canceled", "cancelled", "skipped":
		return change.Canceled
	}
	return change.Failed
}

// versionOf is the version in the package URL of an artifact: the tag of an image, else
// what stands behind the @, of a digest as much as tells it apart.
func versionOf(artifact string) string {
	artifact, _, _ = strings.Cut(artifact, "#")
	artifact, query, _ := strings.Cut(artifact, "?")
	if values, err := url.ParseQuery(query); err == nil && values.Get("tag") != "" {
		return values.Get("tag")
	}
	i := strings.LastIndexByte(artifact, '@')
	if !strings.HasPrefix(artifact, "pkg:") || i < 0 {
		return ""
	}
	version, err := url.PathUnescape(artifact[i+1:])
	if err != nil {
		return ""
	}
	if kind, digest, ok := strings.Cut(version, ":"); ok {
		return kind + ":" + shortHash(digest)
	}
	return version
}

package watch

import (
	"context"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// Source is that of the changes which pages are recorded as.
const Source = "statuspage"

// tell has recorded what is to be told of a page. What cannot be told now is told later;
// the error is that of the memory, or of a process that is to die.
func (w *Watcher) tell(ctx context.Context, p *page) error {
	for len(p.Pending) > 0 {
		if err := pointBeforeReport.Hit(ctx); err != nil {
			return err
		}
		limited, cancel := context.WithTimeout(ctx, patience)
		_, err := w.Changes.RecordChange(limited, requestOf(p.name, p.Pending[0]))
		cancel()
		if hit := pointAfterReport.Hit(ctx); hit != nil {
			return hit
		}
		if err != nil && rpc.FailureOf(err).Code != "invalid_argument" {
			w.Logger.DebugContext(ctx, "what a status page says is recorded later", "integration", p.name, "error", err)
			return nil
		}
		if err != nil {
			w.Logger.WarnContext(ctx, "what a status page says was not recorded", "integration", p.name, "error", err)
		}
		p.Kept = p.Told()
		if err := w.Memory.Keep(ctx, p.name, p.Remembered); err != nil {
			return err
		}
	}
	return nil
}

// requestOf is a report as a change of the service that a third party runs.
func requestOf(integration string, r Report) *signalv1.RecordChangeRequest {
	page := r.Episode.Page
	if page == "" {
		page = integration
	}
	request := &signalv1.RecordChangeRequest{
		Source: Source, Key: r.Episode.Key, Kind: signalv1.ChangeKind_CHANGE_KIND_OUTAGE, Service: r.Service,
		StartedAtUs: change.Micros(r.Episode.Since), EndedAtUs: change.Micros(r.Ended), Outcome: signalv1.ChangeOutcome_CHANGE_OUTCOME_STARTED,
		Title: page + " reports " + r.Episode.Trouble.Words(), Link: r.Episode.Trouble.Link,
		Description: strings.Join(r.Episode.Trouble.Incidents, "\n"),
		Labels:      map[string]string{"integration": integration, "status": r.Episode.Trouble.Status.String()},
	}
	if !r.Ended.Equal(time.Time{}) {
		request.Outcome = signalv1.ChangeOutcome_CHANGE_OUTCOME_SUCCEEDED
	}
	return request
}

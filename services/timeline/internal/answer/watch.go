package answer

import (
	"context"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/feed"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// watch is one stream.
type watch struct {
	*Service
	viewer store.Viewer
	cursor *feed.Cursor
	send   func(*timelinev1.WatchResponse) error
}

// Watch implements the RPC. The first message is a heartbeat that says where the
// watch stands.
func (s *Service) Watch(r *timelinev1.WatchRequest, stream timelinev1.TimelineService_WatchServer) error {
	ctx := stream.Context()
	if r.GetFromStart() && r.GetIncident() == "" {
		return rpc.InvalidField("from_start", "needs_incident", "from_start is for one incident: name it")
	}
	v, err := viewer(ctx)
	if err != nil {
		return err
	}
	var only incident.ID
	if r.GetIncident() != "" {
		f, err := s.find(ctx, r.GetIncident(), r.GetPosition())
		if err != nil {
			return err
		}
		only = incident.ID(f.incident.GetId())
	}
	from, err := s.watchFrom(ctx, r)
	if err != nil {
		return err
	}
	cursor, err := s.Feed.From(ctx, from, only)
	if err != nil {
		return refuse(otherLog(err))
	}
	defer cursor.Close()
	w := &watch{Service: s, viewer: v, cursor: cursor, send: stream.Send}
	return w.run(ctx)
}

// watchFrom is where a watch begins.
func (s *Service) watchFrom(ctx context.Context, r *timelinev1.WatchRequest) (eventlog.Position, error) {
	switch {
	case r.GetFromStart():
		return eventlog.Position{}, nil
	case r.GetPosition() != "":
		return position(r.GetPosition())
	}
	return s.Log.Head(ctx)
}

func (w *watch) run(ctx context.Context) error {
	if err := w.heartbeat(); err != nil {
		return err
	}
	beat := time.NewTicker(w.Heartbeat)
	defer beat.Stop()
	for {
		list, more, err := w.cursor.Next(ctx)
		if err != nil {
			return refuse(err)
		}
		if err := w.deliver(ctx, list, more != nil); err != nil {
			return err
		}
		if more == nil {
			continue
		}
		select {
		case <-more:
		case <-beat.C:
			if err := w.heartbeat(); err != nil {
				return err
			}
		case <-w.Stopping:
			return errStopping()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (w *watch) heartbeat() error {
	return w.send(&timelinev1.WatchResponse{Position: w.cursor.At().String()})
}

// deliver sends what the viewer may see now. Live items are the newest that there
// are.
func (w *watch) deliver(ctx context.Context, list []feed.Item, live bool) error {
	hidden, err := w.hidden(ctx, list, live)
	if err != nil {
		return refuse(err)
	}
	names := w.names()
	for _, i := range list {
		if hidden[i.ID] {
			continue
		}
		entry := names.Entry(proto.CloneOf(i.Entry))
		err := w.others(ctx, entry)
		if err == nil {
			err = w.send(&timelinev1.WatchResponse{
				Entry: entry, Incident: names.Incident(proto.CloneOf(i.Incident)), Position: i.Resume.String(),
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// hidden finds the incidents among items that the viewer may not see now, whatever
// was so when an item was written down. What is live tells itself; of what lies
// back the read model knows how it stands, as soon as it holds it.
func (w *watch) hidden(ctx context.Context, list []feed.Item, live bool) (map[incident.ID]bool, error) {
	hidden := map[incident.ID]bool{}
	if w.viewer.Everything || len(list) == 0 {
		return hidden, nil
	}
	for _, i := range list { // the last item of an incident counts
		hidden[i.ID] = i.Incident.GetPrivate() && !slices.Contains(i.Members, w.viewer.Person)
	}
	if live {
		return hidden, nil
	}
	if err := w.Projected.Wait(ctx, list[len(list)-1].Resume); err != nil {
		return nil, err
	}
	ask := make([]string, 0, len(hidden))
	for id := range hidden {
		ask = append(ask, string(id))
	}
	err := w.Store.Read(ctx, "check visibility", w.viewer, func(snapshot *store.Snapshot) error {
		snapshot.Last()
		seen, err := snapshot.Visible(ctx, ask)
		for id := range hidden {
			hidden[id] = !seen[id]
		}
		return err
	})
	return hidden, err
}

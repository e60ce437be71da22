package dispatch

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// Index knows from the log which alerts are firing and which incident each group
// has. It keeps what is open and one line for each group, not the past.
type Index struct {
	log eventlog.Reader

	mu        sync.Mutex
	firing    map[string]alert.State // by alert id
	episodes  map[episode]string     // alert id of the episode that is open
	groups    map[string]group
	incidents map[string]int            // firing alerts by incident
	over      map[string]End            // incidents of which no alert is firing, with the last end
	ended     *lru.Cache[episode, past] // those that ended last
	begins    *lru.Cache[episode, []time.Time]
	flaps     map[episode]flap // what is flapping
	// suppressed are the alerts that are firing and call nobody.
	suppressed map[string]bool
	through    wait.Mark // folded up to this sequence
}

// episode is what has at most one open alert.
type episode struct{ source, fingerprint string }

// past is an alert that ended; the zero past is none.
type past struct {
	id, incident string
	signal       string // the raw signal that began it
	end          string // the raw signal that ended it
}

// group is what is known of alerts that belong together.
type group struct {
	incident string
	lastAt   time.Time // of its last alert, as recorded
}

// keptEnded is how many alerts that ended are remembered: more than can wait to be
// handled again after a process died.
const keptEnded = 16_384

// NewIndex returns an index that is empty until Run.
func NewIndex(log eventlog.Reader) *Index {
	ended, err := lru.New[episode, past](keptEnded)
	if err != nil {
		panic(err) // the size is a constant
	}
	begins, err := lru.New[episode, []time.Time](keptEnded)
	if err != nil {
		panic(err) // the size is a constant
	}
	return &Index{
		ended: ended, begins: begins, flaps: map[episode]flap{}, suppressed: map[string]bool{},
		log: log, firing: map[string]alert.State{}, episodes: map[episode]string{}, groups: map[string]group{},
		incidents: map[string]int{}, over: map[string]End{},
	}
}

// Run follows the log until ctx ends, then returns nil; or it returns why the log
// cannot be followed.
func (x *Index) Run(ctx context.Context) error {
	err := x.log.TailSubjects(ctx, eventlog.FilterAlerts, 0, x.apply)
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("follow alerts: %w", err)
}

func (x *Index) apply(m eventlog.Message) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	id := strings.TrimPrefix(m.Subject, alert.SubjectPrefix)
	before := x.firing[id]
	after, err := alert.Fold(before, m.Data)
	if err != nil {
		return fmt.Errorf("message %d: %w", m.Sequence, err)
	}
	x.move(id, before, after)
	x.flutter(id, before, after)
	if delete(x.suppressed, id); after.IsSuppressed() && after.Began() && !after.Ended() {
		x.suppressed[id] = true
	}
	x.through.Reach(m.Sequence)
	return nil
}

// move brings the index from one state of an alert to the next.
func (x *Index) move(id string, before, after alert.State) {
	key := episode{after.Fired.Source, after.Fired.Fingerprint}
	switch {
	case after.Ended():
		if before.Began() {
			x.count(before.Incident(), -1)
			x.finish(id, after)
		}
		if after.Began() {
			x.ended.Add(key, past{id, after.Incident(), after.Fired.SignalID, after.EndSignal})
		}
		delete(x.firing, id)
		if x.episodes[key] == id {
			delete(x.episodes, key)
		}
	case after.Began():
		if !before.Began() {
			x.episodes[key] = id
		}
		if before.Incident() != after.Incident() {
			x.count(after.Incident(), 1)
		}
		x.firing[id] = after
	}
	// It has its incident since it fired, or since nothing suppresses it any more.
	joined := !before.Began() && after.Fired.Incident != "" || before.Unsuppressed.Incident != after.Unsuppressed.Incident
	if g := after.Group(); joined && g != "" {
		x.groups[g] = group{incident: after.Incident(), lastAt: time.UnixMicro(after.Head.RecordedAtMicros)}
	}
}

func (x *Index) count(incident string, n int) {
	if incident == "" {
		return
	}
	delete(x.over, incident)
	if x.incidents[incident] += n; x.incidents[incident] <= 0 {
		delete(x.incidents, incident)
	}
}

// finish notes the end of an alert that was its incident's last.
func (x *Index) finish(id string, ended alert.State) {
	if incident := ended.Incident(); incident != "" && x.incidents[incident] == 0 {
		x.over[incident] = End{alert: id, at: ended.EndedAt}
	}
}

// End is the end of an alert.
type End struct {
	alert string
	at    time.Time
}

// CatchUp returns when everything is folded that the log held when it was called.
func (x *Index) CatchUp(ctx context.Context) error {
	return eventlog.CatchUp(ctx, x.log, eventlog.FilterAlerts, &x.through)
}

// Firing returns the open alert of a fingerprint and its id; an id of "" means
// that there is none.
func (x *Index) Firing(source, fingerprint string) (string, alert.State) {
	x.mu.Lock()
	defer x.mu.Unlock()
	id := x.episodes[episode{source, fingerprint}]
	return id, x.firing[id]
}

// lastEnded returns the alert of a fingerprint that ended last; none when there was none,
// or when that is long ago.
func (x *Index) lastEnded(source, fingerprint string) past {
	last, _ := x.ended.Peek(episode{source, fingerprint})
	return last
}

// Group returns the incident that alerts of a group last had and when the last of
// them was recorded; an incident of "" means that there was none.
func (x *Index) Group(name string) (incident string, lastAt time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	g := x.groups[name]
	return g.incident, g.lastAt
}

// Over returns the end of the alert of an incident that ended last, and false while
// one of its alerts is firing, or when it has none.
func (x *Index) Over(incident string) (End, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	end, ok := x.over[incident]
	return end, ok
}

// Past returns the state of any alert from the log; one that never fired is the
// zero state.
func (x *Index) Past(ctx context.Context, id string) (alert.State, error) {
	return eventlog.Fold(ctx, x.log, alert.Subject(id), alert.Fold)
}

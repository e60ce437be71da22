package fold

import (
	"container/list"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// recency is an order of incidents by when they were last touched. Its zero value
// is empty.
type recency struct {
	order list.List
	at    map[incident.ID]*list.Element
}

// touch makes an incident the newest.
func (r *recency) touch(id incident.ID) {
	if r.at == nil {
		r.at = make(map[incident.ID]*list.Element)
	}
	if e, ok := r.at[id]; ok {
		r.order.MoveToBack(e)
		return
	}
	r.at[id] = r.order.PushBack(id)
}

// oldest takes out the one that was not touched for the longest time; false when
// there is none.
func (r *recency) oldest() (incident.ID, bool) {
	e := r.order.Front()
	if e == nil {
		return "", false
	}
	id, ok := r.order.Remove(e).(incident.ID)
	delete(r.at, id)
	return id, ok
}

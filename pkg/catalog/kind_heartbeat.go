package catalog

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bridgelog/bridgelog/pkg/heartbeat"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Bounds of how often a heartbeat is expected.
const (
	minHeartbeat = time.Second
	maxHeartbeat = 366 * 24 * time.Hour
)

// heartbeatKind: a sign of life that is expected. Its name is part of an address.
func heartbeatKind() Kind {
	return Kind{Name: heartbeat.Kind, Title: "Heartbeat", check: func(c *checker, r *Resource) {
		s := r.Spec.GetHeartbeat()
		c.refer(r, "spec.service", "service", s.GetService())
		if !within(s.GetInterval(), minHeartbeat, maxHeartbeat) {
			c.violate(r, "spec.interval", "out_of_bounds", "say how often it pings at least: from 1s to 366d, for example 24h")
		}
		if s.GetGrace() != nil && !within(s.GetGrace(), 0, maxHeartbeat) {
			c.violate(r, "spec.grace", "out_of_bounds", "a ping may be late by at most 366d, for example 30m")
		}
		for _, name := range []string{heartbeat.Kind, "service"} {
			if _, ok := s.GetLabels()[name]; ok {
				c.violate(r, fmt.Sprintf("spec.labels[%q]", name), "reserved", "this label is set by the name and the service of the heartbeat: leave it out")
			}
		}
	}}
}

func within(d *durationpb.Duration, least, most time.Duration) bool {
	return d.CheckValid() == nil && d.AsDuration() >= least && d.AsDuration() <= most
}

// Heartbeat is what a resource of this kind says.
func Heartbeat(r *Resource) heartbeat.Expected {
	s := r.Spec.GetHeartbeat()
	return heartbeat.Expected{
		Interval: s.GetInterval().AsDuration(), Grace: graceOf(s), Changed: r.UpdatedAt, Disabled: s.GetDisabled(),
	}
}

func graceOf(s *catalogv1.HeartbeatSpec) time.Duration {
	if s.GetGrace() == nil {
		return heartbeat.DefaultGrace
	}
	return s.GetGrace().AsDuration()
}

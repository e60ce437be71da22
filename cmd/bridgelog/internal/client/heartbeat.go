package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Heartbeat is how a heartbeat is.
type Heartbeat struct {
	Name         string     `json:"name"`
	ID           string     `json:"id"`
	State        string     `json:"state"`
	Interval     string     `json:"interval"`
	Grace        string     `json:"grace"`
	LastPingTime *time.Time `json:"last_ping_time,omitempty"`
	DueTime      *time.Time `json:"due_time,omitempty"`
	Service      string     `json:"service,omitempty"`
	Description  string     `json:"description,omitempty"`
}

// Ping sends a ping of a heartbeat. When it returns nil the ping is durable.
func (i *Intake) Ping(ctx context.Context, name string) error {
	_, err := i.call(ctx, http.MethodPost, "/hooks/heartbeat/"+url.PathEscape(name))
	return err
}

// Heartbeats lists all heartbeats, by name.
func (i *Intake) Heartbeats(ctx context.Context) ([]Heartbeat, error) {
	body, err := i.call(ctx, http.MethodGet, "/heartbeats")
	if err != nil {
		return nil, err
	}
	answer := struct {
		Heartbeats []Heartbeat `json:"heartbeats"`
	}{Heartbeats: []Heartbeat{}}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("read the answer of intake: %w", err)
	}
	return answer.Heartbeats, nil
}

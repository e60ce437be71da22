package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxIntakeAnswer bounds an answer of intake, in bytes: a raw signal is smaller.
const maxIntakeAnswer = 4 << 20

// ErrNoIntake: it is not known where intake is.
var ErrNoIntake = errors.New("which doors? say --intake URL, or set BRIDGELOG_INTAKE")

// IntakeError is a refusal of intake.
type IntakeError struct {
	// Status is the status of HTTP.
	Status int
	// Message says what is wrong, in one line.
	Message string
}

// Error implements error.
func (e *IntakeError) Error() string { return e.Message }

// Unread is a raw signal that could not be understood.
type Unread struct {
	ID           string    `json:"id"`
	Source       string    `json:"source"`
	Sender       string    `json:"sender"`
	ReceivedTime time.Time `json:"received_time"`
	ContentType  string    `json:"content_type,omitempty"`
	Bytes        int       `json:"bytes"`
	Reason       string    `json:"reason"`
}

// Replayed says what a replay handed over.
type Replayed struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Alerts int    `json:"alerts"`
}

// Intake asks the service intake for the raw signals that it keeps.
type Intake struct {
	url, token string
	http       http.Client
}

// NewIntake returns a client of the doors at a URL. It returns [ErrNoIntake] for none.
func NewIntake(target Target, at string) (*Intake, error) {
	if at == "" {
		at = target.Intake
	}
	if at == "" {
		return nil, ErrNoIntake
	}
	u, err := url.Parse(at)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%w: %q is no URL", ErrAddress, at)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if config.RootCAs, err = roots(target.CAFile); err != nil {
		return nil, err
	}
	return &Intake{
		url: strings.TrimRight(at, "/"), token: target.Token,
		http: http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: config}},
	}, nil
}

// Unread lists what could not be understood since a time, the newest first.
func (i *Intake) Unread(ctx context.Context, since time.Time, limit int) ([]Unread, error) {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if !since.IsZero() {
		query.Set("since", since.UTC().Format(time.RFC3339))
	}
	body, err := i.call(ctx, http.MethodGet, "/signals?"+query.Encode())
	if err != nil {
		return nil, err
	}
	var answer struct {
		Signals []Unread `json:"signals"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("read the answer of intake: %w", err)
	}
	return answer.Signals, nil
}

// Raw returns a raw signal as it came.
func (i *Intake) Raw(ctx context.Context, id string) ([]byte, error) {
	return i.call(ctx, http.MethodGet, "/signals/"+url.PathEscape(id))
}

// Replay has a raw signal read anew.
func (i *Intake) Replay(ctx context.Context, id string) (Replayed, error) {
	body, err := i.call(ctx, http.MethodPost, "/signals/"+url.PathEscape(id)+"/replay")
	if err != nil {
		return Replayed{}, err
	}
	var r Replayed
	if err := json.Unmarshal(body, &r); err != nil {
		return Replayed{}, fmt.Errorf("read the answer of intake: %w", err)
	}
	return r, nil
}

// Tried is what would become of one alert of a payload.
type Tried struct {
	Fingerprint string            `json:"fingerprint"`
	State       string            `json:"state"`
	Title       string            `json:"title"`
	Labels      map[string]string `json:"labels"`
	StartedTime time.Time         `json:"started_time"`
	EndedTime   *time.Time        `json:"ended_time,omitempty"`
	URL         string            `json:"url,omitempty"`
	RunbookURL  string            `json:"runbook_url,omitempty"`
	Route       string            `json:"route,omitempty"`
	Service     string            `json:"service,omitempty"`
	Severity    string            `json:"severity,omitempty"`
	GroupBy     []string          `json:"group_by,omitempty"`
	Outcome     string            `json:"outcome"`
	// Tee are the integrations that would hear of it as well, by name.
	Tee []string `json:"tee,omitempty"`
	// Page is whom it would page; nil: nobody, whatever happens.
	Page *TriedPage `json:"page,omitempty"`
}

// TriedRemark is what a payload says about an alert beside its state.
type TriedRemark struct {
	Fingerprint  string `json:"fingerprint"`
	Acknowledges bool   `json:"acknowledges"`
	Text         string `json:"text,omitempty"`
	SaidBy       string `json:"said_by,omitempty"`
}

// TriedChange is what would be recorded of a change.
type TriedChange struct {
	Key         string            `json:"key"`
	Kind        string            `json:"kind"`
	Outcome     string            `json:"outcome"`
	Title       string            `json:"title"`
	Service     string            `json:"service,omitempty"`
	Environment string            `json:"environment,omitempty"`
	Version     string            `json:"version,omitempty"`
	Author      string            `json:"author,omitempty"`
	Link        string            `json:"link,omitempty"`
	StartedTime *time.Time        `json:"started_time,omitempty"`
	EndedTime   *time.Time        `json:"ended_time,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
}

// Trial is what would become of a payload.
type Trial struct {
	Alerts  []Tried       `json:"alerts"`
	Remarks []TriedRemark `json:"remarks"`
	Changes []TriedChange `json:"changes"`
}

// TriedPage is whom a route would page.
type TriedPage struct {
	Urgency string `json:"urgency"`
	Team    string `json:"team,omitempty"`
	Shadow  bool   `json:"shadow"`
	// NotBefore is when people may be disturbed, where that is not at once.
	NotBefore *time.Time    `json:"not_before,omitempty"`
	People    []TriedPerson `json:"people"`
	Problem   string        `json:"problem,omitempty"`
}

// TriedPerson is a person who would be paged.
type TriedPerson struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Ways    []TriedWay `json:"ways"`
	Problem string     `json:"problem,omitempty"`
}

// TriedWay is one way by which the person would be told.
type TriedWay struct {
	Type        string `json:"type"`
	Integration string `json:"integration,omitempty"`
	Problem     string `json:"problem,omitempty"`
}

// Try says what would become of a payload at a door; sender may be empty.
func (i *Intake) Try(ctx context.Context, source, sender, contentType string, payload []byte) (Trial, error) {
	path := "/try/" + url.PathEscape(source)
	if sender != "" {
		path += "/" + url.PathEscape(sender)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, i.url+path, bytes.NewReader(payload))
	if err != nil {
		return Trial{}, err
	}
	request.Header.Set("Content-Type", contentType)
	body, err := i.do(request)
	if err != nil {
		return Trial{}, err
	}
	var answer Trial
	if err := json.Unmarshal(body, &answer); err != nil {
		return Trial{}, fmt.Errorf("read the answer of intake: %w", err)
	}
	return answer, nil
}

func (i *Intake) call(ctx context.Context, method, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, i.url+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	return i.do(request)
}

func (i *Intake) do(request *http.Request) ([]byte, error) {
	if i.token != "" {
		request.Header.Set("Authorization", "Bearer "+i.token)
	}
	answer, err := i.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	defer i.http.CloseIdleConnections()
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxIntakeAnswer))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if answer.StatusCode >= http.StatusBadRequest {
		message, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
		return nil, &IntakeError{Status: answer.StatusCode, Message: message}
	}
	return body, nil
}

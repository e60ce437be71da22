package jetstream

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// getRequest asks for one message; one of the fields is set.
type getRequest struct {
	Sequence uint64 `json:"seq,omitempty"`
	LastFor  string `json:"last_by_subj,omitempty"`
	NextFor  string `json:"next_by_subj,omitempty"`
}

// getResponse is the leader's answer.
type getResponse struct {
	Error   *jetstream.APIError `json:"error"`
	Message *struct {
		Subject  string `json:"subject"`
		Sequence uint64 `json:"seq"`
		Header   []byte `json:"hdrs"`
		Data     []byte `json:"data"`
	} `json:"message"`
}

// get asks for one message and gets what the leader knows. On one replica the
// only store answers the cheaper direct request; on three a direct answer may be
// stale.
func (l *Log) get(ctx context.Context, r getRequest) (eventlog.Message, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return eventlog.Message{}, err
	}
	if l.replicas == 1 {
		return l.getDirect(ctx, body)
	}
	return l.getLeader(ctx, body)
}

func (l *Log) getDirect(ctx context.Context, body []byte) (eventlog.Message, error) {
	resp, err := l.request(ctx, "$JS.API.DIRECT.GET."+StreamLog, body)
	if err != nil {
		return eventlog.Message{}, translate(err)
	}
	if status := resp.Header.Get("Status"); status == "404" {
		return eventlog.Message{}, eventlog.ErrNotFound
	} else if status != "" {
		return eventlog.Message{}, fmt.Errorf("%w (status %s)", eventlog.ErrUnavailable, status)
	}
	sequence, err := strconv.ParseUint(resp.Header.Get(jetstream.SequenceHeader), 10, 64)
	if err != nil {
		return eventlog.Message{}, eventlog.ErrUnavailable
	}
	return l.message(resp.Header.Get(jetstream.SubjectHeader), sequence, resp.Header, resp.Data), nil
}

func (l *Log) getLeader(ctx context.Context, body []byte) (eventlog.Message, error) {
	resp, err := l.request(ctx, "$JS.API.STREAM.MSG.GET."+StreamLog, body)
	if err != nil {
		return eventlog.Message{}, translate(err)
	}
	var answer getResponse
	if err := json.Unmarshal(resp.Data, &answer); err != nil {
		return eventlog.Message{}, eventlog.ErrUnavailable
	}
	if answer.Error != nil {
		return eventlog.Message{}, translate(answer.Error)
	}
	if answer.Message == nil {
		return eventlog.Message{}, eventlog.ErrNotFound
	}
	header, err := nats.DecodeHeadersMsg(answer.Message.Header)
	if err != nil && len(answer.Message.Header) > 0 {
		return eventlog.Message{}, fmt.Errorf("message %d: %w", answer.Message.Sequence, chain.ErrMalformed)
	}
	return l.message(answer.Message.Subject, answer.Message.Sequence, header, answer.Message.Data), nil
}

// request sends a request of the JetStream API and waits at most as long as for
// an append.
func (l *Log) request(ctx context.Context, subject string, body []byte) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, l.opts.AttemptTimeout)
	defer cancel()
	return l.nc.RequestWithContext(ctx, subject, body)
}

// message builds the message from what the server keeps.
func (l *Log) message(subject string, sequence uint64, header nats.Header, data []byte) eventlog.Message {
	m := eventlog.Message{Subject: subject, Sequence: sequence, Epoch: l.epoch, Data: data}
	for name, values := range header {
		if len(values) == 0 {
			continue
		}
		if name == jetstream.ExpectedLastSubjSeqHeader {
			// A message that carries no number was not written by Append; its chain
			// will not verify.
			m.Previous, _ = strconv.ParseUint(values[0], 10, 64)
			continue
		}
		if strings.HasPrefix(name, "Nats-") {
			continue
		}
		if m.Header == nil {
			m.Header = make(eventlog.Header, 2)
		}
		m.Header[name] = values[0]
	}
	return m
}

// At implements eventlog.Log.
func (l *Log) At(ctx context.Context, sequence uint64) (eventlog.Message, error) {
	if sequence == 0 {
		return eventlog.Message{}, fmt.Errorf("message 0: %w", eventlog.ErrNotFound)
	}
	m, err := l.get(ctx, getRequest{Sequence: sequence})
	if err == nil {
		return m, nil
	}
	if !isNotFound(err) {
		return eventlog.Message{}, fmt.Errorf("message %d: %w", sequence, err)
	}
	return l.missing(ctx, sequence)
}

// missing explains why the store has no message at a sequence: it was replaced,
// lies beyond the end, or is lost.
func (l *Log) missing(ctx context.Context, sequence uint64) (eventlog.Message, error) {
	redaction, err := l.get(ctx, getRequest{LastFor: eventlog.RedactionSubject(sequence)})
	if err == nil {
		return eventlog.ReplacementOf(redaction)
	}
	if !isNotFound(err) {
		return eventlog.Message{}, fmt.Errorf("message %d: %w", sequence, err)
	}
	info, err := l.Info(ctx)
	if err != nil {
		return eventlog.Message{}, err
	}
	if sequence > info.LastSequence {
		return eventlog.Message{}, fmt.Errorf("message %d: %w", sequence, eventlog.ErrNotFound)
	}
	return eventlog.Message{}, &eventlog.HoleError{First: sequence, Last: sequence}
}

// Last implements eventlog.Log.
func (l *Log) Last(ctx context.Context, subject string) (eventlog.Message, error) {
	m, err := l.get(ctx, getRequest{LastFor: subject})
	if err != nil {
		return eventlog.Message{}, fmt.Errorf("last message of %s: %w", subject, err)
	}
	return m, nil
}

// LastSequence implements eventlog.Log.
func (l *Log) LastSequence(ctx context.Context, subject string) (uint64, error) {
	m, err := l.get(ctx, getRequest{LastFor: subject})
	if err != nil && !isNotFound(err) {
		return 0, fmt.Errorf("last sequence of %s: %w", subject, err)
	}
	return m.Sequence, nil
}

// Head implements eventlog.Log.
func (l *Log) Head(ctx context.Context) (eventlog.Position, error) {
	info, err := l.Info(ctx)
	if err != nil {
		return eventlog.Position{}, err
	}
	if info.LastSequence == 0 {
		return eventlog.Position{Epoch: l.epoch}, nil
	}
	m, err := l.At(ctx, info.LastSequence)
	if err != nil {
		return eventlog.Position{}, fmt.Errorf("end of the log: %w", err)
	}
	return m.Position()
}

// Subjects implements eventlog.Log.
func (l *Log) Subjects(ctx context.Context, filter string) ([]string, error) {
	attempt, cancel := context.WithTimeout(ctx, l.opts.AttemptTimeout)
	defer cancel()
	info, err := l.stream.Info(attempt, jetstream.WithSubjectFilter(filter))
	if err != nil {
		return nil, fmt.Errorf("subjects of %s: %w", filter, translate(err))
	}
	subjects := make([]string, 0, len(info.State.Subjects))
	for s := range info.State.Subjects {
		subjects = append(subjects, s)
	}
	sort.Strings(subjects)
	return subjects, nil
}

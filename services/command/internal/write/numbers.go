package write

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

const (
	numberPrefix = "number."
	// typeNumberClaimed is the one event of a number.
	typeNumberClaimed = "number.claimed"
	// rememberedNumbers bounds the memory of which number is which incident.
	rememberedNumbers = 50_000
)

// numbers gives numbers to incidents without gaps: number n is claimed only when
// n-1 is taken, in one batch with the incident that gets it.
type numbers struct {
	log   eventlog.Log
	known *lru.Cache[uint64, incident.ID] // a claimed number never changes hands

	claiming sync.Mutex // claims of one process would only refuse each other
	last     uint64     // the highest number known to be taken; 0: not looked up
}

func newNumbers(log eventlog.Log) (*numbers, error) {
	known, err := lru.New[uint64, incident.ID](rememberedNumbers)
	if err != nil {
		return nil, fmt.Errorf("remember numbers: %w", err)
	}
	return &numbers{log: log, known: known}, nil
}

// find returns the incident with a number, or [eventlog.ErrNotFound].
func (n *numbers) find(ctx context.Context, number uint64) (incident.ID, error) {
	if id, ok := n.known.Get(number); ok {
		return id, nil
	}
	m, err := n.log.Last(ctx, numberSubject(number))
	if err != nil {
		return "", fmt.Errorf("look up INC-%d: %w", number, err)
	}
	c, err := chain.Open(m.Data)
	if err != nil {
		return "", fmt.Errorf("look up INC-%d: %w", number, err)
	}
	var facts incidentv1.NumberClaimedFacts
	if err := proto.Unmarshal(c.Records[0].Facts, &facts); err != nil {
		return "", fmt.Errorf("look up INC-%d: %w: %w", number, chain.ErrMalformed, err)
	}
	id := incident.ID(facts.GetIncidentId())
	n.known.Add(number, id)
	return id, nil
}

// claim calls try with the first of count free numbers, and again after each
// [eventlog.ErrConflict]. try reports whether it took them.
func (n *numbers) claim(ctx context.Context, count int, try func(first uint64) (taken bool, err error)) error {
	n.claiming.Lock()
	defer n.claiming.Unlock()
	for {
		if n.last == 0 {
			if err := n.look(ctx); err != nil {
				return err
			}
		}
		taken, err := try(n.last + 1)
		if taken {
			n.last += uint64(count)
			return err
		}
		n.last = 0
		if !errors.Is(err, eventlog.ErrConflict) || ctx.Err() != nil {
			return err
		}
	}
}

// look finds the highest number that is taken: the last claimed one, since they
// are claimed in order.
func (n *numbers) look(ctx context.Context) error {
	m, err := n.log.Last(ctx, eventlog.FilterNumbers)
	if errors.Is(err, eventlog.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up the last number: %w", err)
	}
	last, err := strconv.ParseUint(strings.TrimPrefix(m.Subject, numberPrefix), 10, 64)
	if err != nil {
		return fmt.Errorf("look up the last number: subject %q: %w", m.Subject, chain.ErrMalformed)
	}
	n.last = last
	return nil
}

func numberSubject(n uint64) string { return numberPrefix + strconv.FormatUint(n, 10) }

// numberDraft is the event that claims a number.
func numberDraft(eventID string, id incident.ID, who caller) (chain.Draft, error) {
	facts, err := proto.Marshal(&incidentv1.NumberClaimedFacts{IncidentId: string(id)})
	if err != nil {
		return chain.Draft{}, fmt.Errorf("encode number: %w", err)
	}
	return chain.Draft{
		EventID: eventID, Type: typeNumberClaimed, Facts: facts,
		Actor: string(who.actor), Principal: string(who.principal),
	}, nil
}

package pager

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/wait"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/admit"
	"github.com/bridgelog/bridgelog/services/notifier/internal/highwater"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
	"github.com/bridgelog/bridgelog/services/notifier/internal/mail"
)

const (
	// lookEvery is how often is looked for what is due.
	lookEvery = 200 * time.Millisecond
	// lease is how long nobody else may work on a way: longer than an attempt and what is
	// said of it take. That of a process that died ends before.
	lease = mail.Timeout + 2*callTimeout + 10*time.Second
	// most ways are taken at once, width of one integration tried at once: the rest of an
	// integration that is slow waits, and that of others does not.
	most, width = 16, 8
	// callTimeout bounds one call of command, keepTimeout what is written down at the end.
	callTimeout = 10 * time.Second
	keepTimeout = 2 * time.Second
	// maxAttempt is the highest number of an attempt that command takes.
	maxAttempt = 1000
	// sayAgain is how long is waited before command is told again.
	sayAgain = time.Second
)

// Pager tells people of pages. Its fields are set once, before Run.
type Pager struct {
	Log     eventlog.Reader
	Catalog *catalog.Follower
	Ledger  *ledger.Ledger
	// Gate lets it send, Keeper remembers outside the database how far it got.
	Gate   *admit.Gate
	Keeper *highwater.Keeper
	// Sender hands letters over.
	Sender *mail.Sender
	// Pages writes down what came of it.
	Pages signalv1.PageServiceClient
	// Stale is how long a page is of use after it may be told.
	Stale   time.Duration
	Metrics *Metrics
	Now     func() time.Time
	Logger  *slog.Logger

	mu   sync.Mutex
	busy map[string]int // ways in hand, by integration
}

// Run tells people until ctx ends, and returns when everything in hand is given back.
func (p *Pager) Run(ctx context.Context) {
	p.busy = map[string]int{}
	var all sync.WaitGroup
	defer all.Wait()
	for ctx.Err() == nil {
		rows, err := p.take(ctx)
		if err != nil && ctx.Err() == nil {
			p.Gate.Close()
			p.Logger.WarnContext(ctx, "nobody is told of pages, which is tried again", "error", err)
			_ = wait.For(ctx, time.Second) // the loop looks at ctx
		}
		for _, row := range rows {
			p.count(row.Integration, 1)
			all.Go(func() {
				defer p.count(row.Integration, -1)
				if err := p.step(ctx, row); err != nil && ctx.Err() == nil {
					p.Logger.WarnContext(ctx, "somebody is told of a page later", "page_id", row.PageID, "person_id", row.PersonID, "way", row.Way, "error", err)
				}
			})
		}
		if len(rows) == 0 {
			_ = wait.For(ctx, lookEvery) // the loop looks at ctx
		}
	}
}

func (p *Pager) take(ctx context.Context) ([]db.NotifierLedgerPageWay, error) {
	if err := p.Gate.Pass(ctx); err != nil {
		return nil, err
	}
	full, room := p.full()
	return p.Ledger.TakePageWays(ctx, lease, full, min(most, room))
}

func (p *Pager) count(integration string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy[integration] += n
}

// full are the integrations of which nothing more is taken for now, room how much may be
// taken of any other.
func (p *Pager) full() (full []string, room int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	room = width
	for name, n := range p.busy {
		if n >= width {
			full = append(full, name)
			continue
		}
		room = min(room, width-n)
	}
	return full, room
}

// step does the next thing about one way and writes down how far it has got. What goes wrong
// here is done again when the lease is over, or a moment later.
func (p *Pager) step(ctx context.Context, row db.NotifierLedgerPageWay) error {
	err := p.try(ctx, row)
	if err != nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTimeout)
		defer cancel()
		err = errors.Join(err, p.Ledger.ReturnPageWay(last, row, sayAgain))
	}
	return err
}

func (p *Pager) try(ctx context.Context, row db.NotifierLedgerPageWay) error {
	if row.Outcome != "" {
		return p.say(ctx, row)
	}
	seen, err := p.look(ctx, row)
	if err != nil {
		return err
	}
	d := Decide(seen.facts)
	if d.Settle {
		if err := p.settle(ctx, row); err != nil {
			return err
		}
	}
	row.Since = nil
	if !d.Since.IsZero() {
		row.Since = &d.Since
	}
	switch d.Step {
	case Stop:
		row.State, row.Reason = "done", d.Reason
		return p.Ledger.SavePageWay(ctx, row, 0)
	case GiveUp:
		return p.came(ctx, row, "failed", mail.Result{Reason: d.Reason, Problem: d.Problem})
	case Send:
		return p.send(ctx, row, seen)
	case Rest:
	}
	return p.Ledger.SavePageWay(ctx, row, d.Wait)
}

// send makes one attempt.
func (p *Pager) send(ctx context.Context, row db.NotifierLedgerPageWay, seen seen) error {
	round, err := p.Ledger.NextRound(ctx)
	if err != nil {
		return err
	}
	// A ledger that is older than this mark does not know that it was sent. While none can
	// be raised nothing is sent, and no attempt is counted.
	if err := p.Keeper.Raise(ctx, highwater.Mark{Round: round, Sequence: uint64(row.Sequence)}); err != nil {
		return fmt.Errorf("raise the mark: %w", err)
	}
	attempt, ok, err := p.Ledger.BeginPageAttempt(ctx, row)
	if err != nil {
		return err
	}
	if !ok {
		return p.Ledger.ReturnPageWay(ctx, row, 0)
	}
	row.Attempts = attempt
	if err := pointBeforeSend.Hit(ctx); err != nil {
		return err
	}
	result := p.hand(ctx, row, seen)
	if ctx.Err() != nil && !result.Accepted {
		return ctx.Err() // it was cut off, and is done again under the same Message-ID
	}
	if err := pointAfterSend.Hit(ctx); err != nil {
		return err
	}
	p.Metrics.attempted(result)
	_, again := next(attempt)
	switch {
	case result.Accepted:
		return p.came(ctx, row, "delivered", mail.Result{})
	case result.Final:
		return p.came(ctx, row, "failed", result)
	case !again:
		result.Problem = fmt.Sprintf("given up after %d attempts: %s", attempt, result.Problem)
		return p.came(ctx, row, "failed", result)
	}
	return p.came(ctx, row, "attempted", result)
}

// came keeps what came of a way and says it to command.
func (p *Pager) came(ctx context.Context, row db.NotifierLedgerPageWay, outcome string, result mail.Result) error {
	now := p.Now().UTC().Truncate(time.Microsecond)
	row.Outcome, row.OutcomeAt, row.OutcomeReason, row.OutcomeProblem = outcome, &now, result.Reason, result.Problem
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTimeout)
	defer cancel()
	if err := p.Ledger.KeepPageOutcome(last, row); err != nil {
		return err
	}
	return p.say(ctx, row)
}

// say has command write what came of a way, and writes down that it did. What command refuses
// for good is not said again.
func (p *Pager) say(ctx context.Context, row db.NotifierLedgerPageWay) error {
	if err := pointBeforeRecord.Hit(ctx); err != nil {
		return err
	}
	err := p.call(ctx, func(ctx context.Context) error {
		_, err := p.Pages.RecordPageOutcome(ctx, &signalv1.RecordPageOutcomeRequest{
			PageId: row.PageID, PersonId: row.PersonID, Way: row.Way, Attempt: min(row.Attempts, maxAttempt), Outcome: outcomeOf(row.Outcome),
			AtUs: row.OutcomeAt.UnixMicro(), Reason: row.OutcomeReason, Problem: row.OutcomeProblem,
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("record what came of a page: %w", err)
	}
	if err := pointAfterRecord.Hit(ctx); err != nil {
		return err
	}
	rest, again := next(row.Attempts)
	if row.Outcome != "attempted" || !again {
		row.State, row.Reason = "done", row.Outcome
	} else {
		retry := p.Now().Add(rest)
		row.RetryAt = &retry
	}
	row.Outcome = ""
	return p.Ledger.SavePageWay(ctx, row, rest)
}

// settle has command bring a page to where its alert is.
func (p *Pager) settle(ctx context.Context, row db.NotifierLedgerPageWay) error {
	err := p.call(ctx, func(ctx context.Context) error {
		_, err := p.Pages.SettlePage(ctx, &signalv1.SettlePageRequest{PageId: row.PageID})
		return err
	})
	if err != nil {
		return fmt.Errorf("settle a page: %w", err)
	}
	return nil
}

// call asks command. What it refuses for good counts as done.
func (p *Pager) call(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err := ask(ctx)
	switch status.Code(err) {
	case codes.OK:
		return nil
	case codes.InvalidArgument, codes.FailedPrecondition, codes.NotFound:
		p.Logger.WarnContext(ctx, "what came of a page is not in the log", "error", err)
		return nil
	default:
		return err
	}
}

func outcomeOf(word string) signalv1.PageOutcome {
	switch word {
	case "delivered":
		return signalv1.PageOutcome_PAGE_OUTCOME_DELIVERED
	case "failed":
		return signalv1.PageOutcome_PAGE_OUTCOME_FAILED
	}
	return signalv1.PageOutcome_PAGE_OUTCOME_ATTEMPTED
}

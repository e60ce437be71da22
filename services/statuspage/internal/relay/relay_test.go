package relay_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/public"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/relay"
)

func TestEverythingPublishedIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		for n := range 300 {
			b.declare(n, fmt.Sprint("text ", n))
		}
		b.declare(300, "") // nothing of it is public
		b.run()
		texts, _ := b.after(time.Minute)
		if len(texts) != 300 || !has(texts, "Title 7: text 7") {
			t.Errorf("%d documents", len(texts))
		}
		mark := b.board.marked()
		if position, err := eventlog.ParsePosition(mark.GetPosition()); err != nil || position.Sequence != 601 || !mark.GetComplete() {
			t.Errorf("mark %v", mark)
		}
	})
}

func TestARelayGoesOnWhereTheLastOneStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		for n := range 100 {
			b.declare(n, "first")
		}
		_, stop := b.run()
		_, before := b.after(time.Minute)
		stop()
		read, _ := b.log.read()
		b.desk.Must(t, id(3), update("u2", "second"))
		b.run()
		texts, after := b.after(time.Minute)
		if again, loaded := b.log.read(); again-read != 1 || loaded != 1 {
			t.Errorf("%d messages of the log were read again, %d incidents", again-read, loaded)
		}
		if after-before != 1 || !has(texts, "Title 3: first|second") {
			t.Errorf("%d documents were stored again", after-before)
		}
	})
}

// What is published while the history of its incident is read again comes after what
// was read, and must not be lost.
func TestAnUpdateWhileItsIncidentIsReadIsPublished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.declare(0, "first")
		_, stop := b.run()
		b.after(time.Minute)
		stop()
		b.desk.Must(t, id(0), update("u2", "second"))
		b.log.loading = sync.OnceFunc(func() {
			b.desk.Must(t, id(0), update("u3", "third"))
			<-time.After(time.Second) // of the bubble: the relay has followed the log
		})
		b.run()
		if texts, _ := b.after(time.Minute); !has(texts, "Title 0: first|second|third") {
			t.Errorf("shown %v", texts)
		}
	})
}

func TestOldIncidentsAreReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		const many = 5000 // more than are kept folded
		for n := range many {
			b.declare(n, "")
		}
		b.run()
		b.after(time.Second)
		b.desk.Must(t, id(0), update("u1", "late"))
		texts, _ := b.after(time.Second)
		if _, loaded := b.log.read(); loaded != 1 || !has(texts, "Title 0: late") {
			t.Errorf("%d histories were read, shown %v", loaded, texts)
		}
	})
}

func TestOfTwoRelaysOneStandsBy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.declare(0, "one")
		first, _ := b.run()
		b.after(time.Second)
		second, stop := b.run()
		b.after(20 * time.Second)
		if first.Status().Publishing || !second.Status().Publishing {
			t.Fatalf("first %+v, second %+v", first.Status(), second.Status())
		}
		stop()
		b.declare(1, "two")
		texts, _ := b.after(10 * time.Second)
		if has(texts, "Title 1: two") {
			t.Error("the first took over before the second was silent for long")
		}
		texts, _ = b.after(20 * time.Second)
		if !has(texts, "Title 1: two") || !first.Status().Publishing {
			t.Errorf("nobody took over: %v", texts)
		}
	})
}

func TestWithoutAUsableMarkEverythingIsComputedAnew(t *testing.T) {
	for name, spoil := range map[string]func(*statusv1.RelayMark){
		"another log":     func(m *statusv1.RelayMark) { m.Position = eventlog.Position{Epoch: "other", Sequence: 1}.String() },
		"another version": func(m *statusv1.RelayMark) { m.FoldVersion = 0 },
		"interrupted":     func(m *statusv1.RelayMark) { m.Complete = false },
		"unreadable":      func(m *statusv1.RelayMark) { m.Position = "?" },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.declare(0, "one")
				_, stop := b.run()
				b.after(time.Second)
				stop()
				spoil(b.board.mark)
				b.board.docs[public.SubjectOf("nobodyknows1")] = &statusv1.IncidentDocument{Id: "nobodyknows1", Title: "Of another log"}
				b.run()
				texts, _ := b.after(time.Second)
				if len(texts) != 1 || !has(texts, "Title 0: one") || !b.board.marked().GetComplete() {
					t.Errorf("shown %v, mark %v", texts, b.board.marked())
				}
			})
		})
	}
}

func TestADamagedLogWaitsForARebuild(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.declare(0, "one")
		b.log.broken = &eventlog.HoleError{First: 1, Last: 1}
		r, _ := b.run()
		b.after(time.Minute)
		if r.Status().Stopped == nil || !strings.Contains(b.said.String(), "rebuild statuspage") {
			t.Fatalf("status %+v, said %s", r.Status(), b.said)
		}
		b.log.mu.Lock()
		b.log.broken = nil
		b.log.mu.Unlock()
		var last relay.Progress
		if err := r.Rebuild(t.Context(), func(p relay.Progress) { last = p }); err != nil {
			t.Fatal(err)
		}
		if texts, _ := b.after(time.Second); !has(texts, "Title 0: one") || last.Read != 2 || last.Total != 2 {
			t.Errorf("shown %v, progress %+v", texts, last)
		}
	})
}

func TestARebuildPutsRightWhatIsWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.declare(0, "one")
		b.declare(1, "two")
		r, _ := b.run()
		texts, _ := b.after(time.Second)
		b.board.mu.Lock()
		for subject := range texts {
			b.board.docs[subject] = &statusv1.IncidentDocument{Id: "x", Title: "wrong"}
			break
		}
		b.board.docs[public.SubjectOf("nobodyknows1")] = &statusv1.IncidentDocument{Id: "nobodyknows1", Title: "Unknown"}
		b.board.docs[public.SubjectOfPage("gone")] = &statusv1.PageDocument{Id: "gone", Name: "gone"}
		b.board.mu.Unlock()
		var last relay.Progress
		if err := r.Rebuild(t.Context(), func(p relay.Progress) { last = p }); err != nil {
			t.Fatal(err)
		}
		texts, _ = b.after(time.Second)
		if len(texts) != 2 || !has(texts, "Title 0: one") || !has(texts, "Title 1: two") {
			t.Errorf("shown %v", texts)
		}
		if proto.Size(b.board.docs[public.SubjectOfPage("gone")]) != 0 || last.Changed < 1 || last.Removed != 1 {
			t.Errorf("the page that is gone is there, or progress %+v", last)
		}
	})
}

func TestAStormCostsFewPublications(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.declare(0, "text")
		b.run()
		_, before := b.after(time.Second)
		for n := range 500 {
			b.desk.Must(t, id(0), update(fmt.Sprint("v", n), fmt.Sprint("text ", n)))
			<-time.After(2 * time.Millisecond)
		}
		texts, after := b.after(time.Second)
		if after-before > 10 || after == before {
			t.Errorf("%d publications in a second", after-before)
		}
		for _, text := range texts {
			if !strings.HasSuffix(text, "text 499") {
				t.Error("the last update is not there")
			}
		}
	})
}

func TestOneDocumentThatCannotBeStoredDoesNotHoldUpOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.declare(0, "one")
		b.declare(1, "two")
		refused := ""
		b.board.fail = func(subject string) error {
			if strings.HasPrefix(subject, public.SubjectOf("")) && (refused == "" || refused == subject) {
				refused = subject
				return public.ErrTooLarge
			}
			return nil
		}
		b.run()
		if texts, _ := b.after(time.Second); len(texts) != 1 || !b.board.marked().GetComplete() {
			t.Errorf("shown %v", texts)
		}
	})
}

func TestWhatFailedIsPublishedLater(t *testing.T) {
	for name, cause := range map[string]error{"away": errors.New("no answer"), "full": public.ErrFull} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.declare(0, "one")
				until := time.Now().Add(30 * time.Second)
				b.board.fail = func(string) error {
					if time.Now().Before(until) {
						return cause
					}
					return nil
				}
				b.run()
				if texts, _ := b.after(time.Minute); !has(texts, "Title 0: one") {
					t.Errorf("shown %v", texts)
				}
			})
		})
	}
}

func TestARedactionReachesTheBoard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.declare(0, "secret")
		b.desk.Must(t, id(0), update("u2", "kept"))
		b.run()
		b.after(time.Second)
		b.desk.Must(t, id(0), incident.RedactEntry{Entry: 2, ReasonCode: "secret"})
		if texts, _ := b.after(time.Second); !has(texts, "Title 0: |kept") {
			t.Errorf("shown %v", texts)
		}
		b.desk.Must(t, id(0), incident.RetractUpdate{UpdateID: "u2", Reason: "wrong"})
		if texts, _ := b.after(time.Second); len(texts) != 0 {
			t.Errorf("shown %v", texts)
		}
	})
}

func TestAQuietRelayGivesSignsOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.declare(0, "one")
		b.run()
		b.after(time.Minute)
		asOf := time.UnixMicro(b.board.marked().GetAsOfUs())
		if age := time.Since(asOf); age > 15*time.Second {
			t.Errorf("what is known is %v old", age)
		}
	})
}

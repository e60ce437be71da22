package statuspage

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/library"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/web"
)

func newKeeper(dir string) *keeper {
	logger := slog.New(slog.DiscardHandler)
	return &keeper{
		pages: web.NewPages("http://page", logger), disk: library.Disk{Dir: filepath.Join(dir, "documents")}, logger: logger,
		library: library.New(), seen: map[string]bool{}, rendered: make(chan struct{}, 1),
	}
}

func (k *keeper) front() (int, string) {
	w := httptest.NewRecorder()
	k.pages.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w.Code, w.Body.String()
}

func aPage() *statusv1.PageDocument {
	return &statusv1.PageDocument{Id: "p", Name: "main", Title: "Main", TimeZone: "Etc/UTC"}
}

func anIncident(text string) *statusv1.IncidentDocument {
	return &statusv1.IncidentDocument{Id: "aaaaaaaaaaaa", Title: "Trouble", Updates: []*statusv1.PublishedUpdate{
		{Id: "u", Status: "investigating", Body: text, DisplayAtUs: time.Now().UnixMicro()},
	}}
}

// mark is that of a relay that knows everything as of now.
func mark(complete bool) *statusv1.RelayMark {
	return &statusv1.RelayMark{Complete: complete, AsOfUs: time.Now().UnixMicro()}
}

// told lets a keeper hear what is in a stream that is whole.
func (k *keeper) told(text string) {
	k.begin()
	k.Page("main", aPage())
	k.Incident("aaaaaaaaaaaa", anIncident(text))
	k.Mark(mark(true), time.Now())
	k.CaughtUp()
}

func TestDocumentsAreShownWhenTheyBelongTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeeper(t.TempDir())
		k.begin()
		k.Page("main", aPage())
		k.Mark(mark(false), time.Now())
		k.CaughtUp()
		if code, _ := k.front(); code != http.StatusServiceUnavailable {
			t.Errorf("a page that is not all there yet: %d", code)
		}
		k.Incident("aaaaaaaaaaaa", anIncident("first"))
		k.Mark(mark(true), time.Now())
		if _, page := k.front(); !strings.Contains(page, "first") {
			t.Error("what is whole is not shown")
		}
		k.Incident("aaaaaaaaaaaa", anIncident("second"))
		if _, page := k.front(); strings.Contains(page, "second") {
			t.Error("a document is shown before its mark")
		}
		k.Mark(mark(true), time.Now())
		if _, page := k.front(); !strings.Contains(page, "second") {
			t.Error("a document is not shown after its mark")
		}
	})
}

func TestASilentRelayMakesThePageOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeeper(t.TempDir())
		k.told("text")
		since := time.Now()
		<-time.After(staleAfter - time.Second) // of the bubble
		k.beat(time.Now(), true)
		if _, page := k.front(); strings.Contains(page, "As of") {
			t.Error("the page is called old too soon")
		}
		<-time.After(2 * time.Second) // of the bubble
		k.beat(time.Now(), true)
		if _, page := k.front(); !strings.Contains(page, `As of <time datetime="`+since.UTC().Format(time.RFC3339)) {
			t.Error("the page does not say how old it is")
		}
		if age := k.age(time.Now()); age < staleAfter {
			t.Errorf("it is %v old", age)
		}
		k.Mark(mark(true), time.Now())
		if _, page := k.front(); strings.Contains(page, "As of") {
			t.Error("the page is still called old")
		}
	})
}

func TestALostConnectionMakesThePageOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeeper(t.TempDir())
		k.told("text")
		k.beat(time.Now(), false)
		if _, page := k.front(); !strings.Contains(page, "As of") {
			t.Error("the page does not say that it is old")
		}
		k.beat(time.Now(), true)
		if _, page := k.front(); strings.Contains(page, "As of") {
			t.Error("the page is still called old")
		}
	})
}

func TestACopyIsShownUntilTheStreamIsWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		newKeeper(dir).told("from the disk")
		k := newKeeper(dir)
		k.load(time.Now())
		if _, page := k.front(); !strings.Contains(page, "from the disk") || !strings.Contains(page, "As of") {
			t.Fatal("the copy is not shown")
		}
		k.begin() // The stream was made anew, and a relay fills it.
		k.Page("main", aPage())
		k.Mark(mark(false), time.Now())
		k.CaughtUp()
		if _, page := k.front(); !strings.Contains(page, "from the disk") {
			t.Error("the copy is gone before the stream is whole")
		}
		k.Mark(mark(true), time.Now())
		if _, page := k.front(); strings.Contains(page, "from the disk") {
			t.Error("what the stream does not have is still shown")
		}
		again := newKeeper(dir)
		again.load(time.Now())
		if _, page := again.front(); strings.Contains(page, "from the disk") {
			t.Error("what the stream does not have is still on disk")
		}
	})
}

func TestTheClockOfTheRelayMayDiffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeeper(t.TempDir())
		k.told("text")
		theirs := time.Now().Add(-time.Hour)
		k.Mark(&statusv1.RelayMark{Complete: true, AsOfUs: theirs.Add(-2 * time.Second).UnixMicro()}, theirs)
		if age := k.age(time.Now()); age != 2*time.Second {
			t.Errorf("it is %v old", age)
		}
	})
}

package library_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/library"
)

// update is one of an incident, so many minutes after the beginning.
func update(minutes int64, status, body string, changes ...string) *statusv1.PublishedUpdate {
	u := &statusv1.PublishedUpdate{Id: "u", Status: status, Body: body, DisplayAtUs: minutes * 60_000_000}
	for _, c := range changes {
		ref, word, _ := strings.Cut(c, "=")
		u.Components = append(u.Components, &statusv1.ComponentChange{Ref: ref, Status: word})
	}
	return u
}

func with(updates ...*statusv1.PublishedUpdate) *statusv1.IncidentDocument {
	return &statusv1.IncidentDocument{Id: "aaaaaaaaaaaa", Title: "Title", Updates: updates}
}

func standing(t *testing.T, doc *statusv1.IncidentDocument, page string) library.Standing {
	t.Helper()
	l := library.New()
	if err := l.SetIncident(doc.GetId(), doc); err != nil {
		t.Fatal(err)
	}
	entries := l.On(page)
	if len(entries) == 0 {
		return library.Standing{}
	}
	return entries[0].Standing(page)
}

func TestSpansFollowTheUpdates(t *testing.T) {
	t.Parallel()
	const minute = 60_000_000
	s := standing(t, with(
		update(1, "investigating", "a", "api=partial_outage", "web=operational"),
		update(3, "identified", "b", "api=major_outage"),
		update(5, "identified", "c"),
		update(9, "resolved", "d"),
		update(12, "investigating", "again", "web=degraded_performance"),
	), "main")
	want := []library.Span{
		{Ref: "api", Status: "partial_outage", FromUs: 1 * minute, ToUs: 3 * minute},
		{Ref: "api", Status: "major_outage", FromUs: 3 * minute, ToUs: 9 * minute},
		{Ref: "web", Status: "degraded_performance", FromUs: 12 * minute},
	}
	if !slices.Equal(s.Spans, want) || !s.Open || s.CreatedUs != minute {
		t.Errorf("got %+v", s)
	}
}

func TestPlannedWorkHurtsNothingBeforeItBegins(t *testing.T) {
	t.Parallel()
	doc := with(update(1, "scheduled", "a", "api=under_maintenance"))
	doc.Maintenance = true
	if s := standing(t, doc, "main"); len(s.Spans) != 0 || !s.Scheduled || !s.Open || !s.Planned {
		t.Errorf("before: %+v", s)
	}
	doc.Updates = append(doc.Updates, update(5, "in_progress", "b"))
	if s := standing(t, doc, "main"); len(s.Spans) != 1 || s.Spans[0].Status != "under_maintenance" || s.Scheduled {
		t.Errorf("during: %+v", s)
	}
}

func TestAnUpdateIsOnItsPagesOnly(t *testing.T) {
	t.Parallel()
	partners := update(1, "investigating", "for partners", "api=major_outage")
	partners.Pages = []string{"partners"}
	doc := with(partners)
	if s := standing(t, doc, "main"); s.Visible {
		t.Errorf("on another page: %+v", s)
	}
	if s := standing(t, doc, "partners"); !s.Visible || len(s.Spans) != 1 {
		t.Errorf("on its page: %+v", s)
	}
}

func TestAnUpdateWithoutATextCountsAndDoesNotShow(t *testing.T) {
	t.Parallel()
	if s := standing(t, with(update(1, "investigating", "")), "main"); s.Visible {
		t.Errorf("got %+v", s)
	}
	if s := standing(t, with(update(1, "investigating", "a"), update(2, "resolved", "")), "main"); !s.Visible || s.Open {
		t.Errorf("got %+v", s)
	}
}

func TestTheDiskGivesBackWhatItGot(t *testing.T) {
	t.Parallel()
	disk := library.Disk{Dir: filepath.Join(t.TempDir(), "documents")}
	page := &statusv1.PageDocument{Id: "p", Name: "a/b page", Title: "Main"}
	doc := with(update(1, "investigating", "text"))
	asOf := time.UnixMicro(1_700_000_000_000_000)
	for _, err := range []error{disk.SavePage(page.GetName(), page), disk.SaveIncident(doc.GetId(), doc), disk.SaveMark(asOf)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	l, at := disk.Load()
	if pages := l.Pages(); len(pages) != 1 || !proto.Equal(pages[0], page) || !at.Equal(asOf) {
		t.Errorf("pages %v, as of %v", pages, at)
	}
	if entries := l.On("main"); len(entries) != 1 || !proto.Equal(entries[0].Document(), doc) {
		t.Errorf("incidents %v", entries)
	}
	if err := disk.SaveIncident(doc.GetId(), nil); err != nil {
		t.Fatal(err)
	}
	if err := disk.SavePage(page.GetName(), nil); err != nil {
		t.Fatal(err)
	}
	if l, _ := disk.Load(); len(l.Pages())+len(l.On("main")) != 0 {
		t.Error("what was removed is still there")
	}
}

func TestABrokenFileIsPassedOver(t *testing.T) {
	t.Parallel()
	disk := library.Disk{Dir: t.TempDir()}
	doc := with(update(1, "investigating", "text"))
	if err := disk.SaveIncident(doc.GetId(), doc); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"bbbbbbbbbbbb.incident": "\xff\xff", "main.page": "", "cccccccccccc.incident.partial": "half", "%zz.page": "x", "else": "x",
	} {
		if err := os.WriteFile(filepath.Join(disk.Dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, _ := disk.Load()
	if len(l.On("main")) != 1 || len(l.Pages()) != 0 {
		t.Errorf("loaded %d incidents, %d pages", len(l.On("main")), len(l.Pages()))
	}
	if _, err := os.Stat(filepath.Join(disk.Dir, "cccccccccccc.incident.partial")); err == nil {
		t.Error("what an interrupted write left is still there")
	}
}

func TestNothingOnDiskIsAnEmptyLibrary(t *testing.T) {
	t.Parallel()
	l, asOf := library.Disk{Dir: filepath.Join(t.TempDir(), "none")}.Load()
	if len(l.Pages()) != 0 || !asOf.IsZero() {
		t.Error("something was loaded")
	}
}

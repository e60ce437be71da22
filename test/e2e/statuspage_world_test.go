package e2e_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/bridgelog/bridgelog/test/system"
)

// pageCatalog is a page with groups, and components that have a history.
const pageCatalog = `kind: status_page
name: main
spec: {title: Northwind Cloud}
---
kind: component
name: platform
spec: {display_name: Platform, group: true, position: 1}
---
kind: component
name: api
spec: {display_name: API, description: What programs call, group_name: platform, position: 1, start_date: "2020-01-01"}
---
kind: component
name: payments
spec: {display_name: Payments, group_name: platform, position: 2, start_date: "2020-01-01"}
---
kind: component
name: website
spec: {display_name: Website, description: Marketing pages and documentation, position: 2, start_date: "2020-01-01"}
---
kind: component
name: mail
spec: {display_name: E-mail delivery, position: 3}
`

// pageWithTrouble runs a system whose page shows a past and a present incident.
func pageWithTrouble(t *testing.T) *system.System {
	t.Helper()
	s := system.Up(t, system.Options{})
	file := filepath.Join(t.TempDir(), "catalog.yaml")
	if err := os.WriteFile(file, []byte(pageCatalog), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Do(t, "apply", "-f", file)
	ago := func(d time.Duration) string { return time.Now().Add(-d).UTC().Format(time.RFC3339) }
	const day = 24 * time.Hour
	s.Do(t, "declare", "Website unavailable", "-s", "SEV-1", "--detach", "--occurred-at", ago(9*day))
	s.Do(t, "publish", "INC-1", "--yes", "--status", "investigating", "--message", "The website cannot be reached.",
		"--component", "website=major_outage", "--occurred-at", ago(9*day))
	s.Do(t, "publish", "INC-1", "--yes", "--status", "resolved", "--message", "The website is back.", "--occurred-at", ago(9*day-time.Hour))
	s.Do(t, "declare", "Checkout returns 502", "-s", "SEV-2", "--detach")
	s.Do(t, "publish", "INC-2", "--yes", "--status", "investigating", "--message", "Some card payments fail. We are looking into it.",
		"--component", "payments=partial_outage", "--next-update", "30m")
	s.Do(t, "publish", "INC-2", "--yes", "--status", "identified", "--message", "A connection pool is exhausted; see https://example.org/pools.")
	eventually(t, func() (bool, string) {
		return strings.Contains(get(t, s.Endpoints.Statuspage+"/"), "A connection pool is exhausted"), "the updates on the page"
	})
	return s
}

// npmClients installs the pinned clients of status pages that others wrote, and
// returns where. The test is skipped where npm or its packages are not at hand.
func npmClients(t *testing.T) string {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("npm is not on this machine: the clients of status pages cannot be installed")
	}
	_, here, _, _ := runtime.Caller(0)
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "read.cjs"} {
		content, err := os.ReadFile(filepath.Join(filepath.Dir(here), "statuspage_clients", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	install.Dir = dir
	if output, err := install.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install the clients of status pages: %v\n%s", err, output)
	}
	return dir
}

// browser starts Chromium, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("Chromium is not on this machine: install the package chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.CombinedOutput(io.Discard), chromedp.WSURLReadTimeout(time.Minute))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

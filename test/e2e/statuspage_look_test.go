package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// screen is what a page is looked at with.
type screen struct {
	name          string
	width, height int64
	phone         bool
	scheme        string
}

// TestThePageFitsEveryScreen opens the pages without JavaScript on a phone and on a
// desktop, light and dark: nothing is wider than the screen, and text has enough
// contrast. BRIDGELOG_SCREENSHOTS names a directory that gets pictures.
func TestThePageFitsEveryScreen(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	s := pageWithTrouble(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(s.Endpoints.Statuspage)); err != nil {
		t.Fatal(err)
	}
	incident, err := chromedp.Run(ctx, chromedp.AttributeValue(chromedp.CSS(".incident a"), "href"))
	if err != nil {
		t.Fatal(err)
	}
	for _, screen := range []screen{
		{"phone", 320, 700, true, "light"},
		{"phone-dark", 390, 844, true, "dark"},
		{"desktop", 1280, 900, false, "light"},
		{"desktop-dark", 1280, 900, false, "dark"},
	} {
		for name, path := range map[string]string{"front": "/", "incident": "/" + incident.Value, "history": "/history"} {
			t.Run(screen.name+"/"+name, func(t *testing.T) {
				open(t, ctx, screen, s.Endpoints.Statuspage+path)
				wide, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`document.documentElement.scrollWidth - window.innerWidth`))
				if err != nil {
					t.Fatal(err)
				}
				low, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](contrast))
				if err != nil {
					t.Fatal(err)
				}
				picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
				if err != nil {
					t.Fatal(err)
				}
				if wide > 0 {
					t.Errorf("the page is %.0f pixels wider than the screen", wide)
				}
				if len(low) > 0 {
					t.Errorf("hard to read: %v", low)
				}
				keep(t, fmt.Sprintf("%s-%s.png", name, screen.name), picture)
			})
		}
	}
}

// open opens an address on a screen.
func open(t *testing.T, ctx context.Context, s screen, url string) {
	t.Helper()
	options := []chromedp.EmulateViewportOption{}
	if s.phone {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.scheme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(s.width, s.height, options...), chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
}

// contrast lists texts whose contrast to what is behind them is below 4.5, as WCAG
// 2.2 computes it.
const contrast = `(() => {
  const rgb = s => {
    if (s.startsWith('color(srgb')) {
      const n = s.match(/[\d.]+/g).map(Number);
      return [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1];
    }
    const n = (s.match(/[\d.]+/g) || []).map(Number);
    return [n[0], n[1], n[2], n[3] ?? 1];
  };
  const luminance = c => {
    const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c[3] > 0.99) return c;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const e of document.querySelectorAll('body *')) {
    const text = Array.from(e.childNodes).filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
    if (!text || e.closest('svg') || e.classList.contains('skip')) continue;
    const a = luminance(rgb(getComputedStyle(e).color)), b = luminance(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push(ratio.toFixed(2) + ' ' + text.slice(0, 40));
  }
  return low;
})()`

// keep writes a picture for people to look at, where they asked for it.
func keep(t *testing.T, name string, picture []byte) {
	t.Helper()
	dir := os.Getenv("BRIDGELOG_SCREENSHOTS")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), picture, 0o600); err != nil {
		t.Fatal(err)
	}
}

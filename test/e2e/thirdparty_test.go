package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/test/system"
)

// TestAThirdPartysPageIsWatched lets a Bridgelog watch the page of another one, whose
// Storage fails: it is suspected by incidents of what depends on it, and remembered when
// it is well again.
func TestAThirdPartysPageIsWatched(t *testing.T) {
	t.Parallel()
	vendor := system.Up(t, system.Options{})
	vendor.Do(t, "apply", "-f", write(t, t.TempDir(), "vendor.yaml", pageCatalog))
	vendor.Do(t, "declare", "Payments are slow", "-s", "SEV-2", "--detach")
	vendor.Do(t, "publish", "INC-1", "--yes", "--status", "investigating", "--message", "We look into it.", "--component", "payments=partial_outage")
	eventually(t, func() (bool, string) {
		return strings.Contains(get(t, vendor.Endpoints.Statuspage+"/api/v2/summary.json"), "partial_outage"), "the vendor's page says so"
	})

	s := system.Up(t, system.Options{})
	s.Do(t, "apply", "-f", write(t, t.TempDir(), "shop.yaml", fmt.Sprintf(`
kind: integration
name: northwind
spec: {type: statuspage, url: "%s"}
---
kind: service
name: card-payments
spec:
  status_page: {integration: northwind, components: [Payments]}
---
kind: service
name: checkout
spec: {depends_on: [card-payments]}
---
kind: service
name: mail
spec: {}
`, vendor.Endpoints.Statuspage)))
	var changes string
	eventually(t, func() (bool, string) {
		changes = s.Do(t, "change", "list", "--kind", "outage")
		return strings.Contains(changes, "Northwind Cloud reports partial outage of Payments"), changes
	})
	s.Do(t, "declare", "Checkout returns 502", "-s", "SEV-2", "--service", "checkout", "--detach")
	s.Do(t, "declare", "No mail", "-s", "SEV-2", "--service", "mail", "--detach")
	var suspects string
	eventually(t, func() (bool, string) {
		suspects = s.Do(t, "suspects", "INC-1")
		return strings.Contains(suspects, "card-payments"), suspects
	})
	for _, want := range []string{"Northwind Cloud reports partial outage of Payments since 20", "before the start and is not over", "checkout → card-payments"} {
		if !strings.Contains(strings.Join(strings.Fields(suspects), " "), want) {
			t.Errorf("the suspects do not say %q:\n%s", want, suspects)
		}
	}
	if none := s.Do(t, "suspects", "INC-2"); strings.Contains(none, "Northwind") {
		t.Errorf("suspected by what does not depend on it:\n%s", none)
	}
}

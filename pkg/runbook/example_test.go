package runbook_test

import (
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/runbook"
)

func ExampleLibrary_Find() {
	library := &runbook.Library{Entries: []runbook.Entry{{Name: "disk", Alerts: []string{"Disk*"}}}}
	fmt.Println(library.Find(runbook.Alert{Name: "DiskFull"}).Outcome)
	fmt.Println(library.Find(runbook.Alert{Name: "Down", Annotations: map[string]string{"runbook": "TODO"}}).Outcome)
	// Output:
	// linked
	// placeholder
}

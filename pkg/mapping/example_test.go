package mapping_test

import (
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/mapping"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

func ExampleMapping_Read() {
	m, err := mapping.Compile(&catalogv1.MappingSpec{Fingerprint: "body.monitor", State: "body.up ? 'resolved' : 'firing'", Title: "body.monitor + ' is down'"})
	if err != nil {
		fmt.Println(err)
		return
	}
	items, err := m.Read([]byte(`{"monitor": "checkout", "up": false}`))
	fmt.Println(items[0].Title, items[0].Firing, err)
	// Output: checkout is down true <nil>
}

package intake_test

import (
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// The catalog refuses sources that there are not, so it has to know all that there are.
func TestTheCatalogKnowsTheDoors(t *testing.T) {
	var doors []string
	for _, s := range append(source.All(), source.JSON{}) {
		doors = append(doors, s.Name())
	}
	slices.Sort(doors)
	if !slices.Equal(doors, catalog.Doors()) {
		t.Errorf("the doors are %q, and the catalog knows %q", doors, catalog.Doors())
	}
	if !slices.Contains(catalog.Sources(), (source.Heartbeat{}).Name()) {
		t.Error("the catalog does not know the source of heartbeats")
	}
}

package bench

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// silencesEach is how many silences there are for each maintenance.
const silencesEach = 10

// silence puts silences that hold into the catalog, and a maintenance for each ten of them.
// None concerns the alerts that are sent: each is looked at for nothing.
func silence(ctx context.Context, system *instance, silences int) error {
	if silences == 0 {
		return nil
	}
	begin, end := timestamppb.New(time.Now().Add(-time.Minute)), timestamppb.New(time.Now().Add(time.Hour))
	var all []*catalogv1.Resource
	for n := range silences {
		all = append(all, &catalogv1.Resource{Kind: "silence", Name: fmt.Sprintf("bench-%d", n), Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Silence{Silence: &catalogv1.SilenceSpec{
			Match: []string{"severity=critical", fmt.Sprintf("instance=~db-%d-[0-9]+:9100", n)}, BeginTime: begin, EndTime: end, Reason: "bench",
		}}}})
	}
	for n := range (silences + silencesEach - 1) / silencesEach {
		name := fmt.Sprintf("bench-%d", n)
		all = append(all,
			&catalogv1.Resource{Kind: "service", Name: name, Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Service{Service: &catalogv1.ServiceSpec{}}}},
			&catalogv1.Resource{Kind: "maintenance", Name: name, Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Maintenance{Maintenance: &catalogv1.MaintenanceSpec{
				Services: []string{name}, BeginTime: begin, EndTime: end, Reason: "bench",
			}}}})
	}
	if _, err := catalogv1.NewCatalogServiceClient(system.conn).Apply(ctx, &catalogv1.ApplyRequest{RequestId: "silence", Resources: all}); err != nil {
		return fmt.Errorf("apply silences: %w", err)
	}
	return nil
}

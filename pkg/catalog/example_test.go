package catalog_test

import (
	"fmt"
	"os"

	"github.com/bridgelog/bridgelog/pkg/catalog"
)

// Documents are strict, and errors name the place and the field.
func ExampleParse() {
	_, err := catalog.Parse("routes.yaml", []byte("kind: Route\nname: payments\nspec:\n  servrity: SEV-1\n"))
	fmt.Println(err)
	// Output:
	// routes.yaml:4: spec.servrity: there is no such field: did you mean severity?
}

// What was read is written in the spelling that people use.
func ExampleFormat() {
	resources, err := catalog.Parse("routes.yaml", []byte("{kind: route, name: payments, spec: {severity: p1, match: {team: pay}}}"))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := catalog.Format(os.Stdout, resources); err != nil {
		fmt.Println(err)
	}
	// Output:
	// kind: Route
	// name: payments
	// spec:
	//   match:
	//     team: pay
	//   severity: SEV-1
}

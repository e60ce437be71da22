package secretref_test

import (
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/secretref"
)

func ExampleRead() {
	_, err := secretref.Read("env:NOBODY_SET_THIS")
	fmt.Println(err)
	// Output: a secret cannot be read: the environment variable NOBODY_SET_THIS is not set
}

package freeport_test

import (
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/freeport"
)

func ExampleAddress() {
	fmt.Println(freeport.Address(7420))
	// Output: 127.0.0.1:7420
}

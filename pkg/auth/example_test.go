package auth_test

import (
	"bytes"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/auth"
)

// A token is shown once; only its hash is kept.
func ExampleNewToken() {
	token, err := auth.NewToken(bytes.NewReader(make([]byte, 32))) // crypto/rand.Reader in earnest
	if err != nil {
		fmt.Println(err)
		return
	}
	hash := token.Hash()
	fmt.Println("shown once:", token.Reveal())
	fmt.Println("in logs:   ", token)
	fmt.Printf("kept:       %x…\n", hash[:4])
	// Output:
	// shown once: bl_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
	// in logs:    bl_…
	// kept:       3aca0556…
}

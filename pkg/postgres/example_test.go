package postgres_test

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// What a caller sees names the operation and the kind of error, and nothing that
// the driver or the server said.
func ExampleWrap() {
	err := postgres.Wrap("read incident", pgx.ErrNoRows)
	fmt.Println(err)
	fmt.Println(errors.Is(err, postgres.ErrNotFound))
	fmt.Println(postgres.Unmask(err))
	// Output:
	// read incident: no such row
	// true
	// no rows in result set
}

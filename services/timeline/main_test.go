package timeline_test

import (
	"os"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
)

var server pgtest.Server

func TestMain(m *testing.M) { os.Exit(server.Run(m)) }

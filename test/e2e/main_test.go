package e2e_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/test/system"
)

func TestMain(m *testing.M) { system.Main(m) }

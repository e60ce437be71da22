package alert

import "github.com/bridgelog/bridgelog/pkg/failpoint"

// pointBeforeFollow is the instant between what is written of an alert and what follows
// for its page, at which the process may die.
var pointBeforeFollow = failpoint.New("paging.before_follow")

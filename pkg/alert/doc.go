// Package alert is the life of alerts in the log: what is written on alert.<id>
// and what follows from it.
//
// An alert is one episode: the time from when a sender's condition began to hold
// until it ended. The same condition that begins to hold again is another alert.
// Its id is derived ([ID]), so whoever sees an episode again, however often and
// however late, finds the same alert.
//
// While it lasts a silence or a planned maintenance may keep it from calling, and
// somebody may acknowledge it, which says who takes care of it. Notes may be written
// about it at any time. A condition whose episodes begin too often is flapping
// ([FlapRule]).
//
// The package does not decide which incident an alert belongs to; intake does.
package alert

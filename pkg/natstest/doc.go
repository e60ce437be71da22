// Package natstest starts real message servers for tests: one inside the test
// process ([Start]), or a cluster of three processes that can be killed
// ([StartCluster]). Both run with the durability and the permissions of
// production, the cluster from the very files under deploy/nats.
//
// A test package that uses a cluster must call [Main] from its TestMain: the
// nodes are the test binary itself, started again.
package natstest

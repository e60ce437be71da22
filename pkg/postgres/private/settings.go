package private

import "strconv"

// superuser is the one role of a private cluster.
const superuser = "bridgelog"

// settings returns the server's settings as -c arguments. They are given at
// every start, so a new version of this program brings its own along.
func (c Config) settings(port int) []string {
	values := [][2]string{
		{"listen_addresses", "127.0.0.1"},
		{"port", strconv.Itoa(port)},
		{"unix_socket_directories", ""},
		{"max_connections", strconv.Itoa(c.MaxConnections)},
		{"shared_buffers", strconv.Itoa(c.SharedBuffers) + "MB"},
		{"work_mem", "8MB"},
		{"maintenance_work_mem", "128MB"},
		// No replica reads the write-ahead log, and minimal logging lets a bulk
		// copy into a new table write its rows once.
		{"wal_level", "minimal"},
		{"max_wal_senders", "0"},
		{"max_wal_size", "1GB"},
		// What was redacted must not live on in segments that wait to be used again.
		{"wal_recycle", "off"},
		{"min_wal_size", "32MB"},
		{"wal_compression", "on"},
		{"max_worker_processes", "4"},
		{"max_parallel_workers", "2"},
		{"max_logical_replication_workers", "0"},
		{"jit", "off"},
		{"password_encryption", "scram-sha-256"},
		{"log_min_messages", "warning"},
		{"log_min_error_statement", "panic"},
		{"log_checkpoints", "off"},
		{"log_autovacuum_min_duration", "-1"},
		{"cluster_name", "bridgelog"},
	}
	if c.Unsafe {
		values = append(values, [][2]string{{"fsync", "off"}, {"synchronous_commit", "off"}, {"full_page_writes", "off"}}...)
	}
	args := make([]string, 0, 2*len(values))
	for _, v := range values {
		args = append(args, "-c", v[0]+"="+v[1])
	}
	return args
}

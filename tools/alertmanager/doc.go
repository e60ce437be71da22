// Command alertmanager-notify tells the receivers of an Alertmanager configuration of one
// group of alerts, by the current Alertmanager as a library: what Debian packages is older.
//
//	alertmanager-notify CONFIG GROUP < ALERTS
//
// CONFIG is a configuration with webhook_configs, pagerduty_configs and opsgenie_configs,
// GROUP the value of alertname by which the alerts are grouped, and ALERTS what Alertmanager
// takes at /api/v2/alerts. It ends with 1 when a receiver could not be told.
package main

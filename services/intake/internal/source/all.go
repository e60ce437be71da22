package source

// All lists the sources that there are: each is one file, and one line here.
func All() []Source {
	return []Source{
		API{},
		Alertmanager{},
		ArgoCD{},
		CloudEvents{},
		Datadog{},
		GitHub{},
		GitLab{},
		Gitea{},
		Grafana{},
		IncidentIO{},
		Opsgenie{},
		OpsgenieWebhook{},
		PagerDuty{},
		PagerDutyChange{},
		PagerDutyWebhook{},
		Sentry{},
	}
}

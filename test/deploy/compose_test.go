package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/test/deploy"
)

// composeFile is checked relative to its own folder, as an engine does.
var composeFile = filepath.Join("..", "..", "deploy", "compose", "compose.yaml")

func readCompose(t *testing.T) *deploy.Compose {
	t.Helper()
	compose, err := deploy.ReadCompose(composeFile)
	if err != nil {
		t.Fatal(err)
	}
	return compose
}

func TestComposeRunsEveryServiceApart(t *testing.T) {
	t.Parallel()
	compose := readCompose(t)
	folders, err := os.ReadDir(filepath.Join("..", "..", "services"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		runs, ok := compose.Services[folder.Name()].Runs()
		if !ok || !slices.Equal(runs, []string{folder.Name()}) {
			t.Errorf("container %s runs %v, want the service of that name", folder.Name(), runs)
		}
	}
}

func TestComposeRefersToWhatExists(t *testing.T) {
	t.Parallel()
	compose := readCompose(t)
	dir := filepath.Dir(composeFile)
	used := map[string]bool{}
	for name, service := range compose.Services {
		for other, wait := range service.DependsOn {
			target, ok := compose.Services[other]
			if !ok {
				t.Errorf("%s depends on %s, which is no service", name, other)
			}
			if wait.Condition == "service_healthy" && target.Healthcheck == nil {
				t.Errorf("%s waits until %s is healthy, but %s has no health check", name, other, other)
			}
		}
		if service.Build != nil {
			file := filepath.Join(dir, service.Build.Context, service.Build.Dockerfile)
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s is built from what is not there: %v", name, err)
			}
		}
		for _, volume := range service.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			if strings.HasPrefix(source, ".") {
				if _, err := os.Stat(filepath.Join(dir, source)); err != nil {
					t.Errorf("%s mounts what is not there: %v", name, err)
				}
				continue
			}
			used[source] = true
			if _, ok := compose.Volumes[source]; !ok {
				t.Errorf("%s uses volume %s, which is not declared", name, source)
			}
		}
	}
	for volume := range compose.Volumes {
		if !used[volume] {
			t.Errorf("volume %s is used by no service", volume)
		}
	}
}

func TestComposePublishesOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for name, service := range readCompose(t).Services {
		for _, port := range service.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s publishes %s to the network", name, port)
			}
		}
	}
}

func TestComposeKeepsServicesLocked(t *testing.T) {
	t.Parallel()
	for name, service := range readCompose(t).Services {
		if _, ours := service.Runs(); !ours {
			continue
		}
		if !service.ReadOnly || !slices.Equal(service.CapDrop, []string{"ALL"}) ||
			!slices.Contains(service.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s may write its image or gain rights", name)
		}
	}
}

func TestComposeNamesItsVariables(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(composeFile)
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile(filepath.Join(filepath.Dir(composeFile), "example.env"))
	if err != nil {
		t.Fatal(err)
	}
	variables := func(pattern string, text []byte) []string {
		var names []string
		for _, match := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
			names = append(names, string(match[1]))
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	used := variables(`\$\{([A-Z_]+)`, content)
	documented := variables(`(?m)^([A-Z_]+)=`, example)
	if len(used) == 0 || !slices.Equal(used, documented) {
		t.Errorf("compose.yaml uses\n  %v\nexample.env documents\n  %v", used, documented)
	}
}

// TestFrontDoorKnowsItsServices compares the front door's targets with the
// containers, and its routes with the packages of the services' protos.
func TestFrontDoorKnowsItsServices(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join(filepath.Dir(composeFile), "front.conf"))
	if err != nil {
		t.Fatal(err)
	}
	compose := readCompose(t)
	targets := regexp.MustCompile(`://(\w+):(\d+);`).FindAllStringSubmatch(string(content), -1)
	if len(targets) == 0 {
		t.Fatal("front.conf sends nothing anywhere")
	}
	for _, target := range targets {
		if _, ours := compose.Services[target[1]].Runs(); !ours {
			t.Errorf("front.conf sends to %s, which is no service of ours", target[1])
		}
	}
	for _, route := range regexp.MustCompile(`location /(\w+)\.(v\d+)\.`).FindAllStringSubmatch(string(content), -1) {
		if _, err := os.Stat(filepath.Join("..", "..", "proto", route[1], route[2])); err != nil {
			t.Errorf("front.conf routes a package that does not exist: %v", err)
		}
	}
}

// TestFrontDoorReachesEveryService holds that each service of the protos is asked of the
// container that answers it, over gRPC and as JSON: the longest location counts.
func TestFrontDoorReachesEveryService(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join(filepath.Dir(composeFile), "front.conf"))
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]string{
		"catalog.v1.CatalogService": "command", "incident.v1.CommandService": "command", "signal.v1.AlertService": "command",
		"signal.v1.ChangeService": "command", "signal.v1.PageService": "command", "signal.v1.SilenceService": "command", "signal.v1.HeartbeatService": "command",
		"signal.v1.AlertViewService": "timeline", "signal.v1.ChangeViewService": "timeline", "signal.v1.PageViewService": "timeline",
		"timeline.v1.TimelineService": "timeline", "timeline.v1.SuspectService": "timeline",
		"notify.v1.NotifyService": "notifier", "status.v1.StatusPageService": "relay", "signal.v1.SignalService": "intake",
	}
	protos, err := filepath.Glob(filepath.Join("..", "..", "proto", "*", "*", "*.proto"))
	if err != nil || len(protos) == 0 {
		t.Fatalf("no protos: %v", err)
	}
	locations := regexp.MustCompile(`location /([\w.]*?)/? \{ (grpc|proxy)_pass \w+://(\w+):`).FindAllStringSubmatch(string(content), -1)
	for _, file := range protos {
		proto, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		of := regexp.MustCompile(`(?m)^package (.*);`).FindStringSubmatch(string(proto))
		for _, service := range regexp.MustCompile(`(?m)^service (\w+) `).FindAllStringSubmatch(string(proto), -1) {
			name := of[1] + "." + service[1]
			for _, way := range []string{"grpc", "proxy"} {
				longest, to := -1, ""
				for _, l := range locations {
					if l[2] == way && strings.HasPrefix(name, l[1]) && len(l[1]) > longest {
						longest, to = len(l[1]), l[3]
					}
				}
				if to != answers[name] {
					t.Errorf("front.conf asks %s of %q (%s_pass), and %q answers it", name, to, way, answers[name])
				}
			}
		}
	}
}

// TestComposeGivesNATSItsVariables compares the variables of the NATS container
// with those that its configuration reads.
func TestComposeGivesNATSItsVariables(t *testing.T) {
	t.Parallel()
	nats := readCompose(t).Services["nats"]
	read := map[string]bool{}
	for _, file := range []string{"single.conf", "accounts.conf"} {
		content, err := os.ReadFile(filepath.Join("..", "..", "deploy", "nats", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(`\$(BRIDGELOG_\w+)`).FindAllStringSubmatch(string(content), -1) {
			read[match[1]] = true
		}
	}
	for name := range read {
		if nats.Environment[name] == "" {
			t.Errorf("the configuration of NATS reads %s, which compose.yaml does not set", name)
		}
	}
	for name := range nats.Environment {
		if !read[name] {
			t.Errorf("compose.yaml sets %s for NATS, which its configuration does not read", name)
		}
	}
	if !slices.Contains(nats.Command, "/etc/nats/single.conf") || !slices.Contains(nats.Volumes, "../nats:/etc/nats:ro") {
		t.Error("NATS does not run deploy/nats/single.conf")
	}
}

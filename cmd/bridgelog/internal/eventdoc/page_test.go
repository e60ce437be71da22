package main

import (
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// image describes events of the given types, each with one commented field, as
// `buf build` would.
func image(t *testing.T, types ...string) []byte {
	t.Helper()
	file := &descriptorpb.FileDescriptorProto{
		Name: new("x.proto"), Package: new("x.v1"), Syntax: new("proto3"),
		SourceCodeInfo: &descriptorpb.SourceCodeInfo{},
	}
	note := func(text string, path ...int32) {
		file.SourceCodeInfo.Location = append(file.GetSourceCodeInfo().GetLocation(), &descriptorpb.SourceCodeInfo_Location{
			Path: path, Span: []int32{0, 0, 0}, LeadingComments: new(text),
		})
	}
	for i, typ := range types {
		name := strings.ReplaceAll(typ, ".", "_")
		file.MessageType = append(file.GetMessageType(), &descriptorpb.DescriptorProto{
			Name: new(name), Field: []*descriptorpb.FieldDescriptorProto{{
				Name: new("reason"), Number: new(int32(1)),
				Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
			}},
		})
		note(" "+name+" is the content of "+typ+": something\n happened.\n", 4, int32(i))
		note(" Why | how.\n", 4, int32(i), 2, 0)
	}
	data, err := proto.Marshal(&descriptorpb.FileDescriptorSet{File: []*descriptorpb.FileDescriptorProto{file}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestThePageTellsEveryEvent(t *testing.T) {
	types, err := readProtos(image(t, append(incident.Types(), "alert.fired")...))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := readRules(os.DirFS("../../../../pkg/incident"))
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err := write(&page, types, rules); err != nil {
		t.Fatal(err)
	}
	for _, name := range append(incident.Types(), "alert.fired") {
		if !strings.Contains(page.String(), "\n### "+name+"\n\nSomething happened.") {
			t.Errorf("%s is missing", name)
		}
	}
	for _, want := range []string{
		"| content | `reason` | string | Why \\| how. |", "triage --> investigating: change_status", "resolved --> closed: close",
		"Caused by `close`: whoever leads the incident, every responder while nobody leads, managers, admins.",
		"Caused by `add_note`: every responder.",
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, command := range incident.Commands() {
		if rules.says[command.Name()] == "" {
			t.Errorf("nothing is said about %s", command.Name())
		}
	}
}

func TestAnEventWithoutAWordIsRefused(t *testing.T) {
	types, err := readProtos(image(t, incident.Types()[1:]...))
	if err != nil {
		t.Fatal(err)
	}
	if err := write(&strings.Builder{}, types, rules{}); err == nil || !strings.Contains(err.Error(), incident.Types()[0]) {
		t.Errorf("got %v", err)
	}
}

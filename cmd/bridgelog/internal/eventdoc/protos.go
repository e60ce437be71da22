package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// eventType is one type of event, as the protos describe it.
type eventType struct {
	name           string // "incident.closed"
	says           string // what happened
	facts, content protoreflect.MessageDescriptor
	// through are the calls of services beside it, with the least role that may make
	// them, for example "CatalogService.Apply".
	through []call
}

type call struct {
	name string
	role authv1.AccountRole
}

// area is the part before the dot.
func (e eventType) area() string {
	area, _, _ := strings.Cut(e.name, ".")
	return area
}

// part is how the comments of the protos say which event a message belongs to.
var part = regexp.MustCompile(`^\w+ is the (facts|content) of ([a-z]+\.[a-z_]+)(.*)$`)

// readProtos finds every type of event in what `buf build` writes.
func readProtos(image []byte) ([]eventType, error) {
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(image, &set); err != nil {
		return nil, fmt.Errorf("decode the protos: %w", err)
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		return nil, fmt.Errorf("link the protos: %w", err)
	}
	found := map[string]*eventType{}
	calls := map[protoreflect.FullName][]call{}
	var order []string
	for _, one := range set.GetFile() { // in the order of the image, which is stable
		file, err := files.FindFileByPath(one.GetName())
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", one.GetName(), err)
		}
		calls[file.Package()] = append(calls[file.Package()], callsOf(file)...)
		for i := range file.Messages().Len() {
			m := file.Messages().Get(i)
			match := part.FindStringSubmatch(comment(m))
			if match == nil {
				continue
			}
			e := found[match[2]]
			if e == nil {
				e = &eventType{name: match[2]}
				found[e.name], order = e, append(order, e.name)
			}
			e.add(m, match[1], match[3])
		}
	}
	types := make([]eventType, 0, len(order))
	for _, name := range order {
		e := *found[name]
		if e.area() != "incident" {
			e.through = ownCalls(e, calls[packageOf(e)])
		}
		types = append(types, e)
	}
	return types, nil
}

func (e *eventType) add(m protoreflect.MessageDescriptor, which, rest string) {
	if which == "facts" {
		e.facts = m
	} else {
		e.content = m
	}
	if _, says, ok := strings.Cut(rest, ": "); ok && e.says == "" {
		e.says = says
	}
}

// ownCalls are the calls of the services that are named after an event's area, or all of
// its package where none is.
func ownCalls(e eventType, all []call) []call {
	own := slices.DeleteFunc(slices.Clone(all), func(c call) bool {
		return !strings.HasPrefix(strings.ToLower(c.name), e.area())
	})
	if len(own) == 0 {
		return all
	}
	return own
}

// packageOf is where an event is described; nothing for what incidents bring along.
func packageOf(e eventType) protoreflect.FullName {
	m := e.facts
	if m == nil {
		m = e.content
	}
	if m.ParentFile().Package() == "incident.v1" {
		return ""
	}
	return m.ParentFile().Package()
}

// callsOf are the calls of a file's services that write.
func callsOf(file protoreflect.FileDescriptor) []call {
	var calls []call
	for i := range file.Services().Len() {
		service := file.Services().Get(i)
		for j := range service.Methods().Len() {
			method := service.Methods().Get(j)
			policy, _ := proto.GetExtension(method.Options(), authv1.E_Policy).(*authv1.Policy)
			if policy.GetMinimumRole() > authv1.AccountRole_ACCOUNT_ROLE_VIEWER {
				calls = append(calls, call{string(service.Name()) + "." + string(method.Name()), policy.GetMinimumRole()})
			}
		}
	}
	return calls
}

// comment is what stands before a message, a field or a value, on one line.
func comment(d protoreflect.Descriptor) string {
	location := d.ParentFile().SourceLocations().ByDescriptor(d)
	return strings.Join(strings.Fields(location.LeadingComments), " ")
}

// typeOf says of which type a field is, for people.
func typeOf(f protoreflect.FieldDescriptor) string {
	if f.IsMap() {
		return "map of " + typeOf(f.MapKey()) + " to " + typeOf(f.MapValue())
	}
	name := f.Kind().String()
	switch {
	case f.Message() != nil:
		name = anchored(f.Message())
	case f.Enum() != nil:
		name = anchored(f.Enum())
	}
	if f.IsList() {
		return "list of " + name
	}
	return name
}

// anchored is a link to where the page describes a type.
func anchored(d protoreflect.Descriptor) string {
	return fmt.Sprintf("[%s](#%s)", d.Name(), strings.ToLower(string(d.Name())))
}

// mentioned collects the enums and messages that events refer to, by name.
func mentioned(types []eventType) []protoreflect.Descriptor {
	seen := map[protoreflect.FullName]protoreflect.Descriptor{}
	var visit func(m protoreflect.MessageDescriptor)
	visit = func(m protoreflect.MessageDescriptor) {
		for i := range m.Fields().Len() {
			f := m.Fields().Get(i)
			if f.Enum() != nil {
				seen[f.Enum().FullName()] = f.Enum()
			}
			if inner := f.Message(); inner != nil && seen[inner.FullName()] == nil {
				if !f.IsMap() {
					seen[inner.FullName()] = inner
				}
				visit(inner)
			}
		}
	}
	for _, e := range types {
		for _, m := range []protoreflect.MessageDescriptor{e.facts, e.content} {
			if m != nil {
				visit(m)
			}
		}
	}
	var all []protoreflect.Descriptor
	for _, d := range seen {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b protoreflect.Descriptor) int { return strings.Compare(string(a.Name()), string(b.Name())) })
	return all
}

package auth

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// PublicMethods are the services that anybody may call, because they say
// nothing about incidents: probes ask for health before they have a token, and
// reflection describes protos that are published anyway.
func PublicMethods() []string {
	return []string{
		"/grpc.health.v1.Health/",
		"/grpc.reflection.v1.ServerReflection/",
		"/grpc.reflection.v1alpha.ServerReflection/",
	}
}

// isPublic tells whether an RPC belongs to one of [PublicMethods].
func isPublic(fullMethod string) bool {
	for _, prefix := range PublicMethods() {
		if strings.HasPrefix(fullMethod, prefix) {
			return true
		}
	}
	return false
}

// PolicyOf returns the least role that may call an RPC, named as gRPC does
// ("/package.Service/Method"), from its method option; false when the method is
// unknown or states none.
func PolicyOf(files *protoregistry.Files, fullMethod string) (authv1.AccountRole, bool) {
	name := strings.ReplaceAll(strings.TrimPrefix(fullMethod, "/"), "/", ".")
	descriptor, err := files.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return 0, false
	}
	method, ok := descriptor.(protoreflect.MethodDescriptor)
	if !ok || !proto.HasExtension(method.Options(), authv1.E_Policy) {
		return 0, false
	}
	policy, ok := proto.GetExtension(method.Options(), authv1.E_Policy).(*authv1.Policy)
	role := policy.GetMinimumRole()
	return role, ok && role > authv1.AccountRole_ACCOUNT_ROLE_UNSPECIFIED
}

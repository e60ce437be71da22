// Package backstage turns the descriptors of Backstage's software catalog
// (catalog-info.yaml) into resources: components and resources become services,
// groups become teams, users become people. Its descriptor format is published at
// https://backstage.io/docs/features/software-catalog/descriptor-format.
package backstage

// Package page puts one status page together: what the catalog says of it, the
// incidents that it shows, what components suffer from them now, and what they
// suffered in the last ninety days. It computes and does not render.
package page

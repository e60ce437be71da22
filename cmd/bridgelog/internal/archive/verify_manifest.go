package archive

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
)

// manifest checks the signature, and that the file holds exactly what the
// manifest says.
func (v *verification) manifest() {
	var m Manifest
	if err := json.Unmarshal(v.signed.Manifest, &m); err != nil || m.Format != Format {
		v.find(v.at, "", 0, "the manifest is not of the form %s", Format)
		return
	}
	v.report.Manifest = &m
	switch {
	case len(m.PublicKey) != ed25519.PublicKeySize:
		v.find(v.at, "", 0, "the manifest holds no public key")
	case !ed25519.Verify(m.PublicKey, append([]byte(domain), v.signed.Manifest...), v.signed.Signature):
		v.find(v.at, "", 0, "the signature does not fit the manifest")
	case v.trusted != nil && !bytes.Equal(v.trusted, m.PublicKey):
		v.find(v.at, "", 0, "the export is signed by another key than the one you trust: %s", Fingerprint(m.PublicKey))
	}
	if m.Events != v.report.Events {
		v.find(v.at, "", 0, "the manifest says %d events, the file holds %d", m.Events, v.report.Events)
	}
	v.heads(m)
}

func (v *verification) heads(m Manifest) {
	named := map[string]bool{}
	for _, h := range m.Heads {
		named[h.Subject] = true
		c := v.chains[h.Subject]
		switch {
		case c == nil:
			v.find(0, h.Subject, h.Revision, "the manifest names this chain, and the file does not hold it")
		case c.broken:
		case c.verifier.Head().Revision != h.Revision || c.verifier.Head().Hash.String() != h.Hash:
			v.find(0, h.Subject, h.Revision, "the chain ends at revision %d, and the manifest says %d", c.verifier.Head().Revision, h.Revision)
		}
	}
	for subject := range v.chains {
		if !named[subject] {
			v.find(0, subject, 0, "the file holds this chain, and the manifest does not name it")
		}
	}
}

package spool

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
)

// Contacts is a copy of whom to reach when no system answers.
type Contacts struct {
	// AsOf is when the copy was made.
	AsOf time.Time `json:"as_of"`
	// People are those who respond.
	People []Contact `json:"people"`
}

// Contact is one person and how to reach them.
type Contact struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Role  string `json:"role"`
}

func contactsPath(dirs client.Dirs, target client.Target) string {
	return target.StatePath(dirs, "contacts") + ".json"
}

// SaveContacts replaces the copy for a system.
func SaveContacts(dirs client.Dirs, target client.Target, contacts Contacts) error {
	data, err := json.MarshalIndent(contacts, "", "  ")
	if err != nil {
		return fmt.Errorf("keep contacts: %w", err)
	}
	return client.WriteFile(contactsPath(dirs, target), data)
}

// LoadContacts reads the copy for a system; the zero Contacts when there is none.
func LoadContacts(dirs client.Dirs, target client.Target) (Contacts, error) {
	data, err := os.ReadFile(contactsPath(dirs, target))
	if errors.Is(err, fs.ErrNotExist) {
		return Contacts{}, nil
	}
	if err != nil {
		return Contacts{}, fmt.Errorf("read contacts: %w", err)
	}
	var contacts Contacts
	if err := json.Unmarshal(data, &contacts); err != nil {
		return Contacts{}, fmt.Errorf("read contacts: %w", err)
	}
	return contacts, nil
}

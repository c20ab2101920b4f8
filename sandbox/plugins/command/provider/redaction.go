package provider

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"sandbox/plugins/command/values"
)

// withoutSecrets is the error of an operation on these properties, with "[secret]" for what is secret.
func withoutSecrets(err error, properties values.Properties) error {
	if err == nil {
		return nil
	}
	var texts []string
	for _, secret := range secretsOf(properties) {
		if strings.TrimSpace(secret) != "" {
			quoted := strconv.Quote(secret)
			texts = append(texts, secret, quoted[1:len(quoted)-1])
		}
	}
	// The longest first, as one secret may be a part of another.
	slices.SortStableFunc(texts, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	message := err.Error()
	for _, text := range texts {
		message = strings.ReplaceAll(message, text, "[secret]")
	}
	return errors.New(message)
}

// A connection is secret as a whole, but an error that hides the host it is about, or every "root" in
// it, helps nobody: only what opens the connection is taken out.
func secretsOf(properties values.Properties) []string {
	var texts []string
	for name, value := range properties {
		if name != "connection" {
			texts = append(texts, values.SecretTexts(value)...)
		}
	}
	connection, _ := values.Reveal(properties["connection"]).(values.Properties)
	proxy, _ := connection["proxy"].(values.Properties)
	for _, endpoint := range []values.Properties{connection, proxy} {
		for _, name := range []string{"password", "privateKey", "privateKeyPassword"} {
			if text, isText := endpoint[name].(string); isText {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

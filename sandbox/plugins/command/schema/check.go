package schema

import (
	"maps"

	"sandbox/plugins/command/values"
)

// Check gives the inputs with their defaults, and every fault of them. Values that are not yet known
// pass.
func Check(token string, news values.Properties) (values.Properties, []Failure) {
	given := values.WithoutNulls(news)
	filled := Of(token).filled(values.RevealAll(given))
	failures := Of(token).checkAs(token, "", filled)

	inputs := maps.Clone(filled)
	maps.Copy(inputs, given)
	if connection := filled["connection"]; connection != nil {
		inputs["connection"] = values.Secret(connection)
	}
	return inputs, failures
}

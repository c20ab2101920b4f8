package values

// Reveal takes the marks of secrets off, at every depth.
func Reveal(value any) any {
	switch value := value.(type) {
	case []any:
		revealed := make([]any, len(value))
		for index, item := range value {
			revealed[index] = Reveal(item)
		}
		return revealed
	case Properties:
		if IsSecret(value) {
			return Reveal(value["value"])
		}
		return RevealAll(value)
	}
	return value
}

// RevealAll does so in each of the properties.
func RevealAll(properties Properties) Properties {
	revealed := make(Properties, len(properties))
	for name, value := range properties {
		revealed[name] = Reveal(value)
	}
	return revealed
}

// WithoutNulls gives the properties that have a value: to the engine an absent one and a null one
// mean the same.
func WithoutNulls(properties Properties) Properties {
	present := make(Properties, len(properties))
	for name, value := range properties {
		if value != nil {
			present[name] = value
		}
	}
	return present
}

// SecretTexts gives every text that is marked secret in the value.
func SecretTexts(value any) []string { return secretTexts(value, false) }

func secretTexts(value any, isInside bool) []string {
	switch value := value.(type) {
	case string:
		if isInside && value != Unknown {
			return []string{value}
		}
	case []any:
		var texts []string
		for _, item := range value {
			texts = append(texts, secretTexts(item, isInside)...)
		}
		return texts
	case Properties:
		if IsSecret(value) {
			return secretTexts(value["value"], true)
		}
		var texts []string
		for _, item := range value {
			texts = append(texts, secretTexts(item, isInside)...)
		}
		return texts
	}
	return nil
}

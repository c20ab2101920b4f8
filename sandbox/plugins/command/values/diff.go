package values

import (
	"fmt"
	"reflect"
)

// Kind is what happened to a property.
type Kind int

// What can happen to a property.
const (
	Add Kind = iota
	Delete
	Update
)

// Diff is what differs between two sets of properties, by path.
func Diff(old, current Properties) map[string]Kind {
	kinds := map[string]Kind{}
	diffObjects("", WithoutNulls(old), WithoutNulls(current), kinds)
	return kinds
}

func diffObjects(path string, old, current Properties, kinds map[string]Kind) {
	for name := range old {
		diffValues(Path(path, name), old[name], current[name], kinds)
	}
	for name := range current {
		if _, isOld := old[name]; !isOld {
			diffValues(Path(path, name), nil, current[name], kinds)
		}
	}
}

func diffValues(path string, old, current any, kinds map[string]Kind) {
	if old == nil || current == nil {
		if old != nil {
			kinds[path] = Delete
		} else if current != nil {
			kinds[path] = Add
		}
		return
	}
	oldItems, isOldList := old.([]any)
	items, isList := current.([]any)
	if isOldList && isList {
		for index := range max(len(oldItems), len(items)) {
			diffValues(fmt.Sprintf("%s[%d]", path, index), at(oldItems, index), at(items, index), kinds)
		}
		return
	}
	if isPlainObject(old) && isPlainObject(current) {
		diffObjects(path, old.(Properties), current.(Properties), kinds)
		return
	}
	if !equal(old, current) {
		kinds[path] = Update
	}
}

func at(items []any, index int) any {
	if index < len(items) {
		return items[index]
	}
	return nil
}

func isPlainObject(value any) bool {
	_, isObject := value.(Properties)
	return isObject && !IsSecret(value) && !IsAsset(value) && !IsArchive(value)
}

// Assets are equal by content, wherever it came from. A value that became secret has changed.
func equal(old, current any) bool {
	if (IsAsset(old) && IsAsset(current)) || (IsArchive(old) && IsArchive(current)) {
		oldHash, hash := old.(Properties)["hash"], current.(Properties)["hash"]
		if oldHash != nil && hash != nil {
			return oldHash == hash
		}
	}
	return reflect.DeepEqual(old, current)
}

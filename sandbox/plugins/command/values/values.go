// Package values has the property values that the engine sends: JSON, with secrets and assets as
// objects that carry a signature.
// https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go
package values

const (
	signatureKey     = "4dabf18193072939515e22adb298388d"
	secretSignature  = "1b47061264138c4ac30d75fd1eb44270"
	assetSignature   = "c44067f5952c0a294b673a41bacd8c17"
	archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7"
)

// Unknown stands for a value that a preview cannot know.
const Unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

// Properties are the inputs or outputs of a resource, by name.
type Properties = map[string]any

// IsSecret tells whether the value is marked secret.
func IsSecret(value any) bool { return hasSignature(value, secretSignature) }

// IsAsset tells whether the value is a file or a text.
func IsAsset(value any) bool { return hasSignature(value, assetSignature) }

// IsArchive tells whether the value is a folder or a set of assets.
func IsArchive(value any) bool { return hasSignature(value, archiveSignature) }

func hasSignature(value any, signature string) bool {
	object, _ := value.(Properties)
	return object[signatureKey] == signature
}

// Secret marks the value secret, once.
func Secret(value any) any {
	if IsSecret(value) {
		return value
	}
	return Properties{signatureKey: secretSignature, "value": value}
}

// FileAsset is the file at the path.
func FileAsset(path, hash string) Properties {
	return Properties{signatureKey: assetSignature, "path": path, "hash": hash}
}

// AssetArchive holds assets by name.
func AssetArchive(assets Properties, hash string) Properties {
	return Properties{signatureKey: archiveSignature, "assets": assets, "hash": hash}
}

package local

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"sandbox/plugins/command/values"
)

// collectAssets gives the files under dir that the patterns name, each as an asset, by path from dir.
func collectAssets(dir string, patterns []string) (values.Properties, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	rules, err := compileRules(patterns)
	if err != nil {
		return nil, err
	}
	assets := values.Properties{}
	err = filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		path, err := filepath.Rel(root, file)
		if err != nil || !rules.take(path) {
			return err
		}
		hash, err := hashFile(file)
		assets[path] = values.FileAsset(file, hash)
		return err
	})
	return assets, err
}

// collectArchive gives the same files as one archive, whose hash changes with any name or content.
func collectArchive(dir string, patterns []string) (values.Properties, error) {
	assets, err := collectAssets(dir, patterns)
	if err != nil {
		return nil, err
	}
	contents := [][2]any{}
	for path, asset := range assets {
		contents = append(contents, [2]any{path, asset.(values.Properties)["hash"]})
	}
	slices.SortFunc(contents, func(a, b [2]any) int {
		if a[0].(string) < b[0].(string) {
			return -1
		}
		return 1
	})
	encoded, err := json.Marshal(contents)
	hash := sha256.Sum256(encoded)
	return values.AssetArchive(assets, hex.EncodeToString(hash[:])), err
}

func hashFile(file string) (string, error) {
	opened, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer opened.Close()
	hash := sha256.New()
	_, err = io.Copy(hash, opened)
	return hex.EncodeToString(hash.Sum(nil)), err
}

package remote

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"

	"sandbox/plugins/command/report"
	"sandbox/plugins/command/schema"
)

// CopyTo copies a file, a folder or a text to a path. An archive here is a path too, and is copied as
// it is.
func CopyTo(ctx context.Context, inputs schema.Inputs, reporter report.Reporter) error {
	return withConnection(ctx, inputs.Connection, reporter, func(client *ssh.Client) error {
		return withFiles(client, func(files files) error {
			return copySource(files, inputs.Source, inputs.RemotePath)
		})
	})
}

func copySource(files files, source schema.Source, remote string) error {
	if source.Path == nil {
		return copyText(files, source.Text, remote)
	}
	info, err := os.Stat(*source.Path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return copyFolder(files, *source.Path, remote)
	}
	return copyFile(files, *source.Path, remote)
}

func copyText(files files, text, remote string) error {
	isFolder, err := files.isFolder(remote)
	if err != nil {
		return err
	}
	if isFolder {
		return fmt.Errorf("remote path %s is a directory; a text asset needs the path of a file", remote)
	}
	if err := files.makeFolder(path.Dir(remote)); err != nil {
		return err
	}
	return files.putText(text, remote)
}

// Into a folder that is there under its own name, else to the path itself.
func copyFile(files files, local, remote string) error {
	isFolder, err := files.isFolder(remote)
	if err != nil {
		return err
	}
	if isFolder {
		return files.putFile(local, path.Join(remote, filepath.Base(local)))
	}
	if err := files.makeFolder(path.Dir(remote)); err != nil {
		return err
	}
	return files.putFile(local, remote)
}

// As rsync does: a path that ends in a slash stands for what is in the folder.
func copyFolder(files files, local, remote string) error {
	if strings.HasSuffix(local, "/") {
		return copyContents(files, local, remote)
	}
	return copyContents(files, local, path.Join(remote, filepath.Base(local)))
}

func copyContents(files files, local, remote string) error {
	if err := files.makeFolder(remote); err != nil {
		return err
	}
	entries, err := os.ReadDir(local)
	for _, entry := range entries {
		if err != nil {
			return err
		}
		from, to := filepath.Join(local, entry.Name()), path.Join(remote, entry.Name())
		if entry.IsDir() {
			err = copyContents(files, from, to)
		} else {
			err = files.putFile(from, to)
		}
	}
	return err
}

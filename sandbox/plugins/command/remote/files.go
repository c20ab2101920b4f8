package remote

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// Files of a host, over SFTP. Every error names the path that it is about.
type files struct{ *sftp.Client }

func withFiles(client *ssh.Client, use func(files) error) error {
	opened, err := sftp.NewClient(client, sftp.UseConcurrentWrites(true))
	if err != nil {
		return err
	}
	defer opened.Close()
	return use(files{opened})
}

// isFolder is false where there is no such path.
func (files files) isFolder(remote string) (bool, error) {
	info, err := files.Stat(remote)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("failed to look at remote path %s: %w", remote, err)
	}
	return info.IsDir(), nil
}

func (files files) makeFolder(remote string) error {
	info, err := files.Stat(remote)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return fmt.Errorf("remote path %s exists but is not a directory", remote)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("failed to look at remote path %s: %w", remote, err)
	}
	if parent := path.Dir(remote); parent != remote {
		if err := files.makeFolder(parent); err != nil {
			return err
		}
	}
	if err := files.Mkdir(remote); err != nil {
		return fmt.Errorf("failed to create remote directory %s: %w", remote, err)
	}
	return nil
}

func (files files) putFile(local, remote string) error {
	content, err := os.Open(local)
	if err != nil {
		return err
	}
	defer content.Close()
	if err := files.put(content, remote); err != nil {
		return fmt.Errorf("failed to copy file %s to remote path %s: %w", local, remote, err)
	}
	return nil
}

func (files files) putText(text, remote string) error {
	if err := files.put(strings.NewReader(text), remote); err != nil {
		return fmt.Errorf("failed to write text to remote path %s: %w", remote, err)
	}
	return nil
}

func (files files) put(content io.Reader, remote string) error {
	file, err := files.Create(remote)
	if err != nil {
		return err
	}
	_, err = file.ReadFrom(content)
	return errors.Join(err, file.Close())
}

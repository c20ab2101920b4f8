package remote

import (
	"context"
	"os"

	"golang.org/x/crypto/ssh"

	"sandbox/plugins/command/report"
	"sandbox/plugins/command/schema"
)

// CopyFile copies one file to one path.
func CopyFile(ctx context.Context, inputs schema.Inputs, reporter report.Reporter) error {
	// Before it connects.
	local, err := os.Open(inputs.LocalPath)
	if err != nil {
		return err
	}
	_ = local.Close()
	return withConnection(ctx, inputs.Connection, reporter, func(client *ssh.Client) error {
		return withFiles(client, func(files files) error {
			return files.putFile(inputs.LocalPath, inputs.RemotePath)
		})
	})
}

package remote

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"sandbox/plugins/command/schema"
)

// authenticationMethods are the ways to log in, all that the endpoint gives. The agent is to be closed
// when there is no more logging in.
func authenticationMethods(
	endpoint schema.Endpoint, property string,
) (methods []ssh.AuthMethod, openAgent io.Closer, err error) {
	if endpoint.PrivateKey != nil {
		signer, err := parsePrivateKey(endpoint, property)
		if err != nil {
			return nil, nil, err
		}
		methods = append(methods, ssh.PublicKeys(signer))
	}
	if endpoint.Password != nil {
		methods = append(methods, ssh.Password(*endpoint.Password), answering(*endpoint.Password))
	}
	path, origin := os.Getenv("SSH_AUTH_SOCK"), "SSH_AUTH_SOCK"
	if endpoint.AgentSocketPath != nil {
		path, origin = *endpoint.AgentSocketPath, property+".agentSocketPath"
	}
	if path == "" {
		return methods, nil, nil
	}
	socket, err := net.Dial("unix", path)
	if err != nil {
		return nil, nil, fmt.Errorf(
			"no SSH agent answers at %s (from %s): %w. Start one, or unset %s.", path, origin, err, origin)
	}
	return append(methods, ssh.PublicKeysCallback(agent.NewClient(socket).Signers)), socket, nil
}

func answering(password string) ssh.AuthMethod {
	return ssh.KeyboardInteractive(
		func(_, _ string, questions []string, _ []bool) ([]string, error) {
			answers := make([]string, len(questions))
			for index := range answers {
				answers[index] = password
			}
			return answers, nil
		})
}

func parsePrivateKey(endpoint schema.Endpoint, property string) (ssh.Signer, error) {
	text := []byte(*endpoint.PrivateKey)
	signer, err := ssh.ParsePrivateKey(text)
	var isProtected *ssh.PassphraseMissingError
	if endpoint.PrivateKeyPassword != nil {
		if !errors.As(err, &isProtected) {
			return nil, fmt.Errorf("%s.privateKeyPassword is given, but %s.privateKey is not protected "+
				"by a password. Leave privateKeyPassword out.", property, property)
		}
		signer, err = ssh.ParsePrivateKeyWithPassphrase(text, []byte(*endpoint.PrivateKeyPassword))
	}
	if err != nil {
		return nil, fmt.Errorf("%s.privateKey cannot be read: %w", property, err)
	}
	return signer, nil
}

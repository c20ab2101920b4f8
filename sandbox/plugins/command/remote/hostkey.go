package remote

import (
	"bytes"
	"fmt"
	"net"
	"slices"

	"golang.org/x/crypto/ssh"
)

var rsaAlgorithms = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}

var hostKeyAlgorithms = slices.Concat([]string{
	ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521,
}, rsaAlgorithms)

// pinHostKey has the host prove that it has the one key, given in the syntax of authorized_keys. A
// host that has several keys shows the one whose algorithms come first.
func pinHostKey(config *ssh.ClientConfig, text, property, address string) error {
	expected, _, _, _, err := ssh.ParseAuthorizedKey([]byte(text))
	if err != nil {
		return fmt.Errorf(
			`%s is not a public key. Give it as in authorized_keys: "ssh-ed25519 AAAA..."`, property)
	}
	own := []string{expected.Type()}
	if expected.Type() == ssh.KeyAlgoRSA {
		own = rsaAlgorithms
	}
	config.HostKeyAlgorithms = slices.Concat(own, slices.DeleteFunc(
		slices.Clone(hostKeyAlgorithms), func(name string) bool { return slices.Contains(own, name) }))
	config.HostKeyCallback = func(_ string, _ net.Addr, presented ssh.PublicKey) error {
		if bytes.Equal(presented.Marshal(), expected.Marshal()) {
			return nil
		}
		return fmt.Errorf("host key mismatch: %s presented %s (%s), %s is %s (%s). Another machine "+
			"answers at this address, or its host key was changed: refusing to connect.",
			address, ssh.FingerprintSHA256(presented), presented.Type(),
			property, ssh.FingerprintSHA256(expected), expected.Type())
	}
	return nil
}

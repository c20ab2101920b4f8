/**
 * User data from which an EC2 instance of NixOS takes its SSH host key before its sshd starts:
 * nixpkgs, nixos/modules/virtualisation/ec2-data.nix. amazon-init passes over these lines.
 */
export function hostKeyUserData(privateKey: string, publicKey: string): string {
  const onOneLine = privateKey.trim().replaceAll("\n", "|");
  return `SSH_HOST_ED25519_KEY:${onOneLine}\nSSH_HOST_ED25519_KEY_PUB:${publicKey.trim()}\n`;
}

/** The command line as root, whoever logs in; sudo must not ask for a password. */
export function asRoot(user: string, command: string): string {
  return user === "root" ? command : `sudo -n ${command}`;
}

/** The text as one word of a command line, in any shell that a user may log in with. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

import { NixError } from "./cli.ts";

/**
 * Splits an attribute path as Nix writes it into its names: `a.b."c.d"` is `a`, `b` and `c.d`.
 *
 * @throws {NixError} for an empty name, an open quote, or an empty path.
 */
export function parseAttributePath(text: string): string[] {
  const names: string[] = [];
  let rest = text;
  while (true) {
    const match = /^(?:"([^"]*)"|([^".\s]+))(\.|$)/.exec(rest);
    if (!match) throw malformed(text);
    names.push(match[1] ?? match[2] ?? "");
    rest = rest.slice(match[0].length);
    if (match[3] === "") return names;
  }
}

/** The names as Nix would print them: quoted where they are not identifiers. */
export function formatAttributePath(names: readonly string[]): string {
  return names
    .map((name) => (/^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name) ? name : `"${name}"`))
    .join(".");
}

function malformed(text: string): NixError {
  return new NixError(
    `${JSON.stringify(text)} is not an attribute path. Write names separated by dots, and in double ` +
      'quotes a name that holds a dot: nixosConfigurations."web.example".config.',
  );
}

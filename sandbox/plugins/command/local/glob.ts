/**
 * The pattern language of `assetPaths` and `archivePaths`, which is that of
 * https://github.com/gobwas/glob: `**` crosses folders wherever it stands, as in `src/**.js`.
 */
export function compileGlob(pattern: string): RegExp {
  let source = "";
  let alternatives = 0;
  const tokens = pattern.match(/\\[\s\S]|\*\*|\[!?[^\]]+\]|[\s\S]/gu) ?? [];
  for (const token of tokens) {
    if (token === "**") source += "[\\s\\S]*";
    else if (token === "*") source += "[^/]*";
    else if (token === "?") source += "[^/]";
    else if (token === "{") {
      alternatives++;
      source += "(?:";
    } else if (token === "}" && alternatives > 0) {
      alternatives--;
      source += ")";
    } else if (token === "," && alternatives > 0) source += "|";
    else if (token.length > 2 && token.startsWith("[")) source += characterClass(token);
    else source += escapeLiteral(token.replace(/^\\(?=.)/s, ""));
  }
  if (alternatives > 0) throw malformed(pattern, '"{" has no "}"');
  try {
    return new RegExp(`^${source}$`, "u");
  } catch (error) {
    throw malformed(pattern, (error as Error).message);
  }
}

function escapeLiteral(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}

function characterClass(token: string): string {
  const negated = token.startsWith("[!");
  const characters = token.slice(negated ? 2 : 1, -1).replace(/[\\^]/g, "\\$&");
  return `[${negated ? "^" : ""}${characters}]`;
}

function malformed(pattern: string, fault: string): Error {
  return new Error(`the path pattern ${JSON.stringify(pattern)} cannot be read: ${fault}`);
}

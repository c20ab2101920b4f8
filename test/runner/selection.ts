export interface Selected {
  readonly name: string;
  readonly suiteArguments: readonly string[];
}

export type Selection = { readonly selected: readonly Selected[] } | { readonly fault: string };

/** Suites named at the beginning, or all; what follows the names goes to the last of them. */
export function parseSelection(words: readonly string[], known: readonly string[]): Selection {
  const end = words.findIndex((word) => !known.includes(word));
  const named = end === -1 ? words : words.slice(0, end);
  const rest = words.slice(named.length);
  if (named.length === 0 && rest.length > 0) {
    return { fault: `There is no suite "${rest[0]}"; the suites are: ${known.join(", ")}.` };
  }
  const names = named.length > 0 ? named : known;
  return {
    selected: names.map((name, index) => ({
      name,
      suiteArguments: index === names.length - 1 ? rest : [],
    })),
  };
}

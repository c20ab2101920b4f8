export interface Selected {
  readonly name: string;
  readonly suiteArguments: readonly string[];
}

/** Suites named at the beginning, or all; what follows the names goes to the last of them. */
export function parseSelection(words: readonly string[], known: readonly string[]): Selected[] {
  const end = words.findIndex((word) => !known.includes(word));
  const named = end === -1 ? words : words.slice(0, end);
  const rest = words.slice(named.length);
  if (named.length === 0 && rest.length > 0) {
    console.error(`There is no suite "${rest[0]}"; the suites are: ${known.join(", ")}.`);
    process.exit(1);
  }
  const names = named.length > 0 ? named : known;
  return names.map((name, index) => ({
    name,
    suiteArguments: index === names.length - 1 ? rest : [],
  }));
}

/** Seconds that each run of the work took, in turn with the others, after one run that does not count. */
export async function measureInTurn<Name extends string>(
  works: Readonly<Record<Name, () => Promise<void>>>,
  runs: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(works) as Name[];
  const seconds = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  for (let run = -1; run < runs; run++) {
    for (const name of names) {
      const began = performance.now();
      await works[name]();
      if (run >= 0) seconds[name].push((performance.now() - began) / 1000);
    }
  }
  return seconds;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = low] = sorted.slice(middle - 1 + (sorted.length % 2), middle + 1);
  return (low + high) / 2;
}

/** In which order many machines are activated. */
export interface Rollout {
  /** How many are activated at once; 0 for all. */
  readonly maxParallel: number;
  /** How many go first, and have to go well before any other begins. */
  readonly canaries: number;
}

/**
 * For each of so many machines, by number from 0, the ones whose activation its own has to wait for.
 * One that fails stops all that wait for it.
 */
export function rolloutOrder(machines: number, { maxParallel, canaries }: Rollout): number[][] {
  const width = maxParallel === 0 ? machines : maxParallel;
  return Array.from({ length: machines }, (_, machine) => {
    const first = machine < canaries ? 0 : canaries;
    const oneBefore = machine - width >= first ? [machine - width] : [];
    return [...range(0, first), ...oneBefore];
  });
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

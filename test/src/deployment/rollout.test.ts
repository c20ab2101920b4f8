import fc from "fast-check";
import { expect, test } from "vitest";
import { rolloutOrder } from "../../../src/deployment/rollout.ts";

test.each([
  [3, 0, 0, [[], [], []]],
  [3, 1, 0, [[], [0], [1]]],
  [4, 2, 0, [[], [], [0], [1]]],
  [3, 0, 1, [[], [0], [0]]],
  [5, 2, 1, [[], [0], [0], [0, 1], [0, 2]]],
  [5, 1, 2, [[], [0], [0, 1], [0, 1, 2], [0, 1, 3]]],
])("of %d machines, %d at once, %d of them canaries, each waits for %j", (...row) => {
  const [machines, maxParallel, canaries, order] = row;
  expect(rolloutOrder(machines, { maxParallel, canaries })).toEqual(order);
});

test("no more are activated at once than allowed, and none before the canaries are done", () => {
  const counts = { machines: fc.nat(40), maxParallel: fc.nat(9), canaries: fc.nat(9) };
  fc.assert(
    fc.property(
      fc.record(counts),
      fc.infiniteStream(fc.nat()),
      ({ machines, ...rollout }, chance) => {
        const order = rolloutOrder(machines, rollout);
        const done = new Set<number>();
        while (done.size < machines) {
          const ready = order.flatMap((before, machine) =>
            !done.has(machine) && before.every((other) => done.has(other)) ? [machine] : [],
          );
          expect(ready.length).toBeGreaterThan(0);
          if (rollout.maxParallel > 0)
            expect(ready.length).toBeLessThanOrEqual(rollout.maxParallel);
          const areCanariesDone = [...done].filter((each) => each < rollout.canaries).length;
          if (ready.some((machine) => machine >= rollout.canaries))
            expect(areCanariesDone).toBe(Math.min(rollout.canaries, machines));
          // Any of those under way may end first.
          done.add(ready[(chance.next().value ?? 0) % ready.length] as number);
        }
      },
    ),
  );
});

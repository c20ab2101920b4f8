import { expect, test } from "vitest";
import { makeEmptyProject } from "../../bench/empty-project.ts";
import { timePulumi } from "../../bench/timed-events.ts";

test("the engine's events come with the time at which it told them", async () => {
  await using empty = await makeEmptyProject();
  const { events, seconds } = await timePulumi(["preview"], empty.folder, empty.env);
  const kinds = events.map(({ event }) => Object.keys(event).find((key) => key.endsWith("Event")));
  expect(kinds[0]).toBe("preludeEvent");
  expect(kinds).toContain("resourcePreEvent");
  expect(kinds.slice(-2)).toEqual(["summaryEvent", "cancelEvent"]);
  const times = events.map((told) => told.seconds);
  expect(times[0]).toBeGreaterThan(0);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  // The program takes longer to start than a millisecond: the times are not those of the end.
  expect(times.at(-1)).toBeGreaterThan((times[0] ?? 0) + 0.1);
  expect(times.at(-1)).toBeLessThan(seconds + 1);
});

test("a command that fails is an error", async () => {
  await using empty = await makeEmptyProject();
  await expect(timePulumi(["preview", "--stack", "none"], empty.folder, empty.env)).rejects.toThrow(
    "no stack named 'none' found",
  );
});

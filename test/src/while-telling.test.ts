import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { whileTelling } from "../../src/while-telling.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function* delays(): Generator<number> {
  yield 2;
  for (;;) yield 10;
}

test("it is told after each delay for as long as the work lasts, and never after", async () => {
  const told: number[] = [];
  const work = new Promise((resolve) => setTimeout(() => resolve("done"), 25_000));
  const result = whileTelling(work, delays(), (seconds) => told.push(seconds));
  await vi.advanceTimersByTimeAsync(25_000);
  expect(await result).toBe("done");
  expect(told).toEqual([2, 12, 22]);
  expect(vi.getTimerCount()).toBe(0);
});

test("work that fails is told no longer, and its error is the result", async () => {
  const told: number[] = [];
  const failing = whileTelling(Promise.reject(new Error("no")), delays(), (s) => told.push(s));
  await expect(failing).rejects.toThrow("no");
  expect([told, vi.getTimerCount()]).toEqual([[], 0]);
});

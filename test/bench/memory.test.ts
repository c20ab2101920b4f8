import { execa } from "execa";
import { expect, test } from "vitest";
import { peakMemoryOf } from "../../bench/memory.ts";

const hold = (mebibytes: number) =>
  `const held = Buffer.alloc(${mebibytes} * 2 ** 20, 1); setTimeout(() => held, 1000);`;

test("the memory of a work is that of all processes which it starts", async () => {
  const [idle, one, grandchildren] = await inTurn(
    () => execa("node", ["--eval", hold(0)]),
    () => execa("node", ["--eval", hold(300)]),
    () => execa("sh", ["-c", `node --eval "$1" & node --eval "$1" & wait`, "sh", hold(300)]),
  );
  expect(idle).toBeGreaterThan(10);
  expect(one - idle).toBeGreaterThan(290);
  expect(one - idle).toBeLessThan(330);
  expect(grandchildren - one).toBeGreaterThan(290);
  expect(grandchildren - one).toBeLessThan(330 + idle);
});

test("the memory of a process that was there before is not the work's", async () => {
  const other = execa("node", ["--eval", `${hold(300)} console.log("held")`], { reject: false });
  await new Promise((begun) => other.stdout.once("data", begun));
  expect(await peakMemoryOf(() => execa("node", ["--eval", hold(0)]))).toBeLessThan(150);
  await other;
});

test("the error of a work is the measurement's", async () => {
  await expect(peakMemoryOf(() => execa("false"))).rejects.toThrow("Command failed");
});

async function inTurn(...works: (() => Promise<unknown>)[]): Promise<[number, number, number]> {
  const peaks: number[] = [];
  for (const work of works) peaks.push(await peakMemoryOf(work));
  return peaks as [number, number, number];
}

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chooseAddresses, type Network } from "../../../sandbox/machines/addresses.ts";
import { createMachine, type Machine } from "../../../sandbox/machines/machine.ts";
import { connectNetwork, disconnectNetwork } from "../../../sandbox/machines/network.ts";
import { machinePaths } from "../../../sandbox/machines/paths.ts";
import { makeTestHome, type TestHome } from "./test-home.ts";

let at: TestHome;
beforeAll(async () => {
  at = await makeTestHome();
});
afterAll(() => at[Symbol.asyncDispose]());

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Creates four machines at once in a process of its own. */
async function createFourElsewhere(names: readonly string[]): Promise<Machine[]> {
  const module = join(import.meta.dirname, "../../../sandbox/machines/machine.ts");
  const seed = join(at.home, "seed.json");
  await writeFile(seed, JSON.stringify(at.seed));
  const program = `
    import { readFileSync } from "node:fs";
    import { createMachine } from ${JSON.stringify(module)};
    const seed = JSON.parse(readFileSync(${JSON.stringify(seed)}, "utf8"));
    const made = ${JSON.stringify(names)}.map((name) => createMachine(${JSON.stringify(at.home)}, name, seed));
    console.log(JSON.stringify(await Promise.all(made)));
  `;
  const args = ["--input-type=module-typescript", "--eval", program];
  return JSON.parse((await execa(process.execPath, args)).stdout) as Machine[];
}

test("eight machines, made at once by two processes, run side by side and do not mix", async () => {
  const here = ["a", "b", "c", "d"];
  const elsewhere = ["e", "f", "g", "h"];
  const machines = (
    await Promise.all([
      Promise.all(here.map((name) => createMachine(at.home, name, at.seed))),
      createFourElsewhere(elsewhere),
    ])
  ).flat();
  const hostNames = machines.map(({ address }) => at.ssh(address, "hostname"));
  expect(await Promise.all(hostNames)).toEqual([...here, ...elsewhere]);
  const states = machines.map(({ address }) =>
    at.ssh(address, "systemctl is-system-running --wait"),
  );
  expect(await Promise.all(states)).toEqual(machines.map(() => "running"));
});

test("sixteen machines that ask for addresses at the same time get different ones", async () => {
  const all = await Promise.all(range(16).map((index) => machinePaths(at.home, `wire-${index}`)));
  // All ask for the same ones: only the computer's own interfaces can tell them apart.
  const choose = async (inUse: readonly Network[]) => chooseAddresses("same", inUse);
  try {
    const chosen = await Promise.all(all.map((paths) => connectNetwork(paths, choose)));
    expect(new Set(chosen.map(({ address }) => address)).size).toBe(16);
    expect(new Set(chosen.map(({ address6 }) => address6)).size).toBe(16);
  } finally {
    await Promise.all(all.map((paths) => disconnectNetwork(paths)));
  }
});

test("machines of the same name in two clones have nothing in common", async () => {
  const other = await makeTestHome();
  try {
    const mine = await createMachine(at.home, "twin", at.seed);
    const theirs = await createMachine(other.home, "twin", other.seed);
    expect(mine.address).not.toBe(theirs.address);
    expect(await at.ssh(mine.address, "hostname")).toBe("twin");
    expect(await other.ssh(theirs.address, "hostname")).toBe("twin");
  } finally {
    await other[Symbol.asyncDispose]();
  }
});

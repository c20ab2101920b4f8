import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { deleteMachine } from "./machine.ts";
import { faultInMachineName, sandboxHome } from "./paths.ts";
import { machineNames } from "./record.ts";

/** Deletes every sandbox machine of this clone: `node sandbox/machines/remove-all.ts`. */
const home = sandboxHome();
for (const each of [home, ...(await foldersIn(home))]) {
  for (const name of await machineNames(each)) {
    if (faultInMachineName(name)) continue;
    console.log(`removing sandbox machine ${name}`);
    await deleteMachine(each, name);
  }
}

/** A test run makes its machines in a sandbox of its own in this one; a killed one leaves them. */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

import { deleteMachine } from "./machine.ts";
import { faultInMachineName, sandboxHome } from "./paths.ts";
import { machineNames } from "./record.ts";

/** Deletes every sandbox machine of this clone: `node sandbox/machines/remove-all.ts`. */
const home = sandboxHome();
for (const name of await machineNames(home)) {
  if (faultInMachineName(name)) continue;
  console.log(`removing sandbox machine ${name}`);
  await deleteMachine(home, name);
}

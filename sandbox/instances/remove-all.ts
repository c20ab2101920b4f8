import { join } from "node:path";
import { sandboxHome } from "../machines/paths.ts";
import { foldersIn } from "../machines/record.ts";
import { terminateInstance } from "./instance.ts";
import { instancesFolder } from "./paths.ts";

/** Terminates every EC2 instance of this clone: `node sandbox/instances/remove-all.ts`. */
const home = sandboxHome();
for (const each of [home, ...(await foldersIn(home)).map((name) => join(home, name))]) {
  for (const id of await foldersIn(instancesFolder(each))) {
    console.log(`terminating instance ${id}`);
    await terminateInstance(each, id);
  }
}

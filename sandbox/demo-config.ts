// Writes the configuration of a stack on the sandbox's AWS: the stack's own file, with the stand-in for
// nixpkgs and the networks that this computer deploys from. node sandbox/demo-config.ts STACK
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { sandboxHome } from "./machines/paths.ts";

/** Where machines see this computer: the wires of sandbox/machines/addresses.ts. */
const wires = ["10.213.0.0/16", "172.30.0.0/16", "198.18.0.0/16"];

const [stack = ""] = process.argv.slice(2);
const folder = join(sandboxHome(), "demo");
await mkdir(folder, { recursive: true });
await copyFile("Pulumi.yaml", join(folder, "Pulumi.yaml"));
const local = parse(await readFile("Pulumi.local.yaml", "utf8"));
const own = parse(await readFile(`Pulumi.${stack}.yaml`, "utf8"));
const isLive = own.config["iplz:strategy"] !== "image";
// Of stack local no more than what every stack needs here: its other keys are its own.
const { "iplz:overrideInputs": overrideInputs } = local.config;
await writeFile(
  join(folder, `Pulumi.${stack}.yaml`),
  stringify({
    // The passphrase is the same.
    encryptionsalt: local.encryptionsalt,
    config: {
      ...own.config,
      "iplz:overrideInputs": overrideInputs,
      ...(isLive && { "iplz:sshCidrs": wires }),
    },
  }),
);

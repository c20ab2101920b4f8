import { expect, test } from "vitest";
import * as sshKey from "../../providers/ssh-key.impl.ts";
import { machinesOf, runOn } from "./machines.ts";
import { makeProject, type Project } from "./project.ts";

/** Each machine's identity, and the machine that is given it. */
const hostKeyHolders = ["machine-1", "machine-1-host-key", "machine-2", "machine-2-host-key"];

test("two machines reboot into each new system at --parallel 1, and into none that they run", async () => {
  const user = await sshKey.create({});
  await using project = await makeProject({
    "iplz:count": { value: "2" },
    "iplz:authorizedKeys[0]": { value: user.outs.publicKey },
    "iplz:activation.mode": { value: "boot" },
    "iplz:activation.reboot": { value: "true" },
    "iplz:healthChecks[0].unit": { value: "iplz.service" },
    "iplz:healthChecks[1].command": { value: "echo checked >>/root/checks" },
  });
  const onEach = (command: string) =>
    Promise.all([1, 2].map((number) => runOn(project, command, user.outs.privateKey, number)));
  const lastBoots = () => onEach("systemctl show --property UserspaceTimestampMonotonic --value");
  const facts = () => onEach("readlink -f /run/booted-system /nix/var/nix/profiles/system");
  const runTheirs = async () => {
    const [{ system } = { system: "" }] = await machinesOf(project);
    expect(await facts()).toEqual(Array(2).fill(`${system}\n${system}`));
    const record = `reboot iplz/${project.stackName} ${system}`;
    expect(await onEach("cat /nix/var/nix/activated-system")).toEqual([record, record]);
    return system;
  };
  expect((await project.up({ parallel: 1 })).error).toBeUndefined();
  const first = await runTheirs();
  expect(await holdersOfKeys(project)).toEqual(
    [...["key", "machine-1-running", "machine-2-running"], ...hostKeyHolders].sort(),
  );
  expect(await onEach("cat /root/checks")).toEqual(["checked", "checked"]);
  expect((await project.refresh()).steps).toEqual({});
  expect((await project.up()).steps).toEqual({});

  const boots = await lastBoots();
  const activations = {
    "Command machine-1-activation": "update",
    "Command machine-2-activation": "update",
  };
  await project.stack.setConfig("iplz:keepGenerations", { value: "2" });
  const unneeded = await project.up();
  expect([unneeded.error, unneeded.steps]).toEqual([undefined, activations]);
  expect(unneeded.output).toContain("The machine runs and boots it already.");
  expect(await lastBoots()).toEqual(boots);

  await project.edit("nix/modules/iplz.nix", 'Type = "exec"', 'Type = "simple"');
  const steps = {
    ...activations,
    "Build system": "update",
    "Command machine-1-copy": "update",
    "Command machine-2-copy": "update",
  };
  const foretold = await project.preview();
  expect(foretold.steps).toEqual(steps);
  expect(foretold.output).toContain("units that differ: iplz.service\n");
  const edited = await project.up({ parallel: 1 });
  expect([edited.error, edited.steps]).toEqual([undefined, steps]);
  expect(await runTheirs()).not.toBe(first);
  const again = await lastBoots();
  expect(again.filter((boot, index) => boot === boots[index])).toEqual([]);
  expect(await onEach("cat /root/checks")).toEqual(Array(2).fill("checked\nchecked"));
});

/** Names of the resources whose state holds a private key. */
async function holdersOfKeys({ stack }: Project): Promise<string[]> {
  const { deployment } = await stack.exportStack();
  const resources: readonly { readonly urn: string }[] = deployment.resources;
  return resources
    .filter((resource) => JSON.stringify(resource).includes("PRIVATE KEY"))
    .map(({ urn }) => urn.split("::").at(-1) ?? "")
    .sort();
}

import { expect, test } from "vitest";
import { build } from "../../src/nix/build.ts";
import { evaluate, type FlakeContext } from "../../src/nix/evaluate.ts";
import { copyFlake } from "./flake-copy.ts";

const live = "nixosConfigurations.live.config.system.build.toplevel";
const definition = "port = 80;";
/** The application's own tests run in these builds, beside what else this computer does. */
const timeout = 300_000;

test.each([
  [
    "an option that does not exist",
    "prot = 80;",
    "The option `services.iplz.prot' does not exist.",
  ],
  [
    "a value of another type",
    'port = "http";',
    "A definition for option `services.iplz.port' is not of type `16 bit unsigned integer; between 0 and 65535 (both inclusive)'.",
  ],
  [
    "a number that is out of range",
    "port = 65536;",
    "A definition for option `services.iplz.port' is not of type `16 bit unsigned integer; between 0 and 65535 (both inclusive)'.",
  ],
  [
    "an element of another type",
    "port = 80; trustedProxies = [ 10 ];",
    "A definition for option `services.iplz.trustedProxies.[definition 1-entry]' is not of type `string'.",
  ],
])("%s is refused, and the option named", async (_, wrong, message) => {
  const { context, edit } = await copyFlake();
  await edit("nix/modules/base.nix", definition, wrong);
  await expect(evaluate({ ...context, attribute: live })).rejects.toThrow(message);
});

test("two definitions that contradict each other are refused, and both files named", async () => {
  const { context, edit } = await copyFlake();
  const imports = "  imports = [ ./state-version.nix ];\n";
  const other = "{ _file = ./other.nix; services.iplz.port = 81; }";
  await edit("nix/modules/bootstrap.nix", imports, `  imports = [ ./iplz.nix ${other} ];\n`);
  const refused = evaluate({ ...context, attribute: live });
  await expect(refused).rejects.toThrow(
    "The option `services.iplz.port' has conflicting definition values:",
  );
  await expect(refused).rejects.toThrow(/nix\/modules\/base\.nix'\n.*nix\/modules\/other\.nix'/);
});

test("a test of the application that fails fails its build, and is shown", {
  timeout,
}, async () => {
  const { context, edit } = await copyFlake();
  await edit("app/src/iplz/resources.py", 'f"{address}\\n"', 'f"{address}"');
  await expect(buildOutput(context, "iplz")).rejects.toThrow(
    /Building iplz failed: \S+python3-iplz-\S+\.drv\n(.*\n)* *FAILED tests\//,
  );
});

test("a script that shellcheck finds fault with fails its build, and the fault is shown", {
  timeout,
}, async () => {
  const { context, edit } = await copyFlake();
  await edit("nix/packages/iplz-server.nix", "exec uvicorn", "cd $HOME\n    exec uvicorn");
  await expect(buildOutput(context, "iplz-server")).rejects.toThrow(
    /Building iplz-server failed: \S+iplz-server\.drv\n(.*\n)*.*SC2086/,
  );
});

test("what the stand-in has none of evaluates, and its build says what to do", async () => {
  const { context } = await copyFlake();
  await expect(buildOutput(context, "iplz-vm")).rejects.toThrow(
    "The sandbox's stand-in for nixpkgs has no qemu-vm. Build this with the real nixpkgs: leave out --override-input nixpkgs.",
  );
});

async function buildOutput(context: FlakeContext, attribute: string): Promise<void> {
  const { drvPath } = await evaluate({ ...context, attribute });
  await build({
    drvPath,
    gcRoot: `${context.flake}/result`,
    installable: attribute,
    onLine: () => {},
  });
}

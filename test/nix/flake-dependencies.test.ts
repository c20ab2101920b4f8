import { expect, test } from "vitest";
import { changed, copyFlake, derivations } from "./flake-copy.ts";

test("an edit outside of the application and the modules changes nothing", async () => {
  const { context, edit } = await copyFlake();
  const before = await derivations(context);
  await edit("README.md", "introduction", "explanation");
  await edit("flake.nix", "# What only a stack knows", "# All that only a stack knows");
  await edit("package.json", '"version": "', '"version": "9');
  expect(changed(before, await derivations(context))).toEqual([]);
});

test("an edit of the application changes what serves it, and not what machines boot first", async () => {
  const { context, edit } = await copyFlake();
  const before = await derivations(context);
  await edit("app/src/iplz/__init__.py", "Answer an HTTP request", "Answer each HTTP request");
  expect(changed(before, await derivations(context))).toEqual([
    ...["live", "server", "vm", "iplz", "iplz-server"],
  ]);
});

test("an edit of the pins that only development uses changes nothing", async () => {
  const { context, edit } = await copyFlake();
  const before = await derivations(context);
  await edit("app/requirements-dev.txt", "mypy", "# mypy");
  expect(changed(before, await derivations(context))).toEqual([]);
});

test.each([
  [{ authorizedKeys: ["ssh-ed25519 AAAA somebody"] }, ["bootstrap", "live", "server"]],
  [{ dataVolume: { device: "/dev/sdf", mountPoint: "/data" } }, ["live", "server"]],
  [{ hostName: "web" }, ["live", "server", "vm"]],
  [{ authorizedKeys: [], dataVolume: null, hostName: null }, []],
  [{}, []],
])("the values %j change the systems %j only", async (values, systems) => {
  const { context } = await copyFlake();
  const before = await derivations(context);
  expect(changed(before, await derivations({ ...context, values }))).toEqual(systems);
});

test("a value that the flake does not know is refused", async () => {
  const { context } = await copyFlake();
  const values = { authorisedKeys: [], hostName: "web" };
  await expect(derivations({ ...context, values })).rejects.toThrow(
    "The input 'values' has unknown names: authorisedKeys. It may have: authorizedKeys, dataVolume, hostName.",
  );
});

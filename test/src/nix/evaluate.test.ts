import { expect, onTestFinished, test } from "vitest";
import { evaluate } from "../../../src/nix/evaluate.ts";
import { makeCheckout, shellDerivation } from "../../helpers/flake-checkout.ts";

const flake = `{
  inputs.greeting.url = "path:/nonexistent";
  inputs.values.follows = "";
  outputs = { self, greeting, values }: {
    values.name = "nobody";
    packages.x86_64-linux = {
      hello = ${shellDerivation("hello", "echo hello > $out; echo dev > $dev", ["out", "dev"])};
      greeting = ${shellDerivation("greeting", `echo \${greeting.text} > $out`)};
      name = ${shellDerivation("name", `echo \${values.values.name} > $out`)};
      text = "not a derivation";
      broken = throw "the cause";
      untracked = import ./untracked.nix;
    };
    nixosConfigurations."web.example".config = ${shellDerivation("web", "echo > $out")};
  };
}`;

async function checkout(files: Record<string, string> = {}) {
  const made = await makeCheckout({ "flake.nix": flake, ...files });
  const greeting = await makeCheckout({ "flake.nix": '{ outputs = _: { text = "hi"; }; }' });
  onTestFinished(async () => {
    await made[Symbol.asyncDispose]();
    await greeting[Symbol.asyncDispose]();
  });
  const context = { flake: made.folder, overrideInputs: { greeting: `path:${greeting.folder}` } };
  return { ...made, context };
}

const storePath = (name: string) => expect.stringMatching(`^/nix/store/[a-z0-9]{32}-${name}$`);

test("a package is found under packages.SYSTEM and described with all of its outputs", async () => {
  const { context } = await checkout();
  expect(await evaluate({ ...context, attribute: "hello" })).toEqual({
    drvPath: storePath("hello\\.drv"),
    outPath: storePath("hello"),
    outputs: { out: storePath("hello"), dev: storePath("hello-dev") },
  });
});

test("a name with a dot in it is found when quoted", async () => {
  const { context } = await checkout();
  const { outPath } = await evaluate({
    ...context,
    attribute: 'nixosConfigurations."web.example".config',
  });
  expect(outPath).toEqual(storePath("web"));
});

test("many attributes at once each get their own answer, an error of one included", async () => {
  const { context } = await checkout();
  const attributes = ["hello", "text", "greeting", "nothing"];
  const results = await Promise.allSettled(
    attributes.map((attribute) => evaluate({ ...context, attribute })),
  );
  expect(results.map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
    "rejected",
  ]);
});

test("values replace the flake's input of that name, whatever characters are in them", async () => {
  const { context } = await checkout();
  const withDefault = await evaluate({ ...context, attribute: "name" });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Nix's interpolation, not JavaScript's.
  const odd = 'x ${y} "quoted" \\ back\nline \u00e9';
  const withValues = (name: string) =>
    evaluate({ ...context, attribute: "name", values: { name } });
  expect((await withValues("nobody")).drvPath).toBe(withDefault.drvPath);
  expect((await withValues(odd)).drvPath).not.toBe(withDefault.drvPath);
});

test("the same flake gives the same derivation after an edit that it does not depend on", async () => {
  const { context, write } = await checkout();
  const before = await evaluate({ ...context, attribute: "hello" });
  await write("README.md", "changed");
  expect(await evaluate({ ...context, attribute: "hello" })).toEqual(before);
});

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: Error) => error.message,
  );
}

test("a missing attribute names the place and what there is", async () => {
  const { context } = await checkout();
  expect(await failure(evaluate({ ...context, attribute: "nixosConfigurations.web.config" }))).toBe(
    `${context.flake}#nixosConfigurations.web.config: there is no web in nixosConfigurations. ` +
      "It has: web.example. Name one of these.",
  );
});

test("an attribute that is not a derivation is refused with what it is", async () => {
  const { context } = await checkout();
  expect(await failure(evaluate({ ...context, attribute: "text" }))).toBe(
    `${context.flake}#text is a string, not a derivation, so it cannot be built. Name a package, or ` +
      "for a NixOS configuration its system: nixosConfigurations.NAME.config.system.build.toplevel.",
  );
});

test("a malformed attribute path is refused before Nix is asked", async () => {
  expect(await failure(evaluate({ flake: "/nonexistent", attribute: "a..b" }))).toBe(
    '"a..b" is not an attribute path. Write names separated by dots, and in double quotes a name that ' +
      'holds a dot: nixosConfigurations."web.example".config.',
  );
});

test("a syntax error points at file and line of the working tree first", async () => {
  const { context, folder, write } = await checkout();
  await write("flake.nix", "{ outputs = _: {\n  a = ;\n}; }");
  const message = await failure(evaluate({ ...context, attribute: "a" }));
  expect(message.split("\n")[0]).toMatch(
    new RegExp(
      `^Evaluating the flake ${folder} failed at ${folder}/flake\\.nix:2:7: syntax error, `,
    ),
  );
  expect(message.split("\n").at(-1)).toBe(`Mend ${folder}/flake.nix:2:7, then run it again.`);
});

test("an evaluation error keeps Nix's own words under the summary", async () => {
  const { context } = await checkout();
  const [summary, ...words] = (await failure(evaluate({ ...context, attribute: "broken" }))).split(
    "\n",
  );
  expect(summary).toMatch(/^Evaluating the flake .* failed.*: the cause$/);
  expect(words.join("\n")).toContain("error: the cause");
  expect(words.at(-1)).toMatch(/^Mend .*, then run it again\.$/);
});

test("a file that Git does not track is named with the command that adds it", async () => {
  const { context, folder, write } = await checkout();
  await write("untracked.nix", "1", { tracked: false });
  const message = await failure(evaluate({ ...context, attribute: "untracked" }));
  const [summary, ...words] = message.split("\n");
  expect(summary).toBe(
    `The flake cannot see ${folder}/untracked.nix: the file is there, but Git does not track it, and a ` +
      "flake is what Git tracks.",
  );
  expect(words.at(-1)).toBe(`Run: git -C ${folder} add --intent-to-add untracked.nix`);
});

test("a flake that is not there is named", async () => {
  expect(await failure(evaluate({ flake: "/nonexistent/flake", attribute: "a" }))).toBe(
    "There is no flake at /nonexistent/flake: the folder /nonexistent/flake does not exist. Name the " +
      "folder that holds flake.nix, or a flake reference such as github:OWNER/REPO.",
  );
});

test("an override of an input that the flake does not have is refused", async () => {
  const { context } = await checkout();
  const overrideInputs = { ...context.overrideInputs, nixpgks: "path:/nonexistent" };
  expect(await failure(evaluate({ ...context, overrideInputs, attribute: "hello" }))).toBe(
    `The flake ${context.flake} has no input named nixpgks to replace. Correct overrideInputs or ` +
      "declare the input in flake.nix.",
  );
});

test("of a NixOS configuration the one for the platform is taken, where there is one", async () => {
  const arm = shellDerivation("arm", "echo > $out").replace("x86_64", "aarch64");
  await using checkout = await makeCheckout({
    "flake.nix": `{ outputs = _: { nixosConfigurations = {
      web.system = ${shellDerivation("intel", "echo > $out")};
      web-aarch64-linux.system = ${arm};
    }; }; }`,
  });
  const at = { flake: checkout.folder, attribute: "nixosConfigurations.web.system" };
  expect((await evaluate(at)).outPath).toMatch(/-intel$/);
  expect((await evaluate({ ...at, platform: "x86_64-linux" })).outPath).toMatch(/-intel$/);
  expect((await evaluate({ ...at, platform: "aarch64-linux" })).outPath).toMatch(/-arm$/);
});

test("an output for another platform is refused", async () => {
  await using checkout = await makeCheckout({
    "flake.nix": `{ outputs = _: { it = ${shellDerivation("intel", "echo > $out")}; }; }`,
  });
  const at = { flake: checkout.folder, attribute: "it", platform: "aarch64-linux" };
  await expect(evaluate(at)).rejects.toThrow(
    `${checkout.folder}#it is for x86_64-linux, but the machines are aarch64-linux. Change platform, or ` +
      "give the flake a NixOS configuration for it with -aarch64-linux behind its name.",
  );
});

test("of a disk image the system inside is told, and what EC2 must know of it", async () => {
  const image = shellDerivation("image", "echo > $out");
  const system = shellDerivation("system", "echo > $out");
  await using checkout = await makeCheckout({
    "flake.nix": `{ outputs = _: {
      image = (${image}) // { passthru.config = {
        system.build.toplevel = ${system};
        amazonImage.format = "vpc";
        ec2.efi = true;
      }; };
      qcow2 = (${image}) // { passthru.config = { amazonImage.format = "qcow2"; ec2.efi = false; }; };
      plain = ${image};
    }; }`,
  });
  const flake = checkout.folder;
  expect(await evaluate({ flake, attribute: "image" })).toMatchObject({
    imageSystem: expect.stringMatching(/-system$/),
    imageForm: { format: "VHD", bootMode: "uefi" },
  });
  const nothing = { imageSystem: undefined, imageForm: undefined };
  expect(await evaluate({ flake, attribute: "qcow2" })).toMatchObject(nothing);
  expect(await evaluate({ flake, attribute: "plain" })).toMatchObject(nothing);
});

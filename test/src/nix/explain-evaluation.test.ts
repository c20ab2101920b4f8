import { expect, test } from "vitest";
import { evaluate } from "../../../src/nix/evaluate.ts";
import { makeCheckout } from "../../helpers/flake-checkout.ts";

const files = {
  "flake.nix": `{
  inputs.nixpkgs.url = "path:/nonexistent";
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.web = nixpkgs.lib.nixosSystem {
      modules = [ { nixpkgs.hostPlatform = "x86_64-linux"; system.stateVersion = "26.05"; } ./web.nix ];
    };
  };
}
`,
  "web.nix": "{ }\n",
  "node_modules/other.nix": '"never looked at: the moon is full, ./gone.nix"\n',
};

/** What evaluating the system says with other files; FOLDER stands for the flake's. */
async function failureWith(
  changed: Readonly<Record<string, string>>,
  { nixOptions = {}, untracked = [] as readonly string[], flake = "" } = {},
): Promise<string[]> {
  await using checkout = await makeCheckout(files);
  for (const [path, text] of Object.entries(changed)) {
    await checkout.write(path, text, { tracked: !untracked.includes(path) });
  }
  const failure = await evaluate({
    flake: checkout.folder + flake,
    overrideInputs: { nixpkgs: `path:${process.env.SANDBOX_HOME}/nixpkgs` },
    attribute: "nixosConfigurations.web.config.system.build.toplevel",
    nixOptions,
  }).then(
    ({ drvPath }) => `it is ${drvPath}`,
    (error: Error) => error.message,
  );
  return failure.replaceAll(checkout.folder, "FOLDER").split("\n");
}

test.each([
  [
    "a syntax error",
    { "web.nix": "{\n  a = ;\n}" },
    "FOLDER/web.nix:2",
    "syntax error, unexpected ';'",
  ],
  [
    "an undefined variable",
    { "web.nix": '{\n  system.stateVersion = "2" + x;\n}' },
    "FOLDER/web.nix:2",
    "undefined variable 'x'",
  ],
  [
    "a missing attribute",
    { "web.nix": "{ pkgs, ... }: {\n  environment.systemPackages = [ pkgs.helo ];\n}" },
    "FOLDER/web.nix:2",
    "attribute 'helo' missing",
  ],
  [
    "an option that does not exist",
    { "web.nix": "{\n  services.ipls.enable = true;\n}" },
    "FOLDER/web.nix:2",
    "The option `services.ipls' does not exist.",
  ],
  [
    "an option of the wrong type",
    { "web.nix": '{\n  environment = {\n    systemPackages = "x";\n  };\n}' },
    "FOLDER/web.nix:3",
    "A definition for option `environment.systemPackages' is not of type `list of package'.",
  ],
  [
    "an option with two values",
    {
      "web.nix": '{\n  imports = [ ./more.nix ];\n  networking.hostName = "a";\n}',
      "more.nix": '{ networking.hostName = "b"; }',
    },
    "FOLDER/web.nix:3 and FOLDER/more.nix:1",
    "The option `networking.hostName' has conflicting definition values",
  ],
  [
    "a throw",
    { "web.nix": '{\n  networking.hostName = throw "not today";\n}' },
    "FOLDER/web.nix:2",
    "not today",
  ],
  [
    "a failed assertion",
    {
      "web.nix":
        '{\n  assertions = [\n    { assertion = false; message = "the moon is full"; }\n  ];\n}',
    },
    "FOLDER/web.nix:3",
    "Failed assertions: the moon is full",
  ],
  [
    "an infinite recursion through nixpkgs",
    { "web.nix": "{ config, ... }: {\n  networking.hostName = config.networking.hostName;\n}" },
    "FOLDER/web.nix:2",
    "infinite recursion encountered",
  ],
  [
    "a file that is not there",
    { "web.nix": "{\n  imports = [ ./gone.nix ];\n}" },
    "FOLDER/web.nix:2",
    "there is no FOLDER/gone.nix",
  ],
])("%s points at file and line of the working tree first", async (_, changed, place, reason) => {
  const [summary, ...words] = await failureWith(changed);
  // Where in the line it is, versions of Nix tell each in their way.
  expect(summary?.replaceAll(/(:\d+):\d+(?= and|: )/g, "$1")).toBe(
    `Evaluating the flake FOLDER failed at ${place}: ${reason}`,
  );
  expect(words.at(-1)).toMatch(
    /^Mend FOLDER\/web\.nix:\d+:\d+( and FOLDER\S+)?, then run it again\.$/,
  );
});

test("of a trace through nixpkgs nothing is shown, unless the Nix option show-trace is on", async () => {
  const thrown = { "web.nix": '{ networking.hostName = throw "not today"; }' };
  expect((await failureWith(thrown)).join("\n")).not.toContain("lib/modules.nix");
  const whole = await failureWith(thrown, { nixOptions: { "show-trace": "true" } });
  expect(whole[0]).toContain("FOLDER/web.nix:1:");
  expect(whole.join("\n")).toContain("lib/modules.nix");
});

test("a flake in a folder of the checkout is told by its files there", async () => {
  const inFolder = { "sub/flake.nix": files["flake.nix"], "sub/web.nix": "{ a = b; }" };
  const [summary] = await failureWith(inFolder, { flake: "/sub" });
  expect(summary).toMatch(/ failed at FOLDER\/sub\/web\.nix:1:7: undefined variable 'b'$/);
});

test("a module and a flake.nix that Git does not track are named with the command", async () => {
  const imported = { "web.nix": "{ imports = [ ./new.nix ]; }", "new.nix": "{ }" };
  const untracked = await failureWith(imported, { untracked: ["new.nix"] });
  expect(untracked[0]).toMatch(/^The flake cannot see FOLDER\/new\.nix: /);
  expect(untracked.at(-1)).toBe("Run: git -C FOLDER add --intent-to-add new.nix");
  const flake = await failureWith(
    { "sub/flake.nix": files["flake.nix"] },
    { untracked: ["sub/flake.nix"], flake: "/sub" },
  );
  expect(flake.at(-1)).toMatch(/^Run: git -C FOLDER add --intent-to-add sub(\/flake\.nix)?$/);
});

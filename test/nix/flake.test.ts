import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { evaluate } from "../../src/nix/evaluate.ts";
import { makeCheckout } from "../helpers/flake-checkout.ts";
import { copyFlake, overrideInputs } from "./flake-copy.ts";

const nix = ["--extra-experimental-features", "nix-command flakes", "--option", "substituters", ""];
const override = ["--override-input", "nixpkgs", overrideInputs.nixpkgs];

test("every Nix file parses", async () => {
  const { stdout } = await execa("git", ["ls-files", "-z", "--", "*.nix"]);
  const files = stdout.split("\0").filter((name) => name !== "");
  expect(files).toContain("flake.nix");
  await execa("nix-instantiate", ["--parse", ...files]);
});

test("every output evaluates, and is of the form that Nix wants", async () => {
  const { context } = await copyFlake();
  await execa("nix", [
    ...[...nix, "flake", "check", "--no-build", "--no-write-lock-file", ...override],
    context.flake,
  ]);
});

test.each([
  [
    "nixosConfigurations",
    ["bootstrap", "live", "server", "vm"].flatMap((name) => [name, `${name}-aarch64-linux`]),
  ],
  [
    "nixosModules",
    [
      "activation-guard",
      "base",
      "bootstrap",
      "data-volume",
      "ec2",
      "iplz",
      "live",
      "secrets",
      "vm",
    ],
  ],
  ["values", ["authorizedKeys", "dataVolume", "hostName"]],
  [
    "packages.x86_64-linux",
    ["bootstrap-image", "default", "image", "iplz", "iplz-server", "iplz-vm", "pulumi"],
  ],
  [
    "checks.aarch64-linux",
    [
      "devShell-default",
      "formatting",
      ...["host-bootstrap", "host-live", "host-server", "host-vm"],
      "options-documented",
      ...["package-iplz", "package-iplz-server", "package-iplz-vm", "package-pulumi"],
      "vm-iplz",
    ],
  ],
])("the flake's %s are %j", async (output, names) => {
  const { context } = await copyFlake();
  const { stdout } = await execa("nix", [
    ...[...nix, "eval", "--json", "--no-write-lock-file", ...override],
    ...[`${context.flake}#${output}`, "--apply", "builtins.attrNames"],
  ]);
  expect(JSON.parse(stdout)).toEqual(names);
});

test("an option without a description fails the check, which names it", async () => {
  const { context, edit } = await copyFlake();
  const attribute = "checks.x86_64-linux.options-documented";
  await evaluate({ ...context, attribute });
  const description = 'description = "Whether to open the port in the firewall.";';
  await edit("nix/modules/iplz.nix", description, "");
  await expect(evaluate({ ...context, attribute })).rejects.toThrow(
    "Options without a description: services.iplz.openFirewall.",
  );
});

test("another flake can import the modules, one that is in another too", async () => {
  const { context } = await copyFlake();
  const consumer = await makeCheckout({
    "flake.nix": `{
      inputs.nixpkgs.url = "path:/nonexistent";
      inputs.iplz.url = "path:/nonexistent";
      inputs.iplz.inputs.nixpkgs.follows = "nixpkgs";
      outputs = { iplz, nixpkgs, ... }: {
        nixosConfigurations.web = nixpkgs.lib.nixosSystem {
          modules = builtins.attrValues { inherit (iplz.nixosModules) base ec2 iplz live; } ++ [
            {
              nixpkgs.hostPlatform = "x86_64-linux";
              services.iplz.trustedProxies = [ "10.0.0.0/8" ];
            }
          ];
        };
      };
    }`,
  });
  onTestFinished(() => consumer[Symbol.asyncDispose]());
  const { outPath } = await evaluate({
    flake: consumer.folder,
    overrideInputs: { ...overrideInputs, iplz: `path:${context.flake}` },
    attribute: "nixosConfigurations.web.config.system.build.toplevel",
  });
  expect(outPath).toMatch(/^\/nix\/store\/[a-z0-9]{32}-nixos-system-/);
});

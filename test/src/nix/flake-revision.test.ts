import { execa } from "execa";
import { expect, test } from "vitest";
import { evaluate } from "../../../src/nix/evaluate.ts";
import { flakeAtRevision } from "../../../src/nix/flake-revision.ts";
import { makeCheckout } from "../../helpers/flake-checkout.ts";

const revision = "2de30cd1e1a0ba6e5a8a1d31a55ddbb70fa2fa1f";

test.each([
  ["github:NixOS/nixpkgs", `github:NixOS/nixpkgs/${revision}`],
  ["github:NixOS/nixpkgs/nixos-26.05", `github:NixOS/nixpkgs/${revision}`],
  ["github:a/b?dir=nix&ref=main", `github:a/b/${revision}?dir=nix`],
  ["gitlab:a%2Fb/c?host=git.example.org", `gitlab:a%2Fb/c/${revision}?host=git.example.org`],
  ["git+ssh://host/repo?dir=nix", `git+ssh://host/repo?dir=nix&rev=${revision}`],
  ["git+https://host/repo?ref=main&rev=x", `git+https://host/repo?ref=main&rev=${revision}`],
  ["nixpkgs", `flake:nixpkgs/${revision}`],
  ["flake:nixpkgs/nixos-26.05", `flake:nixpkgs/${revision}`],
])("%s at a revision is %s", (reference, expected) => {
  expect(flakeAtRevision(reference, revision, "/")).toBe(expected);
});

test.each(["https://example.org/flake.tar.gz", "tarball+https://example.org/flake.tar.gz"])(
  "%s has no revisions",
  (reference) => {
    expect(() => flakeAtRevision(reference, revision, "/")).toThrow(
      `The flake ${reference} has no revision ${revision}: it is not in a Git repository. Give system a ` +
        "store path instead, or flake a reference to a repository.",
    );
  },
);

test("a local flake at a revision is what Git holds, by path and in a folder of the checkout", async () => {
  const text = (name: string) => `{ outputs = _: { x = derivation {
    name = "${name}"; system = "x86_64-linux"; builder = "/bin/sh"; }; }; }`;
  await using checkout = await makeCheckout({
    "flake.nix": text("first"),
    "in a folder/flake.nix": text("inner"),
  });
  const git = (...args: string[]) =>
    execa("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { cwd: checkout.folder });
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "first");
  const { stdout: first } = await git("rev-parse", "HEAD");
  await checkout.write("flake.nix", text("second"));
  const nameAt = async (reference: string, rev: string) => {
    const flake = flakeAtRevision(reference, rev, checkout.folder);
    return (await evaluate({ flake, attribute: "x" })).outPath.slice(44);
  };
  expect(await nameAt(".", first)).toBe("first");
  expect(await nameAt("./in a folder", first)).toBe("inner");
  expect(await nameAt(`path:${checkout.folder}`, first)).toBe("first");
  await expect(nameAt(".", revision)).rejects.toThrow(
    new RegExp(`Evaluating the flake git\\+file://\\S+rev=${revision} failed: .*${revision}`),
  );
});

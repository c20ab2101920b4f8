import { execa } from "execa";
import { expect, test } from "vitest";

test.each([[[]], [["1.0"]]])(
  "without a version that there is, the ones that there are are named",
  async (words) => {
    const { exitCode, stderr } = await execa("sandbox/test-nix", words, {
      reject: false,
      stdin: "ignore",
    });
    expect([exitCode, stderr]).toEqual([
      1,
      `sandbox/test-nix: there is no Nix "${words[0] ?? ""}" to test with; there is: 2.26\n` +
        "sandbox/test-nix: usage: npm run test:nix -- VERSION [SUITE [WORDS...]]",
    ]);
  },
);

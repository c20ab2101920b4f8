import fc from "fast-check";
import { expect, test } from "vitest";
import {
  areFree,
  chooseAddresses,
  type Network,
  prefixLength,
  prefixLength6,
} from "../../../sandbox/machines/addresses.ts";

const networksOf = (id: string, taken: readonly Network[] = []): Network[] => {
  const { hostAddress, address6 } = chooseAddresses(id, taken);
  return [
    { address: hostAddress, prefixLength },
    { address: address6, prefixLength: prefixLength6 },
  ];
};

test("an id gets the same addresses each time", () => {
  expect(chooseAddresses("a", [])).toEqual(chooseAddresses("a", []));
  expect(chooseAddresses("a", [])).toEqual({
    hostAddress: "10.213.42.93",
    address: "10.213.42.94",
    hostAddress6: "fd5b:9e1c:7d0a:a97::1",
    address6: "fd5b:9e1c:7d0a:a97::2",
  });
});

test("what is chosen is free until it is taken, whatever else is", () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 20 }), fc.string(), (others, id) => {
      const taken: Network[] = [];
      for (const other of others) taken.push(...networksOf(other, taken));
      const addresses = chooseAddresses(id, taken);
      expect(areFree(addresses, taken)).toBe(true);
      expect(areFree(addresses, [...taken, ...networksOf(id, taken)])).toBe(false);
    }),
  );
});

test("a network that is part of a machine's, or that it is part of, is avoided", () => {
  const { address, hostAddress, address6 } = chooseAddresses("a", []);
  for (const network of [
    { address, prefixLength: 32 },
    { address: hostAddress, prefixLength: 32 },
    { address, prefixLength: 24 },
    { address: "10.0.0.0", prefixLength: 8 },
    { address: address6, prefixLength: 128 },
  ]) {
    expect(areFree(chooseAddresses("a", []), [network])).toBe(false);
    expect(areFree(chooseAddresses("a", [network]), [network])).toBe(true);
  }
});

test("a computer whose routes take all of 10.0.0.0/8 gets addresses from the next network", () => {
  const vpn = { address: "10.0.0.0", prefixLength: 8 };
  expect(chooseAddresses("a", [vpn]).address).toMatch(/^172\.30\./);
  const both = [vpn, { address: "172.16.0.0", prefixLength: 12 }];
  expect(chooseAddresses("a", both).address).toMatch(/^198\.18\./);
});

test("a default route, also one in two halves, takes no addresses", () => {
  const halves = [
    { address: "0.0.0.0", prefixLength: 1 },
    { address: "128.0.0.0", prefixLength: 1 },
  ];
  expect(chooseAddresses("a", halves)).toEqual(chooseAddresses("a", []));
});

test("when everything is taken the error names the networks", () => {
  const everything = [
    { address: "10.0.0.0", prefixLength: 8 },
    { address: "172.16.0.0", prefixLength: 12 },
    { address: "198.18.0.0", prefixLength: 15 },
  ];
  expect(() => chooseAddresses("a", everything)).toThrow(
    "There are no free addresses for a sandbox machine: this computer has addresses or routes in " +
      "all of 10.213.0.0/16, 172.30.0.0/16, 198.18.0.0/16 or fd5b:9e1c:7d0a::/48 " +
      "(`ip addr` and `ip route` show them).",
  );
});

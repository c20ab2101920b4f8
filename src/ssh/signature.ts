import type { ParsedKey, SigningRequestOptions } from "ssh2";

/** The signature of a private key as SSH has it (RFC 4253 and 5656), without the name of its algorithm. */
export function signatureOf(
  data: Buffer,
  key: ParsedKey,
  hash: SigningRequestOptions["hash"],
): Buffer {
  const signature = key.sign(data, hash);
  return key.type.startsWith("ecdsa-") ? numbersOf(signature) : signature;
}

/** The library gives a sequence of two numbers in DER; SSH takes the same numbers, each after its length. */
function numbersOf(der: Buffer): Buffer {
  const first = der.readUInt8(1) > 0x7f ? 3 : 2;
  const second = first + 2 + der.readUInt8(first + 1);
  return Buffer.concat([first, second].flatMap((at) => lengthAndNumber(der, at)));
}

function lengthAndNumber(der: Buffer, at: number): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(der.readUInt8(at + 1));
  return [length, der.subarray(at + 2, at + 2 + der.readUInt8(at + 1))];
}

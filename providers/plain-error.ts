import * as pulumi from "@pulumi/pulumi";

const shown = new WeakMap<Error, pulumi.RunError>();

/**
 * The error as Pulumi shows it best: by its message alone, and once, however many resources need what
 * failed. Pulumi tells two errors apart by identity.
 */
export function plainError(error: Error): pulumi.RunError {
  const plain = shown.get(error) ?? withFixedMessage(error.message);
  shown.set(error, plain);
  return plain;
}

/** Each property on the way to a resource would put its name in front of the message. */
function withFixedMessage(message: string): pulumi.RunError {
  return Object.defineProperty(new pulumi.RunError(message), "message", {
    get: () => message,
    set: () => {},
  });
}

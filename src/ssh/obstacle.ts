import { SshError } from "./reasons.ts";
import type { SshTarget } from "./target.ts";

/**
 * Why the machine cannot be got into, if it cannot: for what ssh failed to do, whose words are not to
 * be relied on.
 */
export async function findObstacle(target: SshTarget): Promise<SshError | undefined> {
  // Loaded here, for what goes well needs none of it.
  const { connect } = await import("./connection.ts");
  try {
    await using _connection = await connect(target, 10);
    return undefined;
  } catch (error) {
    if (error instanceof SshError) return error;
    throw error;
  }
}

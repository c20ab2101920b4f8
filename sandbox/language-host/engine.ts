import * as grpc from "@grpc/grpc-js";

/** Calls `onGone` once when no connection to the engine at `address` can be had any more. */
export function watchEngine(address: string, onGone: () => void): void {
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  const channel = client.getChannel();
  watch();

  function watch(): void {
    // Connects again when it is idle: gRPC closes a connection that was not used for half an hour.
    const state = channel.getConnectivityState(true);
    if (state === grpc.connectivityState.TRANSIENT_FAILURE) {
      client.close();
      onGone();
    } else {
      channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, watch);
    }
  }
}

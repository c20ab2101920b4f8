/** Where Node.js keeps what it compiles, in the project's folder. */
export const compileCacheFolder = ".nix/compiled";

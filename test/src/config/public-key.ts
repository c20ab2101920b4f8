/** A whole one, of which nobody has the private part. */
export const ed25519 =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGwhBhwNSXYT+z3AqBmDcmpk9Opqps7usRkGtnEcTNMx";

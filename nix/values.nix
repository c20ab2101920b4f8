# The values that only a stack knows. They land in the Nix store, readable by everybody: no secrets.
{ lib }:
let
  defaults = {
    # SSH public keys that may log in as root.
    authorizedKeys = [ ];
    # Where a data volume is attached and mounted: device and mountPoint; null where there is none.
    dataVolume = null;
    # Host name of the machines; null leaves it to the machine.
    hostName = null;
  };
  known = lib.attrNames defaults;
  list = lib.concatStringsSep ", ";
in
{
  inherit defaults;

  # A misspelt name would otherwise be ignored, and the machine come up without the key it names.
  complete =
    given:
    let
      unknown = lib.subtractLists known (lib.attrNames given);
    in
    if unknown == [ ] then
      defaults // given
    else
      throw "The input 'values' has unknown names: ${list unknown}. It may have: ${list known}.";
}

# Describes attributes of another flake, its input `target`, as plain data: one evaluation answers for
# any number of them, and an attribute that is missing is an answer too, not an error.
{
  # Overridden at every call. By itself the flake describes itself, so it needs no lock file.
  inputs.target.follows = "";

  outputs =
    { target, ... }:
    let
      isDerivation = value: builtins.isAttrs value && value.type or null == "derivation";

      # Nix itself looks an attribute up in these places, in this order.
      candidates = system: path: [
        (
          [
            "packages"
            system
          ]
          ++ path
        )
        (
          [
            "legacyPackages"
            system
          ]
          ++ path
        )
        path
      ];

      # Follows the path as far as it goes.
      walk =
        value: walked: path:
        if path == [ ] then
          { inherit value; }
        else if builtins.isAttrs value && value ? ${builtins.head path} then
          walk value.${builtins.head path} (walked ++ [ (builtins.head path) ]) (builtins.tail path)
        else
          {
            missing = builtins.head path;
            after = walked;
            available = if builtins.isAttrs value then builtins.attrNames value else [ ];
          };

      # The configuration inside of a disk image, which the image's own modules make differ from its host's.
      configIn = image: image.passthru.config or image.config or { };

      # What an image for EC2 is to be, by the options that nixpkgs makes it from.
      imageForm =
        { amazonImage, ec2, ... }:
        {
          format =
            {
              vpc = "VHD";
              raw = "RAW";
            }
            .${amazonImage.format} or null;
          bootMode = if ec2.efi then "uefi" else "legacy-bios";
        };

      # The names do not include `outPath`: toJSON would print the whole set as that one string.
      describeDerivation = derivation: {
        kind = "derivation";
        drv = derivation.drvPath;
        out = derivation.${derivation.outputName or "out"}.outPath;
        outputs = map (name: {
          inherit name;
          path = derivation.${name}.outPath;
        }) (derivation.outputs or [ "out" ]);
        inherit (derivation) name system;
        imageSystem = (configIn derivation).system.build.toplevel.outPath or null;
        imageForm =
          if configIn derivation ? amazonImage.format && configIn derivation ? ec2.efi then
            imageForm (configIn derivation)
          else
            null;
      };

      # A configuration may be there for several kinds of computer, each with its own behind the name.
      forSystem =
        system: path:
        let
          name = "${builtins.elemAt path 1}-${system}";
        in
        if
          builtins.length path > 1
          && builtins.head path == "nixosConfigurations"
          && target.outputs ? nixosConfigurations.${name}
        then
          [
            "nixosConfigurations"
            name
          ]
          ++ builtins.tail (builtins.tail path)
        else
          path;

      describeAttribute =
        system: path:
        let
          walks = map (walk target.outputs [ ]) (candidates system (forSystem system path));
          found = builtins.filter (result: result ? value) walks;
          inherit (builtins.head found) value;
        in
        if found == [ ] then
          { kind = "missing"; } // builtins.elemAt walks 2
        else if isDerivation value then
          describeDerivation value
        else
          {
            kind = "other";
            type = builtins.typeOf value;
          };
    in
    {
      describe =
        { system, attributes }:
        {
          descriptions = map (describeAttribute system) attributes;
          # Nix names the computer only to an evaluation that may look around.
          pure = !(builtins ? currentSystem);
        };
    };
}

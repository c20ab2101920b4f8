# systemd units, written as files of the system.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;

  unitList =
    description:
    mkOption {
      type = types.listOf types.str;
      default = [ ];
      inherit description;
    };

  flag =
    default: description:
    mkOption {
      type = types.bool;
      inherit default description;
    };

  scriptOption =
    description:
    mkOption {
      type = types.lines;
      default = "";
      inherit description;
    };

  atom = types.oneOf [
    types.bool
    types.int
    types.str
    types.path
  ];
  section =
    description:
    mkOption {
      type = types.attrsOf (types.either atom (types.listOf atom));
      default = { };
      inherit description;
    };

  service =
    { name, config, ... }:
    {
      options = {
        enable = flag true "Whether the unit is there at all.";
        description = mkOption {
          type = types.singleLineStr;
          default = "";
          description = "What the unit is.";
        };
        documentation = unitList "Where to read about the unit.";
        wantedBy = unitList "Units that start this one with them.";
        requiredBy = unitList "Units that need this one.";
        wants = unitList "Units started with this one.";
        requires = unitList "Units without which this one stops.";
        after = unitList "Units that start before this one.";
        before = unitList "Units that start after this one.";
        conflicts = unitList "Units that stop when this one starts.";
        environment = mkOption {
          type = types.attrsOf (types.nullOr (types.oneOf [ types.str types.path types.package ]));
          default = { };
          description = "Environment of the service's processes.";
        };
        path = mkOption {
          type = types.listOf types.package;
          default = [ ];
          description = "Packages on the service's PATH.";
        };
        script = scriptOption "Shell script that is the service's process.";
        preStart = scriptOption "Shell script run before the service's process.";
        serviceConfig = section "The section [Service], by systemd's names.";
        unitConfig = section "The section [Unit], by systemd's names.";
        restartTriggers = mkOption {
          type = types.listOf types.raw;
          default = [ ];
          description = "Values whose change restarts the service.";
        };
        restartIfChanged = flag true "Whether a changed unit is restarted.";
        reloadIfChanged = flag false "Whether a changed unit is reloaded instead.";
        stopIfChanged = flag true "Whether a changed unit stops before the activation and starts after it.";
        startLimitBurst = mkOption {
          type = types.nullOr types.int;
          default = null;
          description = "Starts within the interval after which systemd gives up.";
        };
        startLimitIntervalSec = mkOption {
          type = types.nullOr types.int;
          default = null;
          description = "Interval for counting starts, in seconds.";
        };
      };
      config = {
        serviceConfig = lib.mkMerge [
          (lib.mkIf (config.script != "") {
            ExecStart = "${pkgs.writeShellScript "unit-script-${name}-start" "set -e\n${config.script}"}";
          })
          (lib.mkIf (config.preStart != "") {
            ExecStartPre = [
              "${pkgs.writeShellScript "unit-script-${name}-pre-start" "set -e\n${config.preStart}"}"
            ];
          })
        ];
        unitConfig = lib.mkMerge [
          (lib.mkIf (config.description != "") { Description = config.description; })
          (lib.mkIf (config.startLimitBurst != null) { StartLimitBurst = config.startLimitBurst; })
          (lib.mkIf (config.startLimitIntervalSec != null) {
            StartLimitIntervalSec = config.startLimitIntervalSec;
          })
        ];
      };
    };

  toText = value: if lib.isBool value then lib.boolToString value else toString value;
  line = name: value: map (one: "${name}=${toText one}\n") (lib.toList value);
  lines = set: lib.concatStrings (lib.concatLists (lib.mapAttrsToList line set));
  join = name: units: lib.optionalAttrs (units != [ ]) { ${name} = lib.concatStringsSep " " units; };

  # What switch-to-configuration needs to know of a unit, as NixOS writes it.
  markers =
    unit:
    lib.optionalAttrs (!unit.restartIfChanged) { X-RestartIfChanged = false; }
    // lib.optionalAttrs unit.reloadIfChanged { X-ReloadIfChanged = true; }
    // lib.optionalAttrs (!unit.stopIfChanged) { X-StopIfChanged = false; }
    // lib.optionalAttrs (unit.restartTriggers != [ ]) {
      X-Restart-Triggers = pkgs.writeText "X-Restart-Triggers" (
        lib.concatMapStringsSep "\n" toString unit.restartTriggers
      );
    };

  unitText = unit: ''
    [Unit]
    ${lines (
      unit.unitConfig
      // join "After" unit.after
      // join "Before" unit.before
      // join "Conflicts" unit.conflicts
      // join "Documentation" unit.documentation
      // join "Requires" unit.requires
      // join "Wants" unit.wants
    )}
    [Service]
    Environment="PATH=${
      lib.optionalString (unit.path != [ ]) "${lib.makeBinPath unit.path}:"
    }/usr/sbin:/usr/bin:/sbin:/bin"
    ${lib.concatStrings (
      lib.mapAttrsToList (
        name: value: lib.optionalString (value != null) "Environment=${lib.toJSON "${name}=${value}"}\n"
      ) unit.environment
    )}${lines (unit.serviceConfig // markers unit)}
  '';

  units = lib.filterAttrs (_: unit: unit.enable) config.systemd.services;

  linksOf =
    name: unit:
    map (target: { inherit name; folder = "${target}.wants"; }) unit.wantedBy
    ++ map (target: { inherit name; folder = "${target}.requires"; }) unit.requiredBy;
  links = lib.concatLists (lib.mapAttrsToList linksOf units);
in
{
  options.systemd.services = mkOption {
    type = types.attrsOf (types.submodule service);
    default = { };
    description = "Services that systemd runs.";
  };

  config.environment.etc =
    lib.mapAttrs' (
      name: unit:
      lib.nameValuePair "systemd/system/${name}.service" {
        # systemd takes a unit whose file has another name for an alias.
        source = "${
          pkgs.writeTextFile {
            name = "unit-${name}.service";
            destination = "/${name}.service";
            text = unitText unit;
          }
        }/${name}.service";
      }
    ) units
    // lib.optionalAttrs (lib.any (link: link.folder == "sysinit-reactivation.target.requires") links) {
      # Restarted at every switch, with the changed services that are to run before it.
      "systemd/system/sysinit-reactivation.target".text = "[Unit]\nDescription=Reactivate sysinit units\n";
    }
    // lib.listToAttrs (
      map (link: lib.nameValuePair "systemd/system/${link.folder}/${link.name}.service" {
        source = config.environment.etc."systemd/system/${link.name}.service".source;
      }) links
    );
}

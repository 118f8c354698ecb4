# A module for home-manager: imports = [ ./home-manager.nix ]; with this flake as an input named "openclaw-chutes".
# It refreshes the models every day. The key is given once, by hand: `openclaw-chutes`.
{ inputs, pkgs, ... }:
let
  openclaw-chutes = inputs.openclaw-chutes.packages.${pkgs.system}.default;
in
{
  home.packages = [ openclaw-chutes ];

  systemd.user.services.openclaw-chutes-refresh = {
    Unit.Description = "Refresh the Chutes models in OpenClaw";
    Service = {
      Type = "oneshot";
      ExecStart = "${openclaw-chutes}/bin/openclaw-chutes models refresh --quiet --repair";
    };
  };

  systemd.user.timers.openclaw-chutes-refresh = {
    Unit.Description = "Refresh the Chutes models in OpenClaw every day";
    Timer = {
      OnCalendar = "daily";
      RandomizedDelaySec = "4h";
      Persistent = true;
    };
    Install.WantedBy = [ "timers.target" ];
  };
}

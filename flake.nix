{
  description = "Changelogs and release notes from git history";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      each = build: nixpkgs.lib.genAttrs systems (system: build nixpkgs.legacyPackages.${system});
      facts = (builtins.fromTOML (builtins.readFile ./Cargo.toml)).package;
    in
    {
      packages = each (pkgs: {
        default = pkgs.rustPlatform.buildRustPackage {
          pname = facts.name;
          inherit (facts) version;
          src = self;
          cargoLock.lockFile = ./Cargo.lock;
          nativeBuildInputs = [ pkgs.installShellFiles ];
          # The tests need registries and API descriptions from the network.
          doCheck = false;
          postInstall = ''
            $out/bin/tidings man > tidings.1
            installManPage tidings.1
            for shell in bash zsh fish; do
              $out/bin/tidings completions $shell > tidings.$shell
            done
            installShellCompletion tidings.{bash,zsh,fish}
          '';
          meta = {
            inherit (facts) description;
            homepage = facts.repository;
            license = with pkgs.lib.licenses; [ mit asl20 ];
            mainProgram = facts.name;
          };
        };
      });
    };
}

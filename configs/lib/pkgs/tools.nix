# Trees of tools for the machine that builds; each stands at /usr in a sandbox.
{
  toolTree,
  linkTree,
  closureIn,
  buildPackages,
  hostPackages,
  system,
  buildSystem,
}:
let
  shell = [
    "bash"
    "coreutils"
    "diffutils"
    "findutils"
    "gawk"
    "grep"
    "gzip"
    "sed"
    "tar"
    "xz-utils"
  ];
in
{
  # kmod opens liblzma by itself when it meets compressed modules: no dependency tells.
  kmod = toolTree "kmod" [
    "kmod"
    "liblzma5"
  ];
  # The real Nix, which the tests ask what is right, and the programs that it fetches with.
  nix = toolTree "nix" [
    "bash"
    "coreutils"
    "git"
    "mercurial"
    "nix-bin"
  ];
  # A server for the files of a cache, when what takes from it is measured.
  web = toolTree "web" [ "nginx" ];
  zstd = toolTree "zstd" [ "zstd" ];
  # For commands over what was fetched.
  fetch = toolTree "fetch" (
    shell
    ++ [
      "bzip2"
      "patch"
      "patchutils"
      "unzip"
    ]
  );
  python = toolTree "python" [ "python3" ];
  image = toolTree "image" [
    "bash"
    "coreutils"
    "dosfstools"
    "e2fsprogs"
    "erofs-utils"
    "fdisk"
    "grub-common"
    "mtools"
  ];
  # GRUB's modules are those of the machine's architecture, its tools those of the builder's.
  iso = linkTree {
    name = "tools-iso";
    packages =
      closureIn buildSystem (
        map (tool: buildPackages.${tool}) [
          "coreutils"
          "dosfstools"
          "erofs-utils"
          "grub-common"
          "mtools"
        ]
      )
      ++ map (name: hostPackages.${name}) {
        x86_64-linux = [
          "grub-efi-amd64-bin"
          "grub-pc-bin"
        ];
        aarch64-linux = [ "grub-efi-arm64-bin" ];
      }.${system};
  };
  shell = toolTree "shell" shell;
  # QEMU with its firmware, by the architecture of the machines.
  machines = {
    x86_64-linux = toolTree "machines-x86" [
      "ipxe-qemu"
      "ovmf"
      "qemu-system-data"
      "qemu-system-x86"
      "qemu-utils"
      "seabios"
    ];
    aarch64-linux = toolTree "machines-arm" [
      "ipxe-qemu"
      "qemu-efi-aarch64"
      "qemu-system-arm"
      "qemu-system-data"
      "qemu-utils"
      "seabios"
    ];
  };
}

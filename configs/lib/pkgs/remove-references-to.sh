# remove-references-to -t PATH... FILE...
#
# In the files the hashes of the store paths become as many e, so that nothing finds them.
set -euo pipefail

usage() {
  echo "$1; usage: remove-references-to -t PATH [-t PATH]... FILE..." >&2
  exit 2
}

commands=()
while getopts ":t:" option; do
  [ "$option" = t ] || usage "there is no option -$OPTARG"
  base=${OPTARG#/nix/store/}
  hash=${base%%-*}
  if [ "$base" = "$OPTARG" ] || [[ ! $hash =~ ^[0-9a-z]{32}$ ]]; then
    usage "'$OPTARG' is no store path"
  fi
  commands+=(-e "s|$hash-|${hash//?/e}-|g")
done
shift $((OPTIND - 1))
[ "${#commands[@]}" -gt 0 ] || usage "no path is given"

for file in "$@"; do
  # A link stays one, and what it leads to is changed.
  [ ! -f "$file" ] || LC_ALL=C sed -i --follow-symlinks "${commands[@]}" -- "$file"
done

# The build's environment: the tools at /usr, and functions that phases are made of.
set -e
set -o pipefail
shopt -s inherit_errexit extglob

export NIX_STORE=${NIX_STORE:-/nix/store}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-315532800}
export LC_ALL=${LC_ALL:-C.UTF-8} TZ=UTC
export PATH=/usr/bin:/usr/sbin
umask 022

die() {
  echo "error: $*" >&2
  exit 1
}

nixLog() {
  echo "$*" >&2
}

# With structured attributes nothing is exported but what `env` says.
if [ -e "${NIX_ATTRS_SH_FILE-}" ]; then
  isStructured=1
  _structuredOutputs=()
  for _name in "${!outputs[@]}"; do
    declare -g "$_name=${outputs[$_name]}"
    export "${_name?}"
    _structuredOutputs+=("$_name")
  done
  mapfile -t _structuredOutputs < <(printf '%s\n' "${_structuredOutputs[@]}" | sort)
  if declare -p env > /dev/null 2>&1; then
    for _name in "${!env[@]}"; do
      declare -g "$_name=${env[$_name]}"
      export "${_name?}"
    done
  fi
  export name stdenv system
else
  isStructured=
  : "${outputs:=out}"
fi

# getAllOutputNames: every output, `out` first if there is one.
getAllOutputNames() {
  if [ "$isStructured" ]; then
    echo "${_structuredOutputs[*]}"
  else
    echo "$outputs"
  fi
}

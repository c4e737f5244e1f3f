# Runs a builder that must fail: expect-failure.sh BUILDER ARGUMENT...
set -u

if [ -e "${NIX_ATTRS_SH_FILE-}" ]; then
  # The names of outputs are a list, or an associative array with structured attributes.
  declare -A outputs
  # shellcheck disable=SC1090
  source "$NIX_ATTRS_SH_FILE"
  # shellcheck disable=SC2154
  places=("${outputs[out]-}" "${outputs[@]}")
else
  places=("${out-}")
  # shellcheck disable=SC2154
  for name in ${outputs-out}; do
    places+=("${!name}")
  done
fi
[ -n "${places[0]}" ] || places=("${places[@]:1}")
first=${places[0]}
log=${TMPDIR:-/tmp}/testBuildFailure.log

"$@" 2>&1 | /usr/bin/tee "$log"
status=${PIPESTATUS[0]}
if [ "$status" = 0 ]; then
  echo "testBuildFailure: the builder succeeded, and had to fail" >&2
  exit 1
fi
set -e
export PATH=/usr/bin

if [ -e "$first" ] || [ -L "$first" ]; then
  chmod -R u+w -- "$first"
  mv -- "$first" "${TMPDIR:-/tmp}/testBuildFailure.result"
  mkdir -- "$first"
  mv -- "${TMPDIR:-/tmp}/testBuildFailure.result" "$first/result"
fi
mkdir -p -- "${places[@]}"
mv -- "$log" "$first/testBuildFailure.log"
echo "$status" > "$first/testBuildFailure.exit"

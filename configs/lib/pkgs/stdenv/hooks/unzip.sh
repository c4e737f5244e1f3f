# Archives that tar does not read.
_unpackZip() {
  [[ $1 == *.zip ]] || return 1
  unzip -qq -- "$1"
}
unpackCmdHooks+=(_unpackZip)

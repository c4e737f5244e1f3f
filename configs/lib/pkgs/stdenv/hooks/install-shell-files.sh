# Manual pages, completions and programs, to where each belongs.

# installManPage [--name NAME] FILE...
installManPage() {
  local name= page section
  while [ "$#" -gt 0 ]; do
    case $1 in
      --name)
        name=$2
        shift 2
        continue
        ;;
      --)
        shift
        continue
        ;;
    esac
    page=$1
    shift
    [ -f "$page" ] || die "installManPage: there is no file '$page'"
    local target=${name:-$(basename -- "$page")}
    section=${target%.gz}
    section=${section##*.}
    [[ $section =~ ^[1-9] ]] || die "installManPage: '$target' does not end in a section, as page.1 does"
    install -D -m 0644 -- "$page" "${!outputMan}/share/man/man${section:0:1}/$target"
    name=
  done
}

# installShellCompletion [--cmd NAME] [--bash|--fish|--zsh|--nushell] [--name NAME] FILE...
installShellCompletion() {
  local shell= name= command= file target folder
  while [ "$#" -gt 0 ]; do
    case $1 in
      --bash | --fish | --zsh | --nushell)
        shell=${1#--}
        shift
        continue
        ;;
      --name)
        name=$2
        shift 2
        continue
        ;;
      --cmd)
        command=$2
        shift 2
        continue
        ;;
      --)
        shift
        continue
        ;;
    esac
    file=$1
    shift
    local kind=$shell
    if [ -z "$kind" ]; then
      case $file in
        *.bash) kind=bash ;;
        *.fish) kind=fish ;;
        *.zsh) kind=zsh ;;
        *.nu) kind=nushell ;;
        *) die "installShellCompletion: of which shell is '$file'? give --bash, --fish, --zsh or --nushell" ;;
      esac
    fi
    target=$name
    if [ -z "$target" ] && [ -n "$command" ]; then
      case $kind in
        bash) target=$command.bash ;;
        fish) target=$command.fish ;;
        zsh) target=_$command ;;
        nushell) target=$command.nu ;;
      esac
    fi
    if [ -z "$target" ]; then
      [ ! -p "$file" ] || die "installShellCompletion: '$file' is a pipe, give --cmd or --name"
      target=$(basename -- "$file")
      [ "$kind" != zsh ] || [[ $target == _* ]] || target=_${target%.zsh}
    fi
    case $kind in
      bash) folder=share/bash-completion/completions ;;
      fish) folder=share/fish/vendor_completions.d ;;
      zsh) folder=share/zsh/site-functions ;;
      nushell) folder=share/nushell/vendor/autoload ;;
    esac
    mkdir -p "${!outputBin}/$folder"
    cat -- "$file" > "${!outputBin}/$folder/$target"
    [ -s "${!outputBin}/$folder/$target" ] || die "installShellCompletion: '$file' is empty"
    name=
  done
}

# installBin FILE...
installBin() {
  local file
  for file in "$@"; do
    install -D -m 0755 -- "$file" "${!outputBin}/bin/$(stripHash "$file")"
  done
}

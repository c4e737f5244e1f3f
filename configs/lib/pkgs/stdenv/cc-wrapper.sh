#!/usr/bin/bash
# Debian's compiler, told of the store: NIX_CFLAGS_COMPILE and NIX_LDFLAGS say what a build's
# inputs bring, NIX_HARDENING_ENABLE what is switched on unless the build says otherwise.
compiler=@compiler@
links=1
inputs=0
optimised=
shared=
for word in "$@"; do
  case $word in
    -c | -S | -E | -M | -MM | -fsyntax-only) links= ;;
    -O0) optimised= ;;
    -O*) optimised=1 ;;
    -shared | -r | -static | -static-pie | -nostdlib) shared=$word ;;
    -) inputs=1 ;;
    -*) ;;
    *) inputs=1 ;;
  esac
done
case $compiler in */cpp) links= ;; esac

# Names of system headers in a program would make it depend on them.
before=(-fno-canonical-system-headers)
for flag in ${NIX_HARDENING_ENABLE-}; do
  case $flag in
    fortify) [ -z "$optimised" ] || before+=(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2) ;;
    fortify3) [ -z "$optimised" ] || before+=(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3) ;;
    stackprotector) before+=(-fstack-protector-strong --param ssp-buffer-size=4) ;;
    stackclashprotection) before+=(-fstack-clash-protection) ;;
    format) before+=(-Wformat -Wformat-security -Werror=format-security) ;;
    strictoverflow) before+=(-fno-strict-overflow) ;;
    pic) before+=(-fPIC) ;;
    nopie) before+=(-fno-pie -no-pie) ;;
    zerocallusedregs) before+=(-fzero-call-used-regs=used-gpr) ;;
    trivialautovarinit) before+=(-ftrivial-auto-var-init=pattern) ;;
    nostrictaliasing) before+=(-fno-strict-aliasing) ;;
    strictflexarrays1) before+=(-fstrict-flex-arrays=1) ;;
    strictflexarrays3) before+=(-fstrict-flex-arrays=3) ;;
    glibcxxassertions) before+=(-D_GLIBCXX_ASSERTIONS) ;;
    shadowstack) [ "$HOSTTYPE" != x86_64 ] || before+=(-fcf-protection=return) ;;
    pacret) [ "$HOSTTYPE" != aarch64 ] || before+=(-mbranch-protection=pac-ret) ;;
  esac
done
after=()
read -r -a compile <<< "${NIX_CFLAGS_COMPILE-}"
after+=("${compile[@]}")
if [ "$links" ] && [ "$inputs" = 1 ]; then
  read -r -a link <<< "${NIX_CFLAGS_LINK-}"
  after+=("${link[@]}")
  for flag in ${NIX_HARDENING_ENABLE-}; do
    case $flag in
      relro) after+=(-Wl,-z,relro) ;;
      bindnow) after+=(-Wl,-z,now) ;;
    esac
  done
  if [ "$shared" != -r ]; then
    for word in ${NIX_LDFLAGS-}; do
      after+=("-Wl,$word")
    done
  fi
fi
exec "$compiler" "${before[@]}" "$@" "${after[@]}"

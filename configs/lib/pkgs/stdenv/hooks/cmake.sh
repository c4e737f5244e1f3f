# CMake: configured in a folder of its own, for the outputs' paths.
cmakeConfigurePhase() {
  runHook preConfigure
  local flags=() source=${cmakeDir:-.}
  if [ -z "${dontUseCmakeBuildDir-}" ]; then
    mkdir -p "${cmakeBuildDir:=build}"
    cd "$cmakeBuildDir"
    source=${cmakeDir:-..}
  fi
  if [ -z "${dontAddPrefix-}" ]; then
    flags+=("-DCMAKE_INSTALL_PREFIX=$prefix")
  fi
  flags+=(
    "-DCMAKE_BUILD_TYPE=${cmakeBuildType:-Release}"
    "-DCMAKE_INSTALL_BINDIR=${!outputBin}/bin"
    "-DCMAKE_INSTALL_SBINDIR=${!outputBin}/sbin"
    "-DCMAKE_INSTALL_INCLUDEDIR=${!outputInclude}/include"
    "-DCMAKE_INSTALL_MANDIR=${!outputMan}/share/man"
    "-DCMAKE_INSTALL_INFODIR=${!outputInfo}/share/info"
    "-DCMAKE_INSTALL_DOCDIR=${!outputDoc}/share/doc/${shareDocName:-${pname:-$name}}"
    "-DCMAKE_INSTALL_LIBDIR=${!outputLib}/lib"
    "-DCMAKE_INSTALL_LIBEXECDIR=${!outputLib}/libexec"
    "-DCMAKE_INSTALL_LOCALEDIR=${!outputLib}/share/locale"
    -DCMAKE_EXPORT_NO_PACKAGE_REGISTRY=ON
    -DCMAKE_POLICY_DEFAULT_CMP0025=NEW
    -DCMAKE_SKIP_BUILD_RPATH=OFF
    "-DCMAKE_INSTALL_RPATH=${!outputLib}/lib"
    -DCMAKE_INSTALL_RPATH_USE_LINK_PATH=ON
    -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF
    -DCMAKE_FIND_USE_SYSTEM_PACKAGE_REGISTRY=OFF
    "-DBUILD_TESTING=$([ -n "${doCheck-}" ] && echo ON || echo OFF)"
  )
  if declare -F ninjaBuildPhase > /dev/null && [ -z "${dontUseNinjaBuild-}" ]; then
    flags+=(-GNinja)
  fi
  concatTo flags cmakeFlags cmakeFlagsArray
  echo "cmake flags: ${flags[*]@Q}"
  cmake "$source" "${flags[@]}"
  # CMake's own Makefiles can always be built in parallel.
  : "${enableParallelBuilding=1}" "${enableParallelChecking=1}"
  runHook postConfigure
}

_addCmake() {
  addToSearchPath CMAKE_PREFIX_PATH "$1"
}
addEnvHooks "$targetOffset" _addCmake
if [ -z "${dontUseCmakeConfigure-}" ] && [ -z "${configurePhase-}" ]; then
  configurePhase=cmakeConfigurePhase
fi

# Python projects: a wheel is built from pyproject.toml and installed; programs find its modules.
pythonBuildPhase() {
  runHook preBuild
  local flags=()
  concatTo flags pypaBuildFlags
  python3 -m build --no-isolation --skip-dependency-check --wheel --outdir dist "${flags[@]}"
  runHook postBuild
}

pythonInstallPhase() {
  runHook preInstall
  # Debian's layout: one folder for all versions of Python.
  DEB_PYTHON_INSTALL_LAYOUT=deb python3 -m installer --prefix="$prefix" dist/*.whl
  export PYTHONPATH="$prefix/lib/python3/dist-packages${PYTHONPATH:+:$PYTHONPATH}"
  runHook postInstall
}

pythonImportsCheckPhase() {
  local module modules=()
  concatTo modules pythonImportsCheck
  for module in "${modules[@]}"; do
    echo "importing $module"
    (cd / && python3 -c "import $module")
  done
}

# A program by its store path is started without the machine's own module path.
wrapPythonPrograms() {
  local file path=$prefix/lib/python3/dist-packages dependency
  local list=()
  concatTo list propagatedBuildInputs
  for dependency in "${list[@]}"; do
    [ ! -d "$dependency/lib/python3/dist-packages" ] || path+=:$dependency/lib/python3/dist-packages
  done
  for file in "$prefix"/bin/*; do
    [ -f "$file" ] && [ ! -L "$file" ] || continue
    if head -c 64 -- "$file" | grep -aq '^#!.*python'; then
      sed -i "1a import sys; sys.path[:0] = '$path'.split(':')" "$file"
    fi
  done
}

: "${buildPhase:=pythonBuildPhase}" "${installPhase:=pythonInstallPhase}"
if [ -z "${dontWrapPythonPrograms-}" ]; then
  fixupOutputHooks+=(wrapPythonPrograms)
fi
appendToVar preDistPhases pythonImportsCheckPhase

# Scripts and small programs in other languages, as `pkgs.writers`: each checked when it is built.
#
# A name that begins with "/" (as in writeBash "/bin/x") puts the program there in the output.
{
  lib,
  base,
  final,
}:
let
  placeOf = nameOrPath: lib.optionalString (lib.hasPrefix "/" nameOrPath) nameOrPath;
  nameOf = nameOrPath: lib.last (lib.splitString "/" nameOrPath);

  # makeScriptWriter: { interpreter, check ? "", checkInputs ? [ ], debianDependencies ? [ ] } ->
  # name -> text -> a script; `check` is a command that is given the file.
  makeScriptWriter =
    {
      interpreter,
      check ? "",
      checkInputs ? [ ],
      debianDependencies ? [ ],
    }:
    nameOrPath: content:
    final.runCommandLocal (nameOf nameOrPath)
      {
        inherit debianDependencies;
        nativeBuildInputs = checkInputs;
        passAsFile = [ "content" ];
        content = if lib.isPath content then builtins.readFile content else content;
        meta.mainProgram = nameOf nameOrPath;
      }
      ''
        target=$out${placeOf nameOrPath}
        mkdir -p "$(dirname "$target")"
        {
          printf '#!%s\n' ${lib.escapeShellArg interpreter}
          cat "$contentPath"
        } > "$target"
        ${lib.optionalString (check != "") ''${check} "$target"''}
        chmod +x "$target"
      '';

  # makeBinWriter: { compileScript, tools ? [ ] } -> name -> text -> a program; the commands find
  # the text at $contentPath and write $target.
  makeBinWriter =
    {
      compileScript,
      nativeBuildInputs ? [ ],
      buildInputs ? [ ],
    }:
    nameOrPath: content:
    final.stdenv.mkDerivation {
      name = nameOf nameOrPath;
      inherit nativeBuildInputs buildInputs;
      passAsFile = [ "content" ];
      content = if lib.isPath content then builtins.readFile content else content;
      dontUnpack = true;
      buildPhase = "true";
      installPhase = ''
        target=$out${placeOf nameOrPath}
        mkdir -p "$(dirname "$target")"
        ${compileScript}
      '';
      meta.mainProgram = nameOf nameOrPath;
    };

  bin = writer: name: writer "/bin/${name}";

  shell =
    program: package:
    makeScriptWriter {
      interpreter = "/usr/bin/${program}";
      check = "/usr/bin/${program} -n";
      checkInputs = [ package ];
      debianDependencies = [ package ];
    };

  writeBash = shell "bash" final.bash;
  writeDash = shell "dash" final.dash;
  writeFish = shell "fish" final.fish;

  # Python's modules are Debian packages; pyflakes reads the text.
  writePython3 =
    nameOrPath:
    {
      libraries ? [ ],
      doCheck ? true,
    }:
    makeScriptWriter {
      interpreter = "/usr/bin/python3";
      check = lib.optionalString doCheck "python3 -m pyflakes";
      checkInputs = lib.optional doCheck base.buildPackages.python3-pyflakes;
      debianDependencies = [ final.python3 ] ++ libraries;
    } nameOrPath;

  writePerl =
    nameOrPath:
    {
      libraries ? [ ],
    }:
    makeScriptWriter {
      interpreter = "/usr/bin/perl";
      check = "perl -c";
      checkInputs = [ base.buildPackages.perl ] ++ libraries;
      debianDependencies = [ final.perl ] ++ libraries;
    } nameOrPath;

  writeC =
    nameOrPath:
    {
      libraries ? [ ],
      flags ? [ ],
    }:
    makeBinWriter {
      buildInputs = libraries;
      compileScript = ''gcc -x c "$contentPath" -O2 -Wall -o "$target" ${lib.escapeShellArgs flags}'';
    } nameOrPath;

  data =
    name: text:
    final.writeTextFile {
      inherit name text;
    };
in
{
  writers = {
    inherit
      makeScriptWriter
      makeBinWriter
      writeBash
      writeDash
      writeFish
      writePython3
      writePerl
      writeC
      ;
    writeBashBin = bin writeBash;
    writeDashBin = bin writeDash;
    writeFishBin = bin writeFish;
    writePython3Bin = bin writePython3;
    writePerlBin = bin writePerl;
    writeCBin = bin writeC;
    writeText = data;
    writeJSON = name: value: data name (builtins.toJSON value);
    writeTOML =
      name: value:
      final.runCommandLocal name
        {
          value = builtins.toJSON value;
          passAsFile = [ "value" ];
          nativeBuildInputs = [ base.buildPackages.python3-tomli-w ];
        }
        ''
          python3 -c 'import json, sys, tomli_w; tomli_w.dump(json.load(open(sys.argv[1])), sys.stdout.buffer)' "$valuePath" > $out
        '';
  };
}
